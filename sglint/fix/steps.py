"""
In which order to deploy a change, and what each step cuts.

The facts: a tracked flow goes on when a rule changes, until its entry ends; an untracked one is cut at once when the rule that
enables it is removed or changed.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sglint.fix.change import Admit, ApplianceMode, Attach, Change, Filter, Narrow, SetTimeout, Swap
from sglint.fix.look import Look
from sglint.fix.proof import shut_out, users_of
from sglint.model import Direction, Permission
from sglint.resource import Origin, block_name
from sglint.rule import State
from sglint.rule.words import join
from sglint.source import Span


def steps(before: Look, after: Look, changes: Iterable[Change]) -> Iterator[str]:
    """
    Yield the steps of a deployment in their order, each with what it cuts.
    """
    listed = list(at_once(changes))
    filters = any(isinstance(one, Filter) for one in listed)
    if filters:
        yield "deploy the network ACL by itself first: it lets through all that the groups let in and open now, and its replies"
    if any(isinstance(one, (Admit, Attach)) for one in listed):
        yield from opening(before, after, second=filters)
    yield from attaching(before, [one for one in listed if isinstance(one, Attach)])
    for one in listed:
        if isinstance(one, (Narrow, Swap)):
            yield from closing(before, after, one)
        elif isinstance(one, SetTimeout):
            yield from timeout(one)
        elif isinstance(one, ApplianceMode):
            yield (
                f"deploy appliance mode on {one.attachment.origin.address} when it hurts least: flows whose packets then take "
                "another zone meet an appliance that has not seen them begin"
            )


def at_once(changes: Iterable[Change]) -> Iterator[Change]:
    """
    Yield changes, one copy of a group for all who get it.
    """
    copies: dict[object, tuple[Origin, ...]] = {}
    listed = list(changes)
    for one in listed:
        if isinstance(one, Swap):
            key = (one.groups, one.direction, one.peers)
            copies[key] = (*copies.get(key, ()), *one.owners)
    for one in listed:
        if not isinstance(one, Swap):
            yield one
        elif owners := copies.pop((one.groups, one.direction, one.peers), ()):
            yield replace(one, owners=owners)


def opening(before: Look, after: Look, *, second: bool) -> Iterator[str]:
    """
    Yield what the deployment of new and changed rules cuts, and what is to be kept in mind after it.
    """
    now = rules_of(after)
    gone = [one for place, rules in rules_of(before).items() for one in rules if one not in now.get(place, ())]
    then = "then deploy the security groups: " if second else "deploy the rules: "
    if gone:
        groups = join(sorted({one[2] for one in gone}))
        yield (
            f"{then}live tracked flows go on until they end; while the changed rules of {groups} are put in, new connections "
            "by them may be refused for a moment"
        )
    else:
        yield f"{then}rules are only added, which cuts nothing; live flows stay tracked until they end, new ones are not"
    yield "from then on, live untracked flows are cut at once when one of these rules is changed or removed: add others first"


def attaching(before: Look, listed: Iterable[Attach]) -> Iterator[str]:
    """
    Yield that there is a group more, once for each block, and what an instance comes to of which the interfaces are a part.
    """
    by_block: dict[Span, list[Attach]] = {}
    for each in listed:
        by_block.setdefault(each.owner.block, []).append(each)
    for one, *others in by_block.values():
        names = join(one.groups)
        owner = one.owner.address if not others else block_name(one.owner.address)
        shared = any(len(found) > 1 for (_, group), found in users_of(before).items() if group in one.groups)
        why = f"others have {names} too" if shared else f"{names} cannot be changed"
        yield f"{why}, so {owner} gets a group more; what any of its groups admits is admitted"
        if any(path.startswith("NetworkInterfaces") for path, _ in one.owner.fields):
            yield f"CloudFormation replaces {owner} by a new instance, as interfaces written in it cannot change"


def closing(before: Look, after: Look, one: Narrow | Swap) -> Iterator[str]:
    """
    Yield what the deployment of narrower rules cuts, and who cannot come in from then on.
    """
    cut = (
        "untracked ones are cut at once, and tracked when they begin again" if has_untracked(before, one) else "nothing is cut"
    )
    what = f"the narrower rules of {join(one.groups)}"
    if isinstance(one, Swap):
        names = join(sorted(dict.fromkeys(block_name(each.address) for each in one.owners)))
        what = f"a copy with narrower rules for {names}, as others have {join(one.groups)} too"
    yield f"deploy {what}: live tracked flows go on until they end, {cut}"
    for line in shut_out(before, after):
        yield f"from then on, that cuts off {line}"


def has_untracked(before: Look, one: Narrow | Swap) -> bool:
    """
    Return whether flows of an interface whose groups are narrowed may be untracked.
    """
    listed = (
        each
        for net in before.networks.judged
        for each in net.judgements
        if not set(one.groups).isdisjoint(each.interface.groups)
    )
    return any(verdict.state.most is State.UNTRACKED for each in listed for verdict in each.verdicts)


def rules_of(one: Look) -> dict[tuple[str, str], tuple[tuple[Direction, object, str], ...]]:
    """
    Return what each rule of each group says, by the root and address of the group.
    """
    found: dict[tuple[str, str], list[Permission]] = {}
    for net in one.networks.judged:
        for rule in net.network.permissions:
            if isinstance(rule.group, str) and rule.origin.root in {"", net.network.root}:
                found.setdefault((net.network.root, rule.group), []).append(rule)
    return {place: tuple((rule.direction, rule.boxes.most, str(rule.group)) for rule in some) for place, some in found.items()}


def timeout(one: SetTimeout) -> Iterator[str]:
    """
    Yield what a timeout cuts, and for whom it holds.
    """
    address = one.owner.address
    breaks = f"connections that are idle for {one.seconds} s, without keepalives, break"
    yield f"deploy the timeout in {address}: it lets nobody in; {breaks}"
    if address != one.interface:
        yield f"it holds for what is launched with {address} from then on: replace the instances one by one"
