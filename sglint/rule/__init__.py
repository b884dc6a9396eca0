"""
All that a file in rules/ may import.

A rule is one file: its docstring is its page, the page's examples are its tests, its name is the file's name, and its one
function marked with `@rule` looks at a judged network and yields what it found. Nothing is registered anywhere.
"""

from sglint.finding import Label, Severity
from sglint.graph import Inspection, Path
from sglint.model import (
    OTHER_WAY,
    Appliance,
    Attachment,
    Box,
    Direction,
    Group,
    Interface,
    Permission,
    Role,
    Target,
    TargetKind,
)
from sglint.resource import End, block_name
from sglint.rule.across import beside, one_way, said_already, splits
from sglint.rule.advice import reach, remedy
from sglint.rule.cause import Cause
from sglint.rule.gather import gathered
from sglint.rule.geneve import Need, Shut, shut
from sglint.rule.idle import Refused, Short, duration, falls_short, keeps_for_days, must_track, refused
from sglint.rule.judged import (
    Judged,
    counted,
    counts,
    gains,
    holds,
    is_geneve,
    looked_at,
    may_track,
    present,
    settled,
    surely_tracks,
)
from sglint.rule.load import Check, Exposes, Found, Rule, choose, find, load, rule
from sglint.rule.run import found_in, merge, run
from sglint.rule.words import (
    behind,
    flows_name,
    join,
    labels,
    missing,
    target_name,
    targets_names,
    tracks,
    where,
)
from sglint.source import Problem, Span
from sglint.space import ALL_PORTS, Bounds, Family, Intervals, Ports, Protocol, intervals
from sglint.track import Judgement, State, Verdict
from sglint.value import Unknown

__all__ = [
    "ALL_PORTS",
    "OTHER_WAY",
    "Appliance",
    "Attachment",
    "Bounds",
    "Box",
    "Cause",
    "Check",
    "Direction",
    "End",
    "Exposes",
    "Family",
    "Found",
    "Group",
    "Inspection",
    "Interface",
    "Intervals",
    "Judged",
    "Judgement",
    "Label",
    "Need",
    "Path",
    "Permission",
    "Ports",
    "Problem",
    "Protocol",
    "Refused",
    "Role",
    "Rule",
    "Severity",
    "Short",
    "Shut",
    "Span",
    "State",
    "Target",
    "TargetKind",
    "Unknown",
    "Verdict",
    "behind",
    "beside",
    "block_name",
    "choose",
    "counted",
    "counts",
    "duration",
    "falls_short",
    "find",
    "flows_name",
    "found_in",
    "gains",
    "gathered",
    "holds",
    "intervals",
    "is_geneve",
    "join",
    "keeps_for_days",
    "labels",
    "load",
    "looked_at",
    "may_track",
    "merge",
    "missing",
    "must_track",
    "one_way",
    "present",
    "reach",
    "refused",
    "remedy",
    "rule",
    "run",
    "said_already",
    "settled",
    "shut",
    "splits",
    "surely_tracks",
    "target_name",
    "targets_names",
    "tracks",
    "where",
]
