"""
The words of the reasons, the place that each points at, and what is said to stand between the bounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_network

import pytest

from sglint.graph import build
from sglint.model import Direction, GroupPeer, ListPeer, Peer, Permission, Route, Target, TargetKind
from sglint.space import Bounds, Family, Ports, Protocol
from sglint.track import Judgement, State, Verdict, judge, summary
from sglint.value import Unknown
from tests.networks import blurred, interface, leads, network, origin, rule, unknown

ANY = "0.0.0.0/0"
TGW, NAT, GWLBE = TargetKind.TRANSIT_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.GWLB_ENDPOINT
OUT = rule("out", "all", ANY, line=30)
WEB = rule("in", "tcp", ANY, "443")


def judged(permissions: Iterable[Permission], routes: Iterable[Route] = (leads("rt", ANY, TGW),), **more: object) -> Judgement:
    """
    Return the judgement of the one interface of a network with these rules and routes.
    """
    net = network(permissions, routes)
    (found,) = judge(replace(net, **more), build(replace(net, **more)))  # type: ignore[arg-type]
    return found


def one(found: Judgement, way: str, protocol: str, peer: str = ANY, ports: str = "") -> Verdict:
    """
    Return the one verdict on these flows.
    """
    (verdict,) = (
        each
        for each in found.verdicts
        if (each.direction.value, each.protocol.value, each.peer) == (way, protocol, peer) and ports in {"", str(each.ports)}
    )
    return verdict


def told(verdict: Verdict) -> list[str]:
    """
    Return the reasons, each with its line.
    """
    return [f"{'' if each.span is None else each.span.line} {each.text}".strip() for each in verdict.reasons]


# Denied and admitted --------------------------------------------------------------------------------------------------


def test_what_reaches_no_listener_is_told_apart_from_what_no_rule_admits() -> None:
    balancer = interface(served=((Protocol.TCP, Ports(443, 443)),))
    found = judged([rule("in", "tcp", ANY, "80")], interfaces=(balancer,))
    assert told(one(found, "in", "tcp")) == ["3 no tcp from anyone both reaches a listener and is admitted by a rule"]
    assert told(one(found, "out", "tcp")) == ["3 no outbound rule admits tcp"]
    assert told(one(judged([]), "in", "other")) == ["3 no inbound rule admits other protocols"]


def test_flows_that_no_single_rule_admits_of_everyone_are_tracked() -> None:
    found = judged([rule("in", "tcp", "192.0.2.0/24", "443"), OUT])
    assert told(one(found, "in", "tcp", "192.0.2.0/24"))[1] == (
        "no single rule admits tcp 443 from 0.0.0.0/0, so these flows are tracked"
    )


def test_flows_that_a_rule_may_admit_of_everyone_are_not_surely_untracked() -> None:
    found = judged([rule("in", "tcp", "192.0.2.0/24", "443"), blurred("in", "tcp", ANY, "443"), OUT])
    verdict = one(found, "in", "tcp", "192.0.2.0/24")
    assert verdict.state == Bounds(State.TRACKED, State.UNTRACKED, (unknown("var.cidr has no default"),))
    assert "no single rule surely admits tcp 443 from 0.0.0.0/0, so these flows are tracked" in told(verdict)


@pytest.mark.parametrize(
    ("peer", "words"),
    [(GroupPeer("sg2"), "a security group reference"), (ListPeer("pl", (ip_network(ANY),)), "a prefix list")],
)
def test_flows_by_a_reference_or_a_list_say_that_they_are_taken_as_tracked(peer: GroupPeer | ListPeer, words: str) -> None:
    found = judged([rule("in", "tcp", peer, "443"), OUT])
    (verdict,) = {told(each)[1] for each in found.verdicts if each.ports == Ports(443, 443)}
    assert (
        verdict == f"AWS documents untracked flows only for a single rule with {ANY}, so flows by {words} are taken as tracked"
    )


# Replies --------------------------------------------------------------------------------------------------------------


def test_a_reply_rule_that_need_not_exist_may_admit_the_replies() -> None:
    found = judged([WEB, rule("out", "tcp", ANY, line=30, maybe=unknown("var.egress has no default"))])
    assert told(one(found, "in", "tcp")) == [
        "10 tcp 443 from 0.0.0.0/0 is admitted here",
        "30 its replies may be admitted without tracking: tcp 0-65535 to 0.0.0.0/0",
        "99 not decided, because var.egress has no default",
    ]


def test_of_several_reply_rules_only_those_that_surely_exist_are_named() -> None:
    rules = [WEB, OUT, rule("out", "tcp", ANY, line=31, maybe=unknown()), rule("out", "tcp", ANY, line=32)]
    words = "its replies are admitted without tracking: tcp 0-65535 to 0.0.0.0/0"
    assert told(one(judged(rules), "in", "tcp"))[1:] == [f"30 {words}", f"32 {words}"]


def test_without_any_rule_what_has_no_known_subnet_is_denied_in_ipv4() -> None:
    found = judged([], interfaces=(interface(subnets=(unknown(),)),))
    assert {(each.family, each.state.most) for each in found.verdicts} == {(Family.IPV4, State.DENIED)}


@pytest.mark.parametrize(
    ("replies", "nearest"),
    [
        (["0.0.0.0/0 0-443", "0.0.0.0/0 1024-65535"], "31 the widest reply rule covers only tcp 1024-65535 to 0.0.0.0/0"),
        (["0.0.0.0/0 60000-65535", "0.0.0.0/0 0-1023"], "30 the widest reply rule covers only tcp 60000-65535 to 0.0.0.0/0"),
        (["192.0.2.7/32 0-65535", "10.0.0.0/8 443"], "31 the nearest reply rule admits only tcp 443 to 10.0.0.0/8"),
        (["sg:sg2 0-65535", "192.0.2.7/32 443"], "31 the nearest reply rule admits only tcp 443 to 192.0.2.7/32"),
        (["192.0.2.7/32 443", "sg:sg2 0-65535"], "30 the nearest reply rule admits only tcp 443 to 192.0.2.7/32"),
    ],
)
def test_the_nearest_reply_rule_is_that_with_the_most_addresses_and_then_ports(replies: list[str], nearest: str) -> None:
    rules = [rule("out", "tcp", *each.split(), line=30 + n) for n, each in enumerate(replies)]
    assert any(each.startswith(nearest) for each in told(one(judged([WEB, *rules]), "in", "tcp")))


# Paths ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (NAT, "a NAT gateway"),
        (TargetKind.EGRESS_ONLY, "an egress-only internet gateway"),
        (TargetKind.NETWORK_FIREWALL, "a Network Firewall endpoint"),
        (TargetKind.DYNAMODB_ENDPOINT, "a DynamoDB gateway endpoint"),
    ],
)
def test_what_is_tracked_automatically_points_at_the_route(kind: TargetKind, name: str) -> None:
    verdict = one(judged([WEB, OUT], [leads("rt", ANY, kind)]), "in", "tcp")
    assert told(verdict)[0] == f"20 {ANY} leads to {name}, through which every flow is tracked automatically"


SERVICE = Unknown("the addresses of the service are not in the text")


def to_service(kind: TargetKind | Target, *permissions: Permission, maybe: Unknown | None = None) -> list[Verdict]:
    """
    Return the verdicts on flows to the service behind a gateway endpoint.
    """
    routes = [leads("rt", ANY, TGW), leads("rt", SERVICE, kind, maybe=maybe)]
    return [each for each in judged(permissions, routes).verdicts if each.service]


IN = rule("in", "all", ANY, line=12)


def test_flows_to_dynamodb_by_its_gateway_endpoint_are_tracked_automatically_with_two_entries() -> None:
    (verdict,) = to_service(TargetKind.DYNAMODB_ENDPOINT, IN, OUT)
    assert (verdict.direction, verdict.protocol, verdict.peer) == (Direction.OUT, Protocol.TCP, "dynamodb-gateway-endpoint.x")
    assert (verdict.state, verdict.by_groups) == (
        Bounds(State.TRACKED, State.TRACKED),
        Bounds(State.UNTRACKED, State.UNTRACKED),
    )
    assert verdict.automatic == ("DynamoDB gateway endpoint",)
    words = "through a DynamoDB gateway endpoint every flow is tracked automatically, 2 entries for each connection"
    assert told(verdict)[0] == f"20 {words}"


def test_flows_to_s3_by_its_gateway_endpoint_are_as_the_groups_have_it() -> None:
    (verdict,) = to_service(TargetKind.S3_ENDPOINT, IN, OUT)
    assert (verdict.state, verdict.automatic) == (Bounds(State.UNTRACKED, State.UNTRACKED), ())
    (verdict,) = to_service(TargetKind.S3_ENDPOINT, OUT)
    assert verdict.state == Bounds(State.TRACKED, State.TRACKED)


def test_of_a_gateway_endpoint_whose_service_is_not_known_the_flows_may_be_tracked() -> None:
    why = unknown("var.service has no default")
    (verdict,) = to_service(Target(TargetKind.GATEWAY_ENDPOINT, "vpce", why), IN, OUT)
    assert verdict.state == Bounds(State.TRACKED, State.UNTRACKED, (why,))
    (other,) = to_service(TargetKind.GATEWAY_ENDPOINT, IN, OUT)
    assert other.state == Bounds(State.UNTRACKED, State.UNTRACKED)


def test_a_route_that_may_lead_elsewhere_is_none_to_a_service() -> None:
    either = leads("rt", SERVICE, Target(TargetKind.S3_ENDPOINT, "vpce"), Target(NAT, "nat"))
    assert not any(each.service for each in judged([IN, OUT], [leads("rt", ANY, TGW), either]).verdicts)


def test_where_the_route_to_a_service_need_not_be_there_the_flows_may_go_another_way() -> None:
    why = unknown("var.endpoint has no default")
    (verdict,) = to_service(TargetKind.DYNAMODB_ENDPOINT, IN, OUT, maybe=why)
    assert (verdict.state, verdict.via.kind) == (Bounds(State.TRACKED, State.UNTRACKED, (why,)), TargetKind.UNKNOWN)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (ListPeer("s3-gateway-endpoint.x", families=(Family.IPV4,)), [(State.TRACKED, State.TRACKED)]),
        (ListPeer("pl-other"), [(State.DENIED, State.TRACKED)]),
        (ListPeer("pl-own", (ip_network("10.0.0.0/8"),)), []),
        (ListPeer("pl-own", (ip_network("52.0.0.0/8"),)), [(State.DENIED, State.TRACKED)]),
        (GroupPeer("sg2"), []),
        ("10.0.0.0/8", []),
        ("52.0.0.0/8", [(State.DENIED, State.TRACKED)]),
        ("0.0.0.0/0", [(State.TRACKED, State.TRACKED)]),
    ],
)
def test_a_service_is_admitted_by_its_own_list_and_by_everyone_and_perhaps_by_other_public_addresses(
    peer: str | Peer, expected: list[tuple[State, State]]
) -> None:
    found = to_service(TargetKind.S3_ENDPOINT, rule("out", "tcp", peer, "443"))
    assert [(each.state.least, each.state.most) for each in found] == expected


def test_the_list_of_another_gateway_endpoint_has_none_of_the_service() -> None:
    routes = [leads("rt", SERVICE, kind) for kind in (TargetKind.S3_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT)]
    listed = ListPeer("s3-gateway-endpoint.x", families=(Family.IPV4,))
    found = judged([rule("out", "tcp", listed, "443")], routes)
    leaving = [each for each in found.verdicts if (each.direction, each.protocol) == (Direction.OUT, Protocol.TCP)]
    assert [(each.peer, each.service) for each in leaving] == [("s3-gateway-endpoint.x", True)]


def test_an_interface_that_is_tracked_automatically_is_pointed_at_itself() -> None:
    lambdas = tuple(
        replace(interface(name, automatic="AWS Lambda"), origin=origin(name, line)) for name, line in (("a", 6), ("b", 7))
    )
    net = network([WEB, OUT], [leads("rt", ANY, TGW)], interfaces=lambdas)
    lines = [told(one(found, "in", "tcp"))[0] for found in judge(net, build(net))]
    words = "AWS Lambda: every flow is tracked automatically, whatever the security groups say"
    assert lines == [f"6 {words}", f"7 {words}"]


def test_interfaces_whose_subnet_is_not_in_the_text_are_each_told_so() -> None:
    net = network([WEB, OUT], interfaces=[interface("a", subnets=()), interface("b", subnets=())])
    why = [{each.why for each in found.because} for found in judge(net, build(net))]
    assert why == [{"the subnet of a is not in the text"}, {"the subnet of b is not in the text"}]


@pytest.mark.parametrize(
    ("targets", "via"),
    [
        ((Target(NAT, "nat.a"), Target(NAT, "nat.b")), Target(NAT)),
        ((Target(NAT, "nat.a"),), Target(NAT, "nat.a")),
    ],
)
def test_a_path_through_several_targets_of_a_kind_is_through_that_kind(targets: tuple[Target, ...], via: Target) -> None:
    verdict = one(judged([WEB, OUT], [leads("rt", ANY, *targets)]), "in", "tcp")
    assert (verdict.via, verdict.candidates, verdict.state.certain) == (via, targets, True)


def test_a_path_through_one_of_several_kinds_is_through_something_that_is_not_known() -> None:
    why = unknown("var.inspect has no default")
    route = leads("rt", ANY, TGW, NAT, maybe=why)
    verdict = one(judged([WEB, OUT], [route]), "in", "tcp")
    assert verdict.via.kind is TargetKind.UNKNOWN
    assert verdict.via.why is not None
    assert told(verdict)[-1] == "99 not decided, because var.inspect has no default"
    assert not verdict.state.certain


# Between the bounds ---------------------------------------------------------------------------------------------------


def test_only_the_rules_that_concern_a_flow_stand_between_its_bounds() -> None:
    doubtful = [
        rule("in", "tcp", "192.0.2.0/24", "443", maybe=unknown("var.a has no default")),
        rule("in", "tcp", "198.51.100.0/24", "443", maybe=unknown("var.b has no default")),
        rule("in", "tcp", "192.0.2.0/24", "22", maybe=unknown("var.c has no default")),
    ]
    verdict = one(judged([*doubtful, OUT]), "in", "tcp", "192.0.2.0/24", "443")
    assert [each.why for each in verdict.state.because] == ["var.a has no default"]


def test_a_doubt_that_changes_nothing_is_not_told() -> None:
    rules = [rule("in", "tcp", "10.0.0.0/8", "443"), rule("in", "tcp", ANY, "443", maybe=unknown("var.a has no default"))]
    verdict = one(judged(rules), "in", "tcp", "10.0.0.0/8")
    assert (verdict.state, verdict.by_groups) == (Bounds(State.TRACKED, State.TRACKED),) * 2
    assert not any("var.a" in each for each in told(verdict))


def test_a_sure_rule_for_everyone_leaves_the_doubt_to_the_replies() -> None:
    rules = [WEB, rule("in", "tcp", "192.0.2.0/24", "443", maybe=unknown("var.a has no default"))]
    rules += [rule("out", "tcp", ANY, maybe=unknown("var.b has no default")), rule("out", "tcp", ANY, "443")]
    verdict = one(judged(rules), "in", "tcp")
    assert [each.why for each in verdict.state.because] == ["var.b has no default"]


def test_the_summary_says_what_stands_between_its_bounds_only_where_they_differ() -> None:
    doubtful = rule("in", "tcp", ANY, "22", maybe=unknown())
    assert summary(judged([WEB, doubtful, OUT]), Direction.IN, Protocol.TCP) == Bounds(State.UNTRACKED, State.UNTRACKED)
    assert summary(judged([doubtful, OUT]), Direction.IN, Protocol.TCP) == Bounds(State.DENIED, State.UNTRACKED, (unknown(),))


def test_a_flow_is_listed_once_where_a_wider_rule_says_the_same() -> None:
    rules = [rule("in", "tcp", peer, "443") for peer in ("10.0.0.0/8", "10.8.0.0/16", "10.8.1.0/24")]
    found = judged([*rules, rule("in", "tcp", "10.8.0.0/16", "22"), OUT])
    listed = {
        (each.peer, str(each.ports)) for each in found.verdicts if each.via.kind is TGW and each.state.most is State.TRACKED
    }
    assert {each for each in listed if each[0].startswith("10.")} == {("10.0.0.0/8", "443"), ("10.8.0.0/16", "22")}


def test_a_rule_whose_halves_have_routes_of_their_own_is_not_listed_under_the_shorter_route() -> None:
    routes = [leads("rt", ANY, TGW), leads("rt", "172.16.0.0/13", NAT), leads("rt", "172.24.0.0/13", NAT)]
    found = judged([rule("in", "tcp", "172.16.0.0/12", "443"), OUT], routes)
    assert {(each.peer, each.via.kind) for each in found.verdicts if each.ports == Ports(443, 443)} == {
        ("172.16.0.0/13", NAT),
        ("172.24.0.0/13", NAT),
    }
