"""
In which order to deploy a change, and what each step cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.fix.change import Admit, ApplianceMode, Change, Filter, Narrow, SetTimeout
from sglint.rule.words import join


def steps(changes: Iterable[Change]) -> Iterator[str]:
    """
    Yield the steps of a deployment, each with what it cuts.
    """
    listed = list(changes)
    if any(isinstance(one, Filter) for one in listed):
        yield "deploy the network ACL first, and the security groups after it"
    if any(isinstance(one, Admit) for one in listed):
        yield "opening cuts nothing: live tracked flows go on until they end, new ones are untracked"
        yield "later, live untracked flows are cut at once when one of these rules is changed or removed"
    for one in listed:
        if isinstance(one, Narrow):
            yield f"narrowing leaves live tracked flows alone, those of {join(one.groups)} are tracked all the same"
        elif isinstance(one, SetTimeout):
            yield f"a timeout lets nobody in; connections that are idle for {one.seconds} s, without keepalives, break"
        elif isinstance(one, ApplianceMode):
            yield "switching appliance mode on moves live flows between zones once, to the appliance that sees both directions"
