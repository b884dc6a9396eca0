"""
The interpreter of packets says what AWS's pages say, with their own examples where they give one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from tests.packet import (
    ESP,
    EVERY,
    GRE,
    ICMP,
    ICMP6,
    IN,
    OUT,
    TCP,
    UDP,
    AclRule,
    Answer,
    Interface,
    Packet,
    Route,
    Rule,
    answer,
    change,
    entries,
    passes,
    time_out,
)

ANY, ANY6 = ip_network("0.0.0.0/0"), ip_network("::/0")
OWN = {4: ip_address("10.0.1.9"), 6: ip_address("fd00::9")}
TGW = (Route(ANY, "transit-gateway"), Route(ANY6, "transit-gateway"), Route(ip_network("10.0.0.0/16"), "local"))
SSH = Rule(IN, TCP, ip_network("203.0.113.1/32"), 22, 22)
WEB, WEB6 = Rule(IN, TCP, ANY, 80, 80), Rule(IN, TCP, ANY6, 80, 80)
PING = Rule(IN, ICMP, ANY)
REPLIES, REPLIES6 = Rule(OUT, EVERY, ANY), Rule(OUT, EVERY, ANY6)
EXAMPLE = (SSH, WEB, WEB6, PING, REPLIES, REPLIES6)
"""The example of the page on connection tracking."""


def arriving(protocol: int, peer: str, port: int = 0, *groups: str) -> Packet:
    """
    Return the first packet of a flow that a peer opens.
    """
    source = ip_address(peer)
    return Packet(IN, protocol, source, OWN[source.version], 50000 if port else 0, port, groups)


def leaving(protocol: int, peer: str, port: int = 0) -> Packet:
    """
    Return the first packet of a flow that the interface opens.
    """
    destination = ip_address(peer)
    return Packet(OUT, protocol, OWN[destination.version], destination, 50000 if port else 0, port)


def said(rules: Sequence[Rule], first: Packet, routes: Sequence[Route] = TGW) -> str:
    """
    Return what becomes of the flow at an interface with these rules and routes.
    """
    return answer(Interface(rules, routes), first).value


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (arriving(TCP, "203.0.113.1", 22), "tracked"),
        (arriving(TCP, "203.0.113.2", 22), "denied"),
        (arriving(TCP, "8.8.8.8", 80), "untracked"),
        (arriving(TCP, "2001:db8::1", 80), "untracked"),
        (arriving(ICMP, "8.8.8.8"), "tracked"),
        (arriving(ICMP6, "2001:db8::1"), "denied"),
        (leaving(TCP, "8.8.8.8", 80), "tracked"),
    ],
)
def test_example_of_the_page(first: Packet, expected: str) -> None:
    assert said(EXAMPLE, first) == expected


def test_without_the_outbound_rule_of_a_family_all_of_that_family_is_tracked() -> None:
    without = [rule for rule in EXAMPLE if rule is not REPLIES]
    assert said(without, arriving(TCP, "8.8.8.8", 80)) == "tracked"
    assert said(without, arriving(TCP, "2001:db8::1", 80)) == "untracked"


@pytest.mark.parametrize(
    "replies",
    [
        [Rule(OUT, TCP, ANY, 1, 65535)],
        [Rule(OUT, TCP, ANY, 0, 32767), Rule(OUT, TCP, ANY, 32768, 65535)],
        [Rule(OUT, TCP, ip_network("0.0.0.0/1")), Rule(OUT, TCP, ip_network("128.0.0.0/1"))],
        [Rule(OUT, TCP, (ANY,))],
        [Rule(OUT, UDP, ANY)],
        [Rule(OUT, EVERY, "sg-clients")],
        [REPLIES6],
    ],
)
def test_replies_need_one_rule_for_every_address_and_every_port_of_their_protocol(replies: list[Rule]) -> None:
    assert said([WEB, *replies], arriving(TCP, "8.8.8.8", 80)) == "tracked"


def test_a_reference_to_a_group_is_for_the_interfaces_that_have_it_and_tracked() -> None:
    rules = [Rule(IN, TCP, "sg-clients", 443, 443), REPLIES]
    assert said(rules, arriving(TCP, "10.0.2.9", 443, "sg-clients")) == "tracked"
    assert said(rules, arriving(TCP, "10.0.2.9", 443)) == "denied"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("transit-gateway", "untracked"),
        ("gwlb-endpoint", "untracked"),
        ("internet-gateway", "untracked"),
        ("nat-gateway", "automatically tracked"),
        ("network-firewall-endpoint", "automatically tracked"),
        ("egress-only-internet-gateway", "automatically tracked"),
        ("dynamodb-gateway-endpoint", "automatically tracked"),
    ],
)
def test_the_longest_route_decides_what_is_tracked_automatically(kind: str, expected: str) -> None:
    routes = [Route(ip_network("198.51.100.0/24"), kind), *TGW]
    assert said(EXAMPLE, arriving(TCP, "198.51.100.7", 80), routes) == expected
    assert said(EXAMPLE, arriving(TCP, "198.51.101.7", 80), routes) == "untracked"
    assert said([], arriving(TCP, "198.51.100.7", 80), routes) == "denied"
    assert said(EXAMPLE, arriving(TCP, "198.51.101.7", 80), routes[:1]) == "no route"


def test_a_connection_to_dynamodb_by_its_gateway_endpoint_takes_two_entries() -> None:
    routes = [Route(ip_network("198.51.100.0/24"), "dynamodb-gateway-endpoint"), *TGW]
    live = Interface([REPLIES], routes)
    assert passes(live, leaving(TCP, "198.51.101.7", 443))
    assert entries(live) == 1
    assert passes(live, leaving(TCP, "198.51.100.7", 443))
    assert entries(live) == 3


def test_a_static_route_comes_before_the_entry_of_a_prefix_list_and_a_route_before_local() -> None:
    where = ip_network("10.0.0.0/16")
    routes = [Route(where, "nat-gateway"), Route(where, "transit-gateway", listed=True), *TGW]
    assert said(EXAMPLE, arriving(TCP, "10.0.2.9", 80), routes) == "automatically tracked"


def test_a_reply_passes_a_tracked_connection_without_a_rule_and_otherwise_not() -> None:
    first = arriving(TCP, "203.0.113.1", 22)
    eni = Interface([SSH], TGW)
    assert not passes(eni, first.reply)
    assert passes(eni, first)
    assert passes(eni, first.reply)
    time_out(eni, first)
    assert not passes(eni, first.reply)


def test_a_reply_of_an_untracked_flow_passes_by_a_rule_and_makes_no_entry() -> None:
    first = arriving(TCP, "8.8.8.8", 80)
    eni = Interface(EXAMPLE, TGW)
    assert passes(eni, first) and passes(eni, first.reply) and passes(eni, first)
    assert not eni.tracked


def test_a_reply_that_no_connection_explains_starts_one_where_a_rule_admits_it() -> None:
    stray = arriving(TCP, "8.8.8.8", 80).reply
    eni = Interface(EXAMPLE, TGW)
    assert passes(eni, stray)
    assert len(eni.tracked) == 1
    assert not passes(Interface([WEB], TGW), stray)


@pytest.mark.parametrize("removed", [WEB, REPLIES])
def test_removing_the_rule_that_enables_an_untracked_flow_cuts_it_at_once(removed: Rule) -> None:
    first = arriving(TCP, "8.8.8.8", 80)
    eni = Interface(EXAMPLE, TGW)
    assert passes(eni, first)
    change(eni, [rule for rule in EXAMPLE if rule is not removed])
    assert not passes(eni, first)
    assert not passes(eni, first.reply)


@pytest.mark.parametrize("routes", [TGW, (Route(ANY, "nat-gateway"),)])
def test_a_tracked_flow_survives_the_loss_of_its_rule_until_it_times_out(routes: Sequence[Route]) -> None:
    first = arriving(TCP, "203.0.113.1", 22)
    eni = Interface(EXAMPLE, routes)
    assert passes(eni, first)
    change(eni, ())
    assert passes(eni, first) and passes(eni, first.reply)
    time_out(eni, first)
    assert not passes(eni, first)


def test_an_untracked_flow_survives_the_loss_of_another_rule() -> None:
    first = arriving(TCP, "8.8.8.8", 80)
    eni = Interface(EXAMPLE, TGW)
    assert passes(eni, first)
    change(eni, [WEB, REPLIES])
    assert passes(eni, first) and passes(eni, first.reply)


def test_of_other_protocols_the_address_and_the_protocol_are_tracked() -> None:
    eni = Interface([Rule(OUT, ESP, ANY)], TGW)
    assert not passes(eni, arriving(ESP, "8.8.8.8"))
    assert passes(eni, leaving(ESP, "8.8.8.8"))
    assert passes(eni, arriving(ESP, "8.8.8.8"))
    assert not passes(eni, arriving(ESP, "8.8.4.4"))
    assert not passes(eni, arriving(GRE, "8.8.8.8"))


def test_a_network_acl_is_read_in_order_and_judges_replies_too() -> None:
    first = arriving(TCP, "8.8.8.8", 80)
    into = [AclRule(200, IN, True, TCP, ANY, 80, 80), AclRule(100, IN, False, EVERY, ip_network("192.0.2.0/24"))]
    eni = Interface(EXAMPLE, TGW, acl=into, neighbours=ip_network("10.0.1.0/24"))
    assert passes(eni, first)
    assert not passes(eni, first.reply)
    eni.acl = [*into, AclRule(100, OUT, True, TCP, ANY, 1024, 65535)]
    assert passes(eni, first.reply)
    assert answer(eni, arriving(TCP, "192.0.2.7", 80)) is Answer.DENIED
    assert answer(eni, arriving(TCP, "8.8.8.8", 81)) is Answer.DENIED
    assert answer(Interface(EXAMPLE, TGW, acl=(), neighbours=ip_network("10.0.1.0/24")), arriving(TCP, "10.0.1.7", 80)) is (
        Answer.UNTRACKED
    )


def test_a_network_acl_cuts_tracked_connections() -> None:
    first = arriving(TCP, "203.0.113.1", 22)
    eni = Interface(EXAMPLE, TGW)
    assert passes(eni, first)
    eni.acl = [AclRule(100, IN, False, EVERY, ANY)]
    assert not passes(eni, first)


def test_security_groups_do_not_filter_the_dns_of_the_vpc() -> None:
    resolver = ip_address("10.0.0.2")
    eni = Interface((), TGW, resolvers=(resolver,))
    assert answer(eni, leaving(UDP, "10.0.0.2", 53)) is Answer.UNFILTERED
    assert answer(eni, leaving(UDP, "10.0.0.2", 123)) is Answer.DENIED
    assert passes(eni, leaving(UDP, "10.0.0.2", 53).reply)


def test_what_has_listeners_accepts_on_their_ports_only() -> None:
    balancer = Interface([Rule(IN, EVERY, ANY), REPLIES], TGW, serves=((TCP, 443, 443),))
    assert answer(balancer, arriving(TCP, "8.8.8.8", 443)) is Answer.UNTRACKED
    assert answer(balancer, arriving(TCP, "8.8.8.8", 80)) is Answer.DENIED
    assert answer(balancer, leaving(TCP, "10.0.2.9", 8080)) is Answer.UNTRACKED


def test_what_comes_through_a_network_load_balancer_is_tracked_if_it_is_let_in() -> None:
    web = Interface([WEB, Rule(OUT, EVERY, ANY)], TGW)
    found = [Packet(IN, TCP, ip_address("203.0.113.1"), OWN[4], 50000, port, balanced=True) for port in (80, 81)]
    assert [answer(web, one) for one in found] == [Answer.AUTOMATIC, Answer.DENIED]
    assert answer(web, replace(found[0], balanced=False)) is Answer.UNTRACKED
