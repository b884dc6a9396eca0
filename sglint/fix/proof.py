"""
Whether a change does what was promised, by judging the changed text: what was found is gone, nothing else is found, nobody else
is touched, and who can newly reach what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from sglint.fix.look import Look, apart, identity
from sglint.frozen import frozen
from sglint.graph import Graph
from sglint.model import Direction, Permission
from sglint.resource import block_name
from sglint.rule import Judged, Judgement
from sglint.rule.words import join, spelled
from sglint.space import (
    ALL_PORTS,
    EVERYONE,
    Family,
    FlowSet,
    Intervals,
    Ports,
    Prefix,
    Protocol,
    addresses,
    family_of,
    prefixes,
    union,
)
from sglint.track import expose, survey
from sglint.track.admit import Rules, admissions
from sglint.track.expose import Survey, of_peer
from sglint.track.filter import of_box

Key = tuple[str, str, str]
Place = tuple[str, str]
"""The root of an interface, and its address."""


@frozen
class Proof:
    """
    What a change comes to. `wrong` says why it is not what was promised, "" where it is; `admits` who can newly reach what.
    """

    wrong: str
    admits: tuple[str, ...] = ()

    @property
    def safe(self) -> bool:
        """
        Whether nothing can newly reach any interface.
        """
        return not self.wrong and not self.admits


def prove(before: Look, after: Look, gone: frozenset[Key], meant: Callable[[Place], bool]) -> Proof:
    """
    Return what a change comes to that is to make these findings go away, and to touch no interface but those that are `meant`.
    """
    wrong = next(faults(before, after, gone, meant), "")
    return Proof(wrong) if wrong else Proof("", tuple(newly_reached(*apart(before, after))))


def faults(before: Look, after: Look, gone: frozenset[Key], meant: Callable[[Place], bool]) -> Iterator[str]:
    """
    Yield what is wrong with a change.
    """
    known = {(problem.message, problem.span and problem.span.path) for problem in before.networks.problems}
    for problem in after.networks.problems:
        if (problem.message, problem.span and problem.span.path) not in known:
            yield f"the changed text would not do: {problem.message}"
    mine, theirs = apart(before, after)
    yield from touched(mine, theirs, meant)
    there = doubled(mine)
    yield from (f"two rules of {group} would be the same" for key, group in doubled(theirs).items() if key not in there)
    found = {item.key for item in before.items}
    for item in after.items:
        if item.key in gone:
            yield f"{item.found.subject.origin.address} would still be found by {item.finding.rule}"
        elif item.key not in found:
            yield f"{item.finding.rule} would be found of {item.found.subject.origin.address} instead{besides(gone)}"


def besides(gone: frozenset[Key]) -> str:
    """
    Return what is left to do where an appliance is open to the internet, and no narrower group would do.
    """
    if all(slug != "open-to-internet" for slug, _, _ in gone):
        return ""
    keep = "leave the group as it is, and give it no public address or let a network ACL narrow who comes in"
    return f": with a narrower security group EC2 tracks what it forwards; {keep}"


def touched(before: Look, after: Look, meant: Callable[[Place], bool]) -> Iterator[str]:
    """
    Yield which interfaces would change that are not meant to.
    """
    old, new = judgements(before), judgements(after)
    if old.keys() != new.keys():
        names = sorted({address for _, address in old.keys() ^ new.keys()})
        yield f"other resources would be there: {join(names[:3])}"
    yield from rules_touched(before, after, meant)
    others = sorted(
        place[1] for place in old.keys() & new.keys() if not meant(place) and verdicts(old[place]) != verdicts(new[place])
    )
    if others:
        yield f"it would change the flows of {few(others)} too, which are to stay as they are"


def rules_touched(before: Look, after: Look, meant: Callable[[Place], bool]) -> Iterator[str]:
    """
    Yield which groups would have other rules that no interface that is meant has, or that others have as well.
    """
    users, users_then = users_of(before), users_of(after)
    old, new = rules_of(before), rules_of(after)
    fresh = groups_of(after) - groups_of(before)
    roots = {root for one in users.values() for root, address in one if meant((root, address))}
    for place in sorted(place for place in old.keys() | new.keys() if old.get(place) != new.get(place)):
        there = users.get(place, []) if place not in fresh else users_then.get(place, [])
        others = sorted(address for root, address in there if not meant((root, address)))
        if others and len(others) < len(there):
            yield f"{place[1]} is the group of {few(others)} too, which is to stay as it is: give one of them its own"
        elif len(others) == len(there):
            named = place[1] if place[0] in roots else f"{place[1]} in {place[0]}"
            told = "which are to stay as they are: what makes both has to tell them apart"
            yield f"it would change the rules of {named} too, {told}"


def users_of(one: Look) -> Mapping[Place, list[Place]]:
    """
    Return which interfaces surely have each group, by the root that it is written in and its address there.
    """
    users: dict[Place, list[Place]] = {}
    for net in one.networks.judged:
        places = places_of(net)
        for each in net.judgements:
            for group in each.interface.groups:
                if isinstance(group, str):
                    place = places.get(group, (net.network.root, group))
                    users.setdefault(place, []).append((net.network.root, each.interface.address))
    return users


def places_of(net: Judged) -> Mapping[str, Place]:
    """
    Return the root that each group of a network is written in, and its address there.
    """
    return {one.origin.address: identity(net.network.root, one.origin) for one in net.network.groups}


def groups_of(one: Look) -> frozenset[Place]:
    """
    Return the groups that are made in the text.
    """
    return frozenset(place for net in one.networks.judged for place in places_of(net).values())


def rules_of(one: Look) -> Mapping[Place, frozenset[object]]:
    """
    Return what the rules of each group admit, by the root that it is written in and its address there.

    A rule that admits nothing but what others do makes no difference.
    """
    found: dict[Place, list[Permission]] = {}
    for net in one.networks.judged:
        places = places_of(net)
        for rule in net.network.permissions:
            if isinstance(rule.group, str):
                found.setdefault(places.get(rule.group, (net.network.root, rule.group)), []).append(rule)
    return {place: frozenset(admitted_by(rules)) for place, rules in found.items()}


def admitted_by(rules: list[Permission]) -> Iterator[tuple[object, ...]]:
    """
    Yield what rules admit, surely and possibly: by the names of groups and lists, and by addresses.
    """
    for direction in Direction:
        for sure in (True, False):
            mine = [rule.boxes.least if sure else rule.boxes.most for rule in rules if rule.direction is direction]
            boxes = [box for some in mine for box in some]
            yield direction, sure, union(of_box(box) for box in boxes if isinstance(box.peer, Prefix))
            yield direction, sure, frozenset(box for box in boxes if not isinstance(box.peer, Prefix))


def doubled(one: Look) -> Mapping[object, str]:
    """
    Return what two rules of a group, written apart, admit both: AWS refuses the second one.
    """
    seen: dict[object, tuple[str, str]] = {}
    found: dict[object, str] = {}
    for net in one.networks.judged:
        for rule in net.network.permissions:
            place = (rule.origin.address, rule.field.rpartition(".")[0])
            key = (net.network.root, rule.group, rule.direction, rule.boxes.least)
            if rule.boxes.least and seen.setdefault(key, place) != place:
                found[key] = str(rule.group)
    return found


def few(names: list[str]) -> str:
    """
    Return the first names, without the keys of instances where they are many, and the number of the rest.
    """
    kept = list(dict.fromkeys(map(block_name, names))) if len(names) > 3 else names
    return f"{join(kept[:3])} and {len(kept) - 3} more" if len(kept) > 3 else join(kept)


def judgements(one: Look) -> Mapping[Place, Judgement]:
    """
    Return every judgement by its root and address.
    """
    return {(net.network.root, each.interface.address): each for net in one.networks.judged for each in net.judgements}


def verdicts(judgement: Judgement) -> frozenset[tuple[object, ...]]:
    """
    Return what is said of the flows of an interface, without why.
    """
    return frozenset(
        (
            one.direction,
            one.family,
            one.protocol,
            one.ports,
            one.peer,
            one.via.kind,
            one.via.address,
            one.state.least,
            one.state.most,
        )
        for one in judgement.verdicts
    )


def newly_reached(before: Look, after: Look) -> Iterator[str]:
    """
    Yield in words which packets can newly reach which interfaces.
    """
    words = ("that no connection asked for", "that it cannot answer, as no route leads back")
    found = newly(before, after)
    for number, end in enumerate(words):
        by_flows: dict[FlowSet, list[str]] = {}
        for (_, address), both in found.items():
            if both[number]:
                by_flows.setdefault(both[number], []).append(address)
        for flows, names in by_flows.items():
            for what, whom in in_words(flows):
                yield f"packets to {what} of {join(sorted(dict.fromkeys(names)))} from {whom} {end}"


def lets_in_less(before: Look, after: Look, other: Look) -> bool:
    """
    Return whether the other change lets in nothing that the first one does not, and not all of that.
    """
    wide, close = newly(before, after), newly(before, other)
    if wide.keys() != close.keys():
        return False
    pairs = [(union(wide[place]), union(close[place])) for place in wide]
    return all(less <= more for more, less in pairs) and any(more - less for more, less in pairs)


def newly(before: Look, after: Look) -> Mapping[Place, tuple[FlowSet, FlowSet]]:
    """
    Return the packets that can newly reach each interface: those that can start a connection, and those that it cannot answer.

    What a rule newly admits counts as new wherever it is not sure that it could come in before.
    """
    old = dict(reached(before))
    found = {}
    for place, now in reached(after):
        was = old.get(place, Reach(now.about, now.judgement, *5 * (FlowSet(),)))
        more = (now.admitted - was.admitted) | (now.allowed - was.allowed)
        opened = expose(now.about, now.judgement, Direction.IN, more, again=True) if more else None
        coming = (now.coming - was.coming) | (opened.flows.most - was.least if opened else FlowSet())
        stray = now.stray - was.stray - was.coming
        stray = (stray | (opened.stray - was.astray - was.least if opened else FlowSet())) - coming
        found[place] = (coming | (now.least - was.least), stray)
    return found


def shut_out(before: Look, after: Look) -> Iterator[str]:
    """
    Yield in words whom the groups of which interfaces do not admit any more.
    """
    now = dict(let_in(after))
    by_flows: dict[FlowSet, list[str]] = {}
    for place, was in let_in(before):
        gone = was - now.get(place, was)
        if gone:
            by_flows.setdefault(gone, []).append(place[1])
    for flows, names in by_flows.items():
        for what, whom in in_words(flows):
            everyone = whom.replace("0.0.0.0/0 but", "everyone but").replace("::/0 but", "everyone of IPv6 but")
            part = "" if what == spelled({each: {ALL_PORTS} for each in Protocol}) else f"{what} of "
            yield f"{everyone} from {part}{join(sorted(dict.fromkeys(names)))}"


def let_in(one: Look) -> Iterator[tuple[Place, FlowSet]]:
    """
    Yield what the groups of each interface may let in.
    """
    for net in one.networks.judged:
        about = survey(net.network)
        for judgement in net.judgements:
            yield (net.network.root, judgement.interface.address), admitted(about.graph, about.rules, judgement)[1]


@frozen
class Reach:
    """
    The packets that can reach an interface: what its groups admit surely and possibly, and what of that can start connections
    surely and possibly, or cannot be answered; of what its groups admit surely, `astray` is what cannot be answered.
    """

    about: Survey
    judgement: Judgement
    admitted: FlowSet
    allowed: FlowSet
    least: FlowSet
    astray: FlowSet
    coming: FlowSet
    stray: FlowSet = field(default_factory=FlowSet)


def reached(one: Look) -> Iterator[tuple[Place, Reach]]:
    """
    Yield the packets that can reach each interface, past its groups and network ACLs, whether a route leads back or not.
    """
    for net in one.networks.judged:
        about = survey(net.network)
        for judgement in net.judgements:
            least, most = admitted(about.graph, about.rules, judgement)
            sure = expose(about, judgement, Direction.IN, least, again=True) if least else None
            surely, astray = (sure.flows.least, sure.stray) if sure else (FlowSet(), FlowSet())
            maybe = expose(about, judgement, Direction.IN, most, again=True) if most else None
            coming, stray = (maybe.flows.most, maybe.stray) if maybe else (FlowSet(), FlowSet())
            yield (
                (net.network.root, judgement.interface.address),
                Reach(about, judgement, least, most, surely, astray, coming, stray),
            )


def admitted(graph: Graph, written: Rules, judgement: Judgement) -> tuple[FlowSet, FlowSet]:
    """
    Return what the groups of an interface let in, surely and possibly, by the addresses that are in the text.
    """
    rules = admissions(graph, written, judgement.interface)
    listed = [one for (way, _, _), found in rules.items() for one in found if way is Direction.IN]
    least = union(of_peer(one, sure=True) for one in listed if one.sure)
    return least, union(of_peer(one, sure=False) for one in listed)


def in_words(found: FlowSet) -> Iterator[tuple[str, str]]:
    """
    Yield protocols with their ports, and from whom: those from the same peers together.
    """
    same: dict[tuple[Family, Intervals], dict[Protocol, set[Ports]]] = {}
    for family, protocol, slabs in found.planes:
        by_ports: dict[Intervals, list[tuple[int, int]]] = {}
        for first, last, ports in slabs:
            by_ports.setdefault(ports, []).append((first, last))
        for ports, spans in by_ports.items():
            key = (family, Intervals(tuple(spans)))
            same.setdefault(key, {}).setdefault(protocol, set()).update(Ports(*one) for one in ports.ranges)
    for (family, numbers), by_protocol in same.items():
        yield spelled(by_protocol), whom(family, numbers)


def whom(family: Family, numbers: Intervals) -> str:
    """
    Return addresses in exact words: as prefixes, all but some others where that is shorter.

    >>> whom(Family.IPV4, Intervals(((0, 2**31 + 5), (2**31 + 8, 2**32 - 1))))
    '0.0.0.0/0 but 128.0.0.6/31'
    """
    kept, left = shortest(EVERYONE[family], numbers)
    return f"{join(map(str, kept))} but {join(map(str, left))}" if left else join(map(str, kept))


def shortest(around: Prefix, numbers: Intervals) -> tuple[tuple[Prefix, ...], tuple[Prefix, ...]]:
    """
    Return the fewest prefixes that have these addresses of `around` together, and those to be taken out of them.
    """
    own = addresses(around)
    here = numbers & own
    if not here or here == own:
        return ((around,) if here else ()), ()
    outside = prefixes(family_of(around), own - here)
    (kept, left), (more, others) = (shortest(half, here) for half in around.subnets())
    apart = ((*kept, *more), (*left, *others))
    return apart if len(apart[0]) + len(apart[1]) <= 1 + len(outside) else ((around,), outside)
