"""
Which flows are tracked: AWS's own example, networks modelled on public ones, and the words of the reasons.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from sglint.graph import build
from sglint.model import (
    Appliance,
    Direction,
    Group,
    GroupPeer,
    Link,
    ListPeer,
    Network,
    Permission,
    Route,
    Table,
    Target,
    TargetKind,
)
from sglint.space import Bounds, Family, Ports, Protocol
from sglint.track import Judgement, State, judge, summary
from sglint.track.admit import admissions, index
from tests.networks import blurred, boxes, interface, leads, network, origin, rule, unknown

TGW, NAT, IGW, GWLBE, NFW = (
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.NAT_GATEWAY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.GWLB_ENDPOINT,
    TargetKind.NETWORK_FIREWALL,
)
LETTERS = {State.UNTRACKED: "U", State.TRACKED: "T", State.DENIED: "B"}
ALL = "0-65535"
ANY = "0.0.0.0/0"
OUT = rule("out", "all", ANY, line=30)
PRIVATELINK = "AWS PrivateLink (interface VPC endpoint)"


def judged(net: Network) -> Judgement:
    """
    Return the judgement of the one interface.
    """
    (found,) = judge(net, build(net))
    return found


def letters(net: Network, family: Family = Family.IPV4, *, via: TargetKind | None = None) -> dict[str, str]:
    """
    Return by protocol and direction the states with their ports, leaving out all ports: `{"tcp_in": "U (22,443)"}`.
    """
    found: dict[str, dict[str, dict[str, None]]] = {}
    for one in judged(net).verdicts:
        if one.family is family and (via is None or one.via.kind in {via, TargetKind.ANY}):
            least, most = LETTERS[one.state.least], LETTERS[one.state.most]
            state = least if least == most else f"{least}..{most}"
            by_state = found.setdefault(f"{one.protocol.value}_{one.direction.value}", {})
            by_state.setdefault(state, {})[str(one.ports)] = None
    return {
        key: " ".join(state + ("" if list(ports) == [ALL] else f" ({','.join(ports)})") for state, ports in states.items())
        for key, states in found.items()
    }


def reasons(net: Network, way: str, protocol: str) -> list[str]:
    """
    Return the reasons of the first verdict of a direction and protocol, each with its line.
    """
    found = (one for one in judged(net).verdicts if (one.direction.value, one.protocol.value) == (way, protocol))
    return [f"{'' if one.span is None else one.span.line} {one.text}".strip() for one in next(found).reasons]


def to_tgw(*permissions: Permission, routes: tuple[Route, ...] = ()) -> Network:
    """
    Return a network whose interface has these rules and a default route to a transit gateway.
    """
    return network(permissions, (leads("rt", ANY, TGW), *routes))


def dual(*permissions: Permission) -> Network:
    """
    Return a network with both address families and default routes to a transit gateway.
    """
    return network(
        permissions,
        (leads("rt", ANY, TGW), leads("rt", "::/0", TGW)),
        cidrs=["10.0.0.0/16", "fd00::/56"],
        subnet_cidrs=["10.0.1.0/24", "fd00::/64"],
    )


# AWS's example ------------------------------------------------------------------------------------------------------

SSH = rule("in", "tcp", "203.0.113.1/32", "22", line=10)
WEB = rule("in", "tcp", ANY, "80", line=11)
WEB6 = rule("in", "tcp", "::/0", "80", line=12)
PING = rule("in", "icmp", ANY, line=13)
OUT6 = rule("out", "all", "::/0", line=31)


def test_what_is_admitted_comes_in_one_order() -> None:
    """The first thing that is not known is told: which one that is must not depend on where Python puts its objects."""
    net = dual(SSH, WEB6, OUT6)
    keys = list(admissions(build(net), index(net), net.interfaces[0]))
    assert keys == [(way, family, protocol) for way in Direction for family in Family for protocol in Protocol]


def test_aws_example() -> None:
    net = dual(SSH, WEB, WEB6, PING, OUT, OUT6)
    assert letters(net, via=TGW)["tcp_in"] == "U (80) T (22)"
    assert letters(net, via=TGW)["icmp_in"] == "T"
    assert letters(net, Family.IPV6, via=TGW)["tcp_in"] == "U (80)"
    assert letters(net, Family.IPV6, via=TGW)["icmp_in"] == "B"


def test_aws_example_without_the_ipv4_rule_for_replies() -> None:
    net = dual(SSH, WEB, WEB6, PING, OUT6)
    assert letters(net, via=TGW)["tcp_in"] == "T (80,22)"
    assert letters(net, Family.IPV6, via=TGW)["tcp_in"] == "U (80)"


def test_aws_example_without_the_ipv6_rule_for_replies() -> None:
    net = dual(SSH, WEB, WEB6, PING, OUT)
    assert letters(net, via=TGW)["tcp_in"] == "U (80) T (22)"
    assert letters(net, Family.IPV6, via=TGW)["tcp_in"] == "T (80)"


# Networks modelled on public ones -----------------------------------------------------------------------------------


def test_web_server_behind_a_gwlb_endpoint() -> None:
    rules = [rule("in", "tcp", ANY, "80"), rule("in", "udp", ANY, "6081"), rule("in", "tcp", ANY, "22", line=12), OUT]
    net = network(rules, [leads("rt", ANY, GWLBE)])
    found = letters(net)
    assert (found["tcp_in"], found["udp_in"], found["tcp_out"], found["udp_out"]) == ("U (22,80)", "U (6081)", "T", "T")
    assert (found["icmp_in"], found["icmp_out"]) == ("B", "T")
    assert judged(net).in_scope == Bounds(least=True, most=True)


def test_gwlb_target_in_a_subnet_with_the_adopted_main_table() -> None:
    main = Table(origin("main"), "vpc", main=True)
    target = Appliance(origin("attachment"), "eni", "balancer", "target group")
    rules = [rule("in", "tcp", ANY, "80"), rule("in", "udp", ANY, "6081"), OUT]
    net = network(rules, [leads("main", ANY, IGW)], associations=[], tables=[main], appliances=[target])
    assert letters(net)["udp_in"] == "U (6081)"
    assert judged(net).in_scope.least
    assert not judged(replace(net, appliances=())).in_scope.most


@pytest.mark.parametrize("via", [(ANY, TGW), ("10.1.0.0/16", TGW)])
def test_instance_with_two_open_ports(via: tuple[str, TargetKind]) -> None:
    destination, target = via
    rules = [rule("in", "tcp", ANY, "22"), rule("in", "tcp", ANY, "443", line=12), PING, OUT]
    routes = {ANY: leads("rt", ANY, IGW), destination: leads("rt", destination, target)}
    net = network(rules, routes.values())
    assert letters(net) == {
        "tcp_in": "U (22,443)",
        "udp_in": "B",
        "icmp_in": "T",
        "other_in": "B",
        "tcp_out": "T",
        "udp_out": "T",
        "icmp_out": "T",
        "other_out": "T",
    }
    assert judged(net).in_scope.least


def test_firewall_open_both_ways() -> None:
    routes = [leads("rt", ANY, IGW), leads("rt", "10.1.0.0/16", TGW), leads("rt", "10.2.0.0/16", TGW)]
    found = letters(network([rule("in", "all", ANY), OUT], routes))
    assert [found[key] for key in ("tcp_in", "udp_in", "tcp_out", "udp_out", "icmp_in", "icmp_out")] == [*"UUUUTT"]


def test_heartbeat_interface_without_an_association_is_out_of_scope() -> None:
    net = network([rule("in", "all", ANY), OUT], [leads("rt", ANY, TGW)], associations=[])
    assert letters(net)["tcp_in"] == "U"
    assert {one.via.kind for one in judged(net).verdicts} == {TargetKind.LOCAL}
    assert judged(net).in_scope == Bounds(least=False, most=False)


def application(source: str) -> list[Permission]:
    """
    Return the rules of an application whose clients are a parameter.
    """
    return [
        rule("in", "tcp", source, ALL),
        rule("in", "udp", source, ALL),
        rule("in", "icmp", source),
        rule("in", "all", "10.0.0.0/16", line=12),
        rule("in", "tcp", "sg:sg2", "22", line=13),
        OUT,
    ]


def test_application_whose_parameter_opens_it() -> None:
    found = letters(network(application(ANY), [leads("rt", ANY, GWLBE)]), via=GWLBE)
    assert [found[key] for key in ("tcp_in", "udp_in", "tcp_out", "udp_out", "icmp_in")] == [*"UUUUT"]


def test_application_whose_parameter_is_narrow() -> None:
    net = network(application("203.0.113.0/24"), [leads("rt", "203.0.113.0/24", GWLBE)])
    states = {one.state.most for one in judged(net).verdicts}
    assert states == {State.TRACKED}


def test_interface_endpoint_is_tracked_automatically_whatever_its_groups() -> None:
    net = network(application(ANY), [leads("rt", ANY, GWLBE)], interfaces=[interface(automatic=PRIVATELINK)])
    (first, *_) = judged(net).verdicts
    assert (first.state.most, first.by_groups.least, first.automatic) == (State.TRACKED, State.UNTRACKED, (PRIVATELINK,))
    assert reasons(net, "in", "tcp")[0].endswith("every flow is tracked automatically, whatever the security groups say")


def test_bastion_that_admits_its_vpc() -> None:
    rules = [rule("in", "tcp", ANY, "22"), PING, rule("in", "all", "10.0.0.0/16", line=12), OUT]
    net = network(rules, [leads("rt", ANY, IGW)])
    assert letters(net, via=IGW)["tcp_in"] == "U (22)"
    assert letters(net, via=TargetKind.LOCAL)["udp_in"] == "T"
    assert not judged(net).in_scope.most


def test_group_reference_is_tracked() -> None:
    net = to_tgw(PING, rule("in", "tcp", "sg:eic", "22"), OUT)
    assert {key: letters(net)[key] for key in ("tcp_in", "udp_in", "tcp_out")} == {
        "tcp_in": "T (22)",
        "udp_in": "B",
        "tcp_out": "T",
    }
    (ssh,) = [one for one in judged(net).verdicts if one.ports == Ports(22, 22)]
    assert (ssh.peer, ssh.via.kind) == ("eic", TargetKind.ANY)


def test_connect_endpoint_without_routes_is_out_of_scope() -> None:
    net = network([rule("out", "tcp", "sg:instances", "22")])
    found = letters(net)
    assert [found[key] for key in ("tcp_in", "udp_in", "tcp_out", "udp_out", "icmp_in")] == ["B", "B", "T (22)", "B", "B"]
    assert judged(net).in_scope == Bounds(least=False, most=False)


@pytest.mark.parametrize(("workspace", "scope"), [("development", True), ("production", False)])
def test_table_that_depends_on_the_workspace(workspace: str, *, scope: bool) -> None:
    more = [leads("rt", "10.0.0.0/8", TGW)] if workspace == "development" else []
    rules = [rule("in", "tcp", "10.0.0.0/16", "443"), OUT]
    net = network(rules, [leads("rt", ANY, NFW), *more], interfaces=[interface(automatic=PRIVATELINK)])
    assert judged(net).in_scope == Bounds(least=scope, most=scope)
    assert letters(net)["tcp_in"] == "T (443)"
    assert letters(net)["icmp_in"] == "B"


def test_table_whose_workspace_is_not_given_is_in_scope_maybe() -> None:
    workspace = unknown("terraform.workspace is not given")
    routes = [leads("rt", ANY, NFW), leads("rt", "172.16.0.0/12", TGW, maybe=workspace)]
    net = network([rule("in", "all", ANY), OUT], routes)
    found = judged(net)
    assert found.in_scope == Bounds(least=False, most=True, because=(workspace,))
    (cell,) = [one for one in found.verdicts if one.peer == "172.16.0.0/12" and one.protocol is Protocol.TCP][:1]
    assert cell.state == Bounds(State.TRACKED, State.UNTRACKED, (workspace,))
    assert cell.by_groups == Bounds(State.UNTRACKED, State.UNTRACKED)
    assert [one.kind for one in cell.candidates] == [TGW, NFW]
    assert workspace in found.because


def test_network_load_balancer_lists_what_its_listeners_serve() -> None:
    balancer = interface(
        groups=(), automatic="Network Load Balancer", grouped=False, served=((Protocol.UDP, Ports(1812, 1813)),)
    )
    net = network(routes=[leads("rt", ANY, NFW)], interfaces=[balancer])
    assert letters(net) == {"udp_in": "T (1812-1813)"}


def test_application_load_balancer_serves_its_listeners_only() -> None:
    served = ((Protocol.TCP, Ports(443, 443)), (Protocol.TCP, Ports(80, 80)))
    rules = [rule("in", "tcp", "203.0.113.7/32", "443"), rule("in", "tcp", "203.0.113.7/32", "8000-9000", line=12)]
    rules += [rule("in", "udp", ANY), rule("out", "tcp", "sg:sg2", "5000")]
    net = network(rules, [leads("rt", ANY, IGW)], interfaces=[interface(served=served)])
    found = letters(net)
    assert [found[key] for key in ("tcp_in", "udp_in", "tcp_out", "udp_out")] == ["T (443)", "B", "T (5000)", "B"]


def test_the_listeners_do_not_limit_the_replies_to_what_a_load_balancer_opens() -> None:
    served = ((Protocol.TCP, Ports(443, 443)),)
    net = network([rule("in", "all", ANY), OUT], [leads("rt", ANY, TGW)], interfaces=[interface(served=served)])
    assert letters(net) == {
        "tcp_in": "U (443)",
        "udp_in": "B",
        "icmp_in": "B",
        "other_in": "B",
        "tcp_out": "U",
        "udp_out": "U",
        "icmp_out": "T",
        "other_out": "T",
    }


# What decides -------------------------------------------------------------------------------------------------------


def test_the_two_rules_may_stand_in_two_groups() -> None:
    net = network(
        [rule("in", "tcp", ANY, "443"), rule("out", "all", ANY, group="sg2")],
        [leads("rt", ANY, TGW)],
        interfaces=[interface(groups=("sg", "sg2"))],
    )
    assert letters(net)["tcp_in"] == "U (443)"


def test_a_narrow_rule_beside_the_wide_one_changes_nothing() -> None:
    wide = to_tgw(WEB, OUT)
    assert letters(to_tgw(WEB, rule("in", "tcp", "192.0.2.0/24", "80"), OUT)) == letters(wide)


@pytest.mark.parametrize("ports", ["1-65535", "1024-65535", "0-65534", "443"])
def test_a_reply_rule_short_of_all_ports_is_a_near_miss(ports: str) -> None:
    net = to_tgw(WEB, rule("out", "tcp", ANY, ports, line=30))
    assert letters(net)["tcp_in"] == "T (80)"
    assert reasons(net, "in", "tcp") == [
        "11 tcp 80 from 0.0.0.0/0 is admitted here",
        f"30 the reply rule covers only tcp {ports} to 0.0.0.0/0, not 0-65535, so what comes in is tracked",
    ]


@pytest.mark.parametrize(
    "replies",
    [
        [rule("out", "tcp", "0.0.0.0/1", line=30), rule("out", "tcp", "128.0.0.0/1", line=31)],
        [rule("out", "tcp", ANY, "0-32767", line=30), rule("out", "tcp", ANY, "32768-65535", line=31)],
        [rule("out", "tcp", ListPeer("pl", (ip_network("0.0.0.0/0"),)), line=30)],
    ],
)
def test_replies_admitted_to_everyone_only_by_several_rules_are_taken_as_tracked(replies: list[Permission]) -> None:
    net = to_tgw(WEB, *replies)
    assert letters(net)["tcp_in"] == "T (80)"
    assert any(reason.endswith("so what comes in is tracked") for reason in reasons(net, "in", "tcp"))


def test_everyone_let_in_by_two_halves_is_taken_as_tracked() -> None:
    halves = [rule("in", "tcp", half, "443", line=line) for half, line in (("0.0.0.0/1", 10), ("128.0.0.0/1", 11))]
    net = to_tgw(*halves, OUT)
    assert letters(net, via=TGW)["tcp_in"] == "T (443)"
    assert reasons(net, "in", "tcp")[1] == (
        "several rules together admit tcp 443 from 0.0.0.0/0; "
        "AWS documents untracked flows only for a single rule with it, so tracked is assumed"
    )


def test_a_prefix_list_is_taken_as_tracked() -> None:
    entries = (ip_network("0.0.0.0/0"),)
    net = to_tgw(rule("in", "tcp", ListPeer("pl", entries), "443"), OUT)
    (first, *_) = judged(net).verdicts
    assert (first.peer, first.state.most) == ("pl", State.TRACKED)
    assert {one.via.kind for one in judged(net).verdicts if one.peer == "pl"} == {TGW, TargetKind.LOCAL}


def test_a_prefix_list_outside_the_text_has_no_path() -> None:
    net = to_tgw(rule("in", "tcp", "pl:clients", "443"), OUT)
    (first,) = [one for one in judged(net).verdicts if one.peer == "clients"]
    assert (first.via.kind, first.state) == (TargetKind.ANY, Bounds(State.TRACKED, State.TRACKED))


def test_the_reasons_name_the_missing_reply_rule_at_the_group() -> None:
    net = to_tgw(OUT)
    assert reasons(net, "out", "tcp") == [
        "30 tcp 0-65535 to 0.0.0.0/0 is admitted here",
        "3 no inbound rule admits tcp 0-65535 from 0.0.0.0/0, so what the interface opens is tracked",
    ]
    assert reasons(net, "in", "tcp") == ["3 no inbound rule admits tcp"]


def test_the_reasons_name_a_reply_rule_for_some_addresses() -> None:
    assert reasons(to_tgw(WEB, rule("out", "tcp", "10.0.0.0/8", line=30)), "in", "tcp") == [
        "11 tcp 80 from 0.0.0.0/0 is admitted here",
        "3 no outbound rule admits tcp 0-65535 to 0.0.0.0/0, so what comes in is tracked",
        "30 the nearest reply rule admits only tcp 0-65535 to 10.0.0.0/8",
    ]


def test_the_reasons_of_untracked_flows_name_both_rules() -> None:
    assert reasons(to_tgw(WEB, OUT), "in", "tcp") == [
        "11 tcp 80 from 0.0.0.0/0 is admitted here",
        "30 its replies are admitted without tracking: tcp 0-65535 to 0.0.0.0/0",
    ]


# Paths --------------------------------------------------------------------------------------------------------------


def test_each_route_has_its_own_verdict() -> None:
    net = to_tgw(rule("in", "all", ANY), OUT, routes=(leads("rt", "198.51.100.0/24", NAT),))
    found = {one.peer: one for one in judged(net).verdicts if (one.direction.value, one.protocol.value) == ("out", "tcp")}
    assert {peer: (one.via.kind, one.state.least) for peer, one in found.items()} == {
        "0.0.0.0/0": (TGW, State.UNTRACKED),
        "10.0.0.0/16": (TargetKind.LOCAL, State.UNTRACKED),
        "198.51.100.0/24": (NAT, State.TRACKED),
    }
    nat = found["198.51.100.0/24"]
    assert nat.automatic == ("NAT gateway",)
    assert nat.reasons[0].text == ("198.51.100.0/24 leads to a NAT gateway, through which every flow is tracked automatically")


def test_a_rule_inside_a_longer_route_is_not_listed_under_the_shorter() -> None:
    net = to_tgw(rule("out", "tcp", "198.51.100.0/25", "443"), routes=(leads("rt", "198.51.100.0/24", NAT),))
    (found,) = [one for one in judged(net).verdicts if one.ports == Ports(443, 443)]
    assert (found.peer, found.via.kind) == ("198.51.100.0/25", NAT)


def test_flows_that_no_route_covers_are_not_listed() -> None:
    net = network([rule("in", "all", ANY), OUT])
    assert {one.peer for one in judged(net).verdicts} == {"10.0.0.0/16"}


def test_an_unknown_endpoint_leaves_the_state_open() -> None:
    why = unknown("var.endpoint may be of either kind")
    net = network([rule("in", "all", ANY), OUT], [leads("rt", ANY, Target(TargetKind.UNKNOWN, why=why))])
    (first, *_) = judged(net).verdicts
    assert first.state == Bounds(State.TRACKED, State.UNTRACKED, (why,))
    assert first.by_groups.certain
    assert reasons(net, "in", "tcp")[-1] == "99 not decided, because var.endpoint may be of either kind"


def test_subnets_with_a_gateway_each_share_their_verdicts() -> None:
    net = network(
        [rule("in", "all", ANY), OUT],
        [leads("rt", ANY, Target(NAT, "nat.a")), leads("rt2", ANY, Target(NAT, "nat.b"))],
        interfaces=[interface(subnets=("subnet", "subnet2"))],
    )
    second = replace(net.subnets[0], origin=origin("subnet2"))
    more = replace(net.associations[0], table="rt2", subnet="subnet2")
    tables = (*net.tables, Table(origin("rt2"), "vpc"))
    net = replace(net, subnets=(*net.subnets, second), associations=(*net.associations, more), tables=tables)
    (first, *_) = [one for one in judged(net).verdicts if one.peer == ANY]
    assert first.via == Target(NAT)
    assert [one.address for one in first.candidates] == ["nat.a", "nat.b"]


# Unknowns -----------------------------------------------------------------------------------------------------------


def test_an_unknown_cidr_is_between_nobody_and_everybody() -> None:
    net = to_tgw(blurred("in", "tcp", ANY, "443"), OUT)
    assert letters(net)["tcp_in"] == "B..U (443)"
    assert [why.why for why in judged(net).because] == ["var.cidr has no default"]


def test_a_rule_that_need_not_exist_counts_at_most() -> None:
    net = to_tgw(WEB, rule("out", "all", ANY, maybe=unknown("var.egress has no default")))
    assert letters(net)["tcp_in"] == "T..U (80)"
    assert letters(net)["tcp_out"] == "B..T"


@pytest.mark.parametrize("way", ["hidden", "absent", "unknown"])
def test_a_group_outside_the_text_may_permit_anything(way: str) -> None:
    why = unknown("its rules are not in the text")
    groups = [Group(origin("sg"), "vpc", hidden=why if way == "hidden" else None)]
    links: dict[str, Link] = {"hidden": "sg", "absent": "sg-0123", "unknown": why}
    net = network([WEB, OUT], [leads("rt", ANY, TGW)], groups=groups, interfaces=[interface(groups=("sg", links[way]))])
    assert letters(net)["tcp_in"] == "B..U (0-79,81-65535) U (80)"
    assert letters(net)["udp_in"] == "B..U"
    assert letters(net)["tcp_out"] == "T..U"


def test_a_rule_of_an_unknown_group_may_be_of_this_one() -> None:
    net = to_tgw(WEB, rule("out", "all", ANY, group=unknown("var.group has no default")))
    assert letters(net)["tcp_in"] == "T..U (80)"


def test_a_group_peer_under_a_rule_that_may_admit_everyone() -> None:
    net = to_tgw(blurred("in", "tcp", ANY, "22"), rule("in", "tcp", GroupPeer("sg2"), "22"), OUT)
    found = {one.peer: (one.state.least, one.state.most) for one in judged(net).verdicts if one.ports == Ports(22, 22)}
    assert found["sg2"] == (State.TRACKED, State.UNTRACKED)


def test_ipv6_is_listed_only_where_it_may_be() -> None:
    net = to_tgw(WEB, WEB6, OUT, OUT6)
    assert {one.family for one in judged(net).verdicts} == {Family.IPV4}
    six = replace(net, subnets=(replace(net.subnets[0], ipv6=True),))
    assert {one.family for one in judged(six).verdicts} == set(Family)


def test_ipv6_is_listed_for_an_unknown_subnet_when_a_rule_names_it() -> None:
    unknown_subnet = [interface(subnets=(unknown(),))]
    assert {one.family for one in judged(network([WEB, OUT], interfaces=unknown_subnet)).verdicts} == {Family.IPV4}
    assert {one.family for one in judged(network([WEB, WEB6, OUT], interfaces=unknown_subnet)).verdicts} == set(Family)


def test_summary_is_the_best_that_any_flow_has() -> None:
    found = judged(to_tgw(WEB, SSH, OUT))
    assert summary(found, Direction.IN, Protocol.TCP) == Bounds(State.UNTRACKED, State.UNTRACKED)
    assert summary(found, Direction.IN, Protocol.UDP) == Bounds(State.DENIED, State.DENIED)
    assert summary(found, Direction.IN, Protocol.TCP, Family.IPV6) is None


def test_boxes_of_all_protocols_are_one_for_each() -> None:
    assert [one.protocol for one in boxes("all", ANY)] == list(Protocol)
