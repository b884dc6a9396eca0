"""
The view of one judged network that a rule gets.

The idea: a rule asks questions whose answers are bounds, and hands the bounds on in what it finds. So whether a finding is
certain follows from the network; no rule can choose it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from ipaddress import ip_network

from sglint.finding import Seen
from sglint.frozen import frozen
from sglint.graph import Path
from sglint.model import Appliance, Direction, Group, Interface, Link, Network, Permission, Role, Target, TargetKind
from sglint.rule.cause import GAINS, Cause, Key, Opened, cause_of, lets_out, opened, reply_ranges
from sglint.space import EVERYONE, Bounds, Family, FlowSet, Ports, Protocol, flows, union, within
from sglint.track import Exposure, Judgement, State, Survey, Verdict, expose, survey
from sglint.value import Unknown

OPEN_ENDED = (TargetKind.UNKNOWN, TargetKind.ANY)
"""What a path leads to when the text does not say."""

TRACKABLE = (Protocol.TCP, Protocol.UDP)
"""The protocols whose flows can be untracked."""

GENEVE = Ports(6081, 6081)

WIDEST_RANGE = {4: 16, 6: 44}
"""The shortest prefixes that a range of a VPC can have, by the version of the protocol."""


@frozen
class Judged:
    """
    One network and what is known about each of its interfaces.

    `before` is the network that a plan starts from, under the same addresses; None where there is no plan.
    `worlds` are the networks of all cases that undecided conditions leave, none where they are not told apart.
    """

    network: Network
    judgements: tuple[Judgement, ...]
    before: Judged | None = None
    worlds: tuple[Judged, ...] = ()
    _rules: dict[Link, list[Permission]] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _adrift: list[Permission] = field(init=False, repr=False, compare=False, hash=False, default_factory=list)
    _groups: dict[str, Group] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _order: dict[str, int] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _opened: dict[tuple[Link, ...], Mapping[Key, Opened]] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )
    _shut: dict[tuple[Link, ...], bool] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _appliances: dict[str, Appliance] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)
    _survey: list[Survey] = field(init=False, repr=False, compare=False, hash=False, default_factory=list)

    def __post_init__(self) -> None:
        for permission in self.network.permissions:
            self._rules.setdefault(permission.group, []).append(permission)
            if isinstance(permission.group, Unknown):
                self._adrift.append(permission)
        for position, group in enumerate(self.network.groups):
            self._groups[group.origin.address] = group
            self._order[group.origin.address] = position
        for appliance in self.network.appliances:
            self._appliances.setdefault(appliance.interface, appliance)

    def interfaces(self, *roles: Role) -> tuple[Judgement, ...]:
        """
        Return the judgements of the interfaces in these roles that may be in scope and have security groups.
        """
        return tuple(
            judgement
            for judgement in self.judgements
            if judgement.interface.role in roles and judgement.in_scope.most and judgement.interface.grouped
        )

    def groups(self, interface: Interface) -> tuple[Group, ...]:
        """
        Return the security groups of the interface that are in the text.
        """
        named = {group for group in interface.groups if isinstance(group, str) and group in self._groups}
        return tuple(self._groups[group] for group in sorted(named, key=self._order.__getitem__))

    def permissions(self, interface: Interface, direction: Direction | None = None) -> tuple[Permission, ...]:
        """
        Return the rules of all groups of the interface, in one direction or both.
        """
        return tuple(
            permission
            for group in dict.fromkeys(interface.groups)
            for permission in self._rules.get(group, ())
            if direction in {None, permission.direction}
        )

    def concerned(self, judgement: Judgement) -> tuple[Verdict, ...]:
        """
        Return the classes of flows that may be tracked because of the security groups, on a path where the groups decide.

        Of a Gateway Load Balancer target whose own routes lead elsewhere these are the encapsulated packets alone. What goes to
        a service by a gateway endpoint is not among them: it never was behind a transit gateway or load balancer.
        """
        interface = judgement.interface
        meant = families(judgement)
        found = (
            verdict
            for verdict in judgement.verdicts
            if may_track(verdict)
            and not verdict.service
            and verdict.family in meant
            and verdict.via.kind is not TargetKind.NONE
            and (verdict.direction is Direction.IN or (verdict.protocol in interface.opens and not strays(judgement, verdict)))
            and not on_path(interface, verdict)
        )
        if interface.purpose is not None:
            return tuple(verdict for verdict in found if verdict.direction is interface.purpose)
        if self.appliance(interface) is None or gains(judgement):
            return tuple(found)
        return tuple(replace(verdict, ports=GENEVE) for verdict in found if is_geneve(verdict))

    def cause(self, judgement: Judgement, verdict: Verdict) -> Cause | None:
        """
        Return what alone these flows lack to be untracked, None where nothing so plain is the cause.
        """
        interface = judgement.interface
        return cause_of(judgement, verdict, self.opened(interface), shut=self.shut(interface))

    def caused(self, judgement: Judgement, cause: Cause | None) -> tuple[Verdict, ...]:
        """
        Return the classes of flows of `concerned` that have this cause, or none, so that no two rules tell the same.
        """
        return tuple(verdict for verdict in self.concerned(judgement) if self.cause(judgement, verdict) is cause)

    def tracked(self, judgement: Judgement) -> tuple[Verdict, ...]:
        """
        Return what `concerned` does, but for the flows whose cause another rule tells.
        """
        return self.caused(judgement, None)

    def blocked(self, judgement: Judgement) -> tuple[Verdict, ...]:
        """
        Return the classes of TCP and UDP flows of which the security groups surely admit nothing.
        """
        meant = families(judgement)
        return tuple(
            verdict
            for verdict in judgement.verdicts
            if verdict.protocol in TRACKABLE and verdict.family in meant and verdict.by_groups.most is State.DENIED
        )

    def narrow_reply(self, interface: Interface, verdict: Verdict) -> tuple[Ports, ...]:
        """
        Return the port ranges open to everyone for the replies, when they are all that is missing for untracked flows.
        """
        return () if interface.automatic else reply_ranges(verdict, self.opened(interface))

    def shut(self, interface: Interface) -> bool:
        """
        Return whether an interface that may open connections has groups that surely let nothing out.
        """
        if interface.groups not in self._shut:
            self._shut[interface.groups] = self._lets_nothing_out(interface)
        return self._shut[interface.groups] and interface.role is not Role.MANAGED

    def _lets_nothing_out(self, interface: Interface) -> bool:
        groups = self.groups(interface)
        told = len(groups) == len(set(interface.groups)) > 0 and all(group.hidden is None for group in groups)
        return told and not self._adrift and not any(lets_out(permission) for permission in self.permissions(interface))

    def appliance(self, interface: Interface) -> Appliance | None:
        """
        Return how a Gateway Load Balancer sends traffic to the interface, or None when none does.
        """
        return self._appliances.get(interface.address)

    def opened(self, interface: Interface) -> Mapping[Key, Opened]:
        """
        Return what all groups of the interface open to everyone, by direction, family and protocol.
        """
        if interface.groups not in self._opened:
            self._opened[interface.groups] = opened(self.permissions(interface))
        return self._opened[interface.groups]

    def exposure(self, judgement: Judgement, direction: Direction, opened: FlowSet) -> Exposure:
        """
        Return what the interface would newly have if its groups opened this.
        """
        return expose(self._surveyed(), judgement, direction, opened)

    def reached(self, judgement: Judgement, verdicts: Iterable[Verdict]) -> Exposure:
        """
        Return who comes in if the groups admit everyone on the ports of these flows.
        """
        opened = union(flows(one.family, one.protocol, EVERYONE[one.family], one.ports) for one in verdicts)
        return expose(self._surveyed(), judgement, Direction.IN, opened, again=True)

    def _surveyed(self) -> Survey:
        if not self._survey:
            self._survey.append(survey(self.network))
        return self._survey[0]

    def everyone(self, interface: Interface, direction: Direction, family: Family, protocol: Protocol) -> tuple[Ports, ...]:
        """
        Return the ports that some rule of the interface may admit from or to every address, one range for each such rule.
        """
        return self.opened(interface)[direction, family, protocol].ranges

    def open_to_everyone(self, interface: Interface, verdict: Verdict, direction: Direction, ports: Ports) -> bool:
        """
        Return whether one rule may admit these ports from or to every address, for the family and protocol of the verdict.
        """
        ranges = self.everyone(interface, direction, verdict.family, verdict.protocol)
        return any(found.covers(ports) for found in ranges)


def in_scope(net: Judged) -> tuple[Judgement, ...]:
    """
    Return the judgements of the interfaces that are certainly in scope.
    """
    return tuple(one for one in net.judgements if one.in_scope.least)


def settled(net: Judged) -> Judged:
    """
    Return the network with what all of its worlds say of which interfaces are in scope.
    """
    worlds = [{one.interface.address: one.in_scope for one in world.judgements} for world in net.worlds]
    return replace(net, judgements=tuple(narrowed(one, worlds) for one in net.judgements)) if worlds else net


def narrowed(judgement: Judgement, worlds: Sequence[Mapping[str, Bounds[bool]]]) -> Judgement:
    """
    Return the judgement of an interface that is in scope if it is in every world, and is not if it is in none.
    """
    was, address = judgement.in_scope, judgement.interface.address
    least = was.least or all(address in world and world[address].least for world in worlds)
    most = least or (was.most and any(address in world and world[address].most for world in worlds))
    if (least, most) == (was.least, was.most):
        return judgement
    decided = [item for one in judgement.verdicts for item in (*one.state.because, *one.by_groups.because)]
    because = tuple(item for item in judgement.because if item in decided)
    return replace(judgement, in_scope=Bounds(least, most), because=because)


def looked_at(networks: Sequence[Judged], *, files: int, templates: int = 0) -> Seen:
    """
    Return what was looked at, counted; `templates` of the networks are those of templates.
    """
    return counted(map(counts, networks), files=files, templates=templates)


def counted(several: Iterable[Seen], *, files: int, templates: int) -> Seen:
    """
    Return what there is in several networks together.
    """
    listed = tuple(several)
    return Seen(
        roots=len(listed) - templates,
        templates=templates,
        files=files,
        resources=sum(one.resources for one in listed),
        interfaces=sum(one.interfaces for one in listed),
        in_scope=sum(one.in_scope for one in listed),
        maybe_in_scope=sum(one.maybe_in_scope for one in listed),
        attributes=sum(one.attributes for one in listed),
        attributes_bounded=sum(one.attributes_bounded for one in listed),
        attributes_unknown=sum(one.attributes_unknown for one in listed),
    )


def counts(one: Judged) -> Seen:
    """
    Return what there is in one network.
    """
    sure = len(in_scope(one))
    return Seen(
        roots=1,
        resources=dict(one.network.seen).get("resources", 0),
        interfaces=len(one.judgements),
        in_scope=sure,
        maybe_in_scope=sum(judgement.in_scope.most for judgement in one.judgements) - sure,
        attributes=one.network.resolved.total,
        attributes_bounded=one.network.resolved.bounded,
        attributes_unknown=one.network.resolved.unknown,
    )


def is_geneve(verdict: Verdict) -> bool:
    """
    Return whether a Gateway Load Balancer's packets are among these flows.
    """
    arriving = verdict.direction is Direction.IN and verdict.protocol is Protocol.UDP and verdict.family is Family.IPV4
    return arriving and verdict.ports.covers(GENEVE)


def may_track(verdict: Verdict) -> bool:
    """
    Return whether the security groups may be what makes this class of TCP or UDP flows tracked.
    """
    by_groups = verdict.by_groups
    return verdict.protocol in TRACKABLE and by_groups.least <= State.TRACKED <= by_groups.most


def surely_tracks(verdict: Verdict) -> bool:
    """
    Return whether the security groups make this class of flows tracked in every completion of the unknowns.
    """
    by_groups = verdict.by_groups
    return by_groups.least is by_groups.most is State.TRACKED and verdict.via.kind is not TargetKind.UNKNOWN


def on_path(interface: Interface, verdict: Verdict) -> tuple[str, ...]:
    """
    Return what the path itself is tracked automatically for, leaving out what the interface is.
    """
    return tuple(name for name in verdict.automatic if name != interface.automatic)


def strays(judgement: Judgement, verdict: Verdict) -> bool:
    """
    Return whether flows lead out of the VPC, or take its local route, of an interface that opens none outside of the VPC.

    A route inside the range of the VPC may lead through a Gateway Load Balancer endpoint: what takes it does not stray.
    """
    if not judgement.interface.home:
        return False
    local = [path.destination for path in judgement.paths if path.targets and path.targets[0].kind is TargetKind.LOCAL]
    led = [path.destination for path in judgement.paths if all(one.kind is not TargetKind.LOCAL for one in path.targets)]
    if local:
        inside = [prefix for prefix in led if any(within(prefix, around) for around in local)]
    else:
        inside = [prefix for prefix in led if prefix.prefixlen > WIDEST_RANGE[prefix.version]]
    if verdict.via.kind is TargetKind.ANY:
        return not inside
    return not any(covers(str(prefix), verdict.peer) for prefix in inside)


def covers(prefix: str, peer: str) -> bool:
    """
    Return whether a prefix has all addresses of another, or is told by name.
    """
    try:
        inner = ip_network(peer)
    except ValueError:
        return True
    return within(inner, ip_network(prefix))


def gains(judgement: Judgement) -> tuple[tuple[Path, Target], ...]:
    """
    Return the paths to a transit gateway or Gateway Load Balancer endpoint, surely or possibly, the sure ones first.
    """
    found = [(path, target) for path in judgement.paths for target in path.targets if target.kind in GAINS]
    return tuple(sorted(found, key=lambda item: len(item[0].targets)))


def families(judgement: Judgement) -> frozenset[Family]:
    """
    Return the address families worth speaking of: IPv4, and IPv6 where some path of it is in the text.
    """
    return frozenset({*(path.family for path in judgement.paths if is_told(path)), Family.IPV4})


def is_told(path: Path) -> bool:
    """
    Return whether the text tells of the path: a subnet that is not known may have any, local ones among them.
    """
    kinds = {target.kind for target in path.targets}
    return bool(kinds) and (kinds.isdisjoint(OPEN_ENDED) or not kinds <= {*OPEN_ENDED, TargetKind.LOCAL, TargetKind.NONE})


def holds(judgement: Judgement, verdicts: Iterable[Verdict]) -> Bounds[bool]:
    """
    Return whether the interface exists, is in scope, and has one of these classes of flows tracked by its groups.
    """
    listed = tuple(verdicts)
    behind = present(judgement)
    if any(surely_tracks(verdict) for verdict in listed):
        return behind
    because = [unknown for verdict in listed for unknown in (*verdict.by_groups.because, *verdict.state.because)]
    because += (verdict.via.why for verdict in listed if verdict.via.why is not None)
    return Bounds(least=False, most=bool(listed), because=tuple(dict.fromkeys((*behind.because, *because))))


def present(judgement: Judgement) -> Bounds[bool]:
    """
    Return whether the interface exists and is in scope.
    """
    maybe = judgement.interface.origin.maybe
    because: tuple[Unknown, ...] = () if maybe is None else (maybe,)
    if not judgement.in_scope.least:
        because += (*judgement.in_scope.because, *judgement.because)
    least = maybe is None and judgement.in_scope.least
    return Bounds(least=least, most=True, because=() if least else tuple(dict.fromkeys(because)))
