"""
From a finding to a change of the text that makes it go away, proven by judging the changed text.

The idea: what the network must become is said in the model's words (`want`), from the same computation as the advice. The
writers propose edits that may bring it about (`terraform`, `cloudformation`), the most local ones first. Nothing is trusted:
the whole line runs on the edited text, and the first proposal is taken of which the proof says that it does what was promised
to the interfaces that were meant, and nothing to all others (`proof`).
"""

from sglint.fix.change import Admit, ApplianceMode, Blocked, Change, Narrow, Opening, SetTimeout, Wanted
from sglint.fix.diff import unified
from sglint.fix.run import Fixed, fix, fixed_findings
from sglint.fix.want import ranges, wanted

__all__ = [
    "Admit",
    "ApplianceMode",
    "Blocked",
    "Change",
    "Fixed",
    "Narrow",
    "Opening",
    "SetTimeout",
    "Wanted",
    "fix",
    "fixed_findings",
    "ranges",
    "unified",
    "wanted",
]
