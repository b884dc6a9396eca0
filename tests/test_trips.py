"""
How packets get from an interface to a peer and back, and what is said where the text ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint import track
from sglint.graph import Arms, End, Journey, Trip, arms, build, inspections, journeys, one_sided, onward, path_to, trips
from sglint.model import (
    Appliance,
    Attachment,
    Direction,
    Endpoint,
    GatewayAttachment,
    Network,
    Peering,
    Prefix,
    RemoteAttachment,
    RemoteKind,
    Role,
    Subnet,
    Table,
    Target,
    TargetKind,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
    Vpc,
)
from sglint.pipeline import judge
from sglint.request import Request
from sglint.rule import Judged, one_way
from sglint.space import Ports, Protocol
from sglint.value import Unknown
from tests import packet
from tests.command import STACKS
from tests.networks import interface, leads, network, origin, rule, serves, unknown

TGW, NAT, IGW, GWLBE, ENI = (
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.NAT_GATEWAY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.GWLB_ENDPOINT,
    TargetKind.INTERFACE,
)


def net(text: str) -> Prefix:
    """
    Return a prefix.
    """
    return ip_network(text)


@cache
def stack(root: str) -> Network:
    """
    Return the network of two spokes and an inspection VPC, in one of the formats.
    """
    found = judge(Request((str(STACKS / "east-west" / root),)))
    return found.judged[0].network


BOTH = pytest.mark.parametrize(
    ("root", "server", "peer"),
    [("main.tf", 'aws_network_interface.server["orders"]', "10.2.1.9/32"), ("template.yaml", "OrdersServer", "10.2.1.9/32")],
)


def journey(found: Network, address: str, peer: str) -> Journey:
    """
    Return the one way from an interface to a peer and back.
    """
    graph = build(found)
    (one,) = journeys(graph, graph.interfaces[address], net(peer))
    return one


def nouns(trip: Trip) -> str:
    """
    Return the nouns of the steps, in order.
    """
    return ", ".join(step.noun for step in trip.steps)


ACROSS = (
    "subnet, route table, route, attachment, transit gateway route table, transit gateway route, attachment, "
    "subnet, route table, route, gwlb-endpoint, appliance, endpoint, "
    "subnet, route table, route, attachment, transit gateway route table, transit gateway route, attachment, "
    "subnet, route table, vpc, subnet"
)


@BOTH
def test_a_packet_is_followed_through_the_inspection_vpc_into_the_other_spoke(root: str, server: str, peer: str) -> None:
    one = journey(stack(root), server, peer)
    (back,) = one.back
    assert (one.out.end, back.end) == (End.SUBNET, End.SUBNET)
    assert (nouns(one.out), nouns(back)) == (ACROSS, ACROSS)
    assert one.out.because == back.because == ()
    assert back.address == one.subnet
    assert all(step.span is not None for step in (*one.out.steps, *back.steps))


@BOTH
def test_without_appliance_mode_the_directions_meet_different_appliances(root: str, server: str, peer: str) -> None:
    assert one_sided(journey(stack(root), server, peer)).least


@BOTH
def test_in_appliance_mode_both_directions_meet_the_same_one(root: str, server: str, peer: str) -> None:
    found = stack(root)
    on = replace(found, attachments=tuple(replace(one, appliance_mode=True) for one in found.attachments))
    graph = build(on)
    several = journeys(graph, graph.interfaces[server], net(peer))
    assert len(several) == 2
    for one in several:
        assert [set(trip.inspectors) for trip in one.back] == [set(one.out.inspectors)]
        assert one.out.because[0].why.endswith("is in several zones, and the flow decides which")


@BOTH
def test_only_the_inspection_attachment_is_found_to_split_flows(root: str, server: str, peer: str) -> None:
    (one,) = inspections(build(stack(root)))
    assert one.split.least
    assert len(one.attachment.subnets) == len(one.ways) == 2


def test_nothing_is_split_in_appliance_mode_in_one_zone_or_by_one_appliance() -> None:
    found = stack("main.tf")

    def splits(change: Callable[[Attachment], Attachment]) -> list[str]:
        changed = replace(found, attachments=tuple(map(change, found.attachments)))
        return [one.attachment.origin.address for one in inspections(build(changed))]

    assert len(splits(lambda one: one)) == 1
    assert splits(lambda one: replace(one, appliance_mode=True)) == []
    assert splits(lambda one: replace(one, subnets=one.subnets[:1])) == []
    same = tuple(
        replace(one, targets=(one.targets[0] if one.targets[0].kind is not GWLBE else Target(GWLBE, "one"),))
        for one in found.routes
    )
    assert not list(inspections(build(replace(found, routes=same))))


def test_an_attachment_is_not_found_where_the_gateway_sends_it_nothing_from_network_to_network() -> None:
    """
    With a way out by NAT and route tables that let no two spokes meet through the attachment, all inspected traffic is egress.
    """
    found = stack("main.tf")
    out = replace(
        found.routes[0], table="aws_route_table.endpoint", destinations=(net("0.0.0.0/0"),), targets=(Target(NAT, "nat"),)
    )
    both = replace(found, routes=(*found.routes, out))
    (one,) = inspections(build(both))
    assert one.split.least, "the route tables of the gateway send what is between the spokes this way"
    blackholes = tuple(
        replace(found.transit_routes[0], destinations=(cidr,), attachment=None, blackhole=True)
        for vpc in found.vpcs
        for cidr in vpc.cidrs
    )
    apart = replace(both, transit_routes=(*found.transit_routes, *blackholes))
    assert not list(inspections(build(apart)))
    untold = replace(both, transit_associations=())
    (one,) = inspections(build(untold))
    assert (one.split.least, one.split.most) == (False, True)


def spoke(routes: Sequence[TransitRoute] = (), *, zone: str = "a", associated: bool = True) -> Network:
    """
    Return a subnet whose VPC is attached to a transit gateway with one table, and a VPN behind it.
    """
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(TGW, "tgw"))])
    att = Attachment(origin("att", 30), "tgw", "vpc", ("subnet",))
    other = Attachment(origin("att2", 31), "tgw", "vpc2", ("subnet2",))
    return replace(
        base,
        vpcs=(*base.vpcs, Vpc(origin("vpc2", 7), (net("10.7.0.0/16"),))),
        subnets=(replace(base.subnets[0], zone=zone), Subnet(origin("subnet2", 8), "vpc2", (net("10.7.1.0/24"),), "a")),
        attachments=(att, other),
        remotes=(RemoteAttachment(origin("vpn", 32), RemoteKind.VPN, "tgw"),),
        transit_tables=(TransitTable(origin("trt", 33), "tgw"),),
        transit_associations=tuple(
            TransitAssociation(origin(f"assoc {one}", 34), "trt", one) for one in (("att", "att2", "vpn") if associated else ())
        ),
        transit_propagations=(TransitPropagation(origin("prop", 35), "trt", "att2"),),
        transit_routes=tuple(routes),
    )


def static(
    destination: str | Unknown, attachment: str | None = "vpn", *, blackhole: bool = False, maybe: Unknown | None = None
) -> TransitRoute:
    """
    Return a static route of the table of the transit gateway.
    """
    where = net(destination) if isinstance(destination, str) else destination
    return TransitRoute(origin(f"static {destination}", 36), "trt", (where,), attachment, blackhole, maybe=maybe)


def ends(found: Network, destination: str = "10.7.1.5/32") -> list[tuple[str, str]]:
    """
    Return how the trips from the one subnet end, and where.
    """
    return [(one.end.value, str(one.address)) for one in trips(build(found), "subnet", net(destination))]


def whys(found: Network, destination: str = "10.7.1.5/32") -> list[str]:
    """
    Return what is said to stand in the way.
    """
    return [item.why for one in trips(build(found), "subnet", net(destination)) for item in one.because]


def test_what_an_attachment_propagates_is_a_route() -> None:
    assert ends(spoke()) == [("subnet", "subnet2")]


def test_a_static_route_wins_over_a_propagated_one_of_the_same_prefix_and_loses_to_a_longer_one() -> None:
    assert ends(spoke([static("10.7.0.0/16")])) == [("outside", "vpn")]
    assert ends(spoke([static("10.0.0.0/8")])) == [("subnet", "subnet2")]


def test_a_blackhole_and_a_missing_route_drop_traffic() -> None:
    assert ends(spoke([static("10.7.1.0/24", None, blackhole=True)])) == [("dropped", "")]
    assert ends(spoke(), "10.9.0.1/32") == [("dropped", "")]


def test_a_route_that_need_not_exist_leaves_what_lies_behind_it() -> None:
    found = spoke([static("10.7.1.0/24", maybe=unknown("var.vpn has no default"))])
    assert ends(found) == [("outside", "vpn"), ("subnet", "subnet2")]
    assert set(whys(found)) == {"var.vpn has no default"}


def test_a_route_to_a_destination_that_is_not_known_may_be_the_longest() -> None:
    assert ends(spoke([static(unknown("var.cidr has no default"))])) == [("outside", "vpn"), ("subnet", "subnet2")]


def test_what_the_transit_gateway_does_is_not_known_without_its_tables_or_attachments() -> None:
    assert whys(spoke(associated=False)) == ["the transit gateway route table of att is not in this scan"]
    assert whys(replace(spoke(), attachments=())) == ["the attachment of vpc to tgw is not in this scan"]


def test_nothing_gets_into_a_transit_gateway_from_a_zone_that_the_attachment_is_not_in() -> None:
    found = spoke()
    own = replace(found.subnets[0], origin=origin("subnet3", 9), zone="b", cidrs=(net("10.0.2.0/24"),))
    elsewhere = replace(found, subnets=(*found.subnets, own), associations=(*found.associations, serves("rt", "subnet3")))
    (one,) = trips(build(elsewhere), "subnet3", net("10.7.1.5/32"))
    assert (one.end, one.steps[-1].text) == (End.DROPPED, "att has no subnet in b, so nothing from there gets through")


def test_replies_come_back_from_a_vpn_by_the_routes_of_its_own_attachment() -> None:
    found = spoke([static("0.0.0.0/0")])
    found = replace(
        found, transit_propagations=(*found.transit_propagations, TransitPropagation(origin("own", 37), "trt", "att"))
    )
    one = journey(found, "eni", "192.0.2.1/32")
    assert (one.out.end, one.out.address) == (End.OUTSIDE, "vpn")
    assert [(trip.end, trip.address) for trip in one.back] == [(End.SUBNET, "subnet")]


def test_a_trip_that_comes_by_a_subnet_twice_is_a_loop() -> None:
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(GWLBE, "vpce"))])
    found = replace(base, endpoints=(Endpoint(origin("vpce", 40), GWLBE, ("subnet",), (unknown("no balancer"),)),))
    assert ends(found) == [("loop", "subnet")]
    (one,) = trips(build(found), "subnet", net("10.7.1.5/32"))
    assert [step.noun for step in one.steps].count("subnet") == 1


def test_the_internet_answers_by_the_table_of_the_gateway() -> None:
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(IGW, "igw")), leads("edge", "10.0.1.0/24", Target(GWLBE, "vpce"))])
    edge = replace(serves("edge"), subnet=None, gateway="igw")
    found = replace(
        base,
        associations=(*base.associations, edge, serves("local", "subnet2")),
        tables=(*base.tables, Table(origin("local", 9), "vpc"), Table(origin("edge", 9), "vpc")),
        subnets=(*base.subnets, Subnet(origin("subnet2", 8), "vpc", (net("10.0.2.0/24"),))),
        endpoints=(Endpoint(origin("vpce", 40), GWLBE, ("subnet2",), ("lb",)),),
        interfaces=(replace(interface(), public=True),),
    )
    one = journey(found, "eni", "192.0.2.1/32")
    assert (one.out.end, one.out.inspectors) == (End.INTERNET, ())
    assert [(trip.end, trip.address, trip.inspectors) for trip in one.back] == [(End.SUBNET, "subnet", ("vpce",))]
    assert one_sided(one).most


def test_an_interface_with_its_check_on_takes_nothing_for_others() -> None:
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(ENI, "box"))])
    box = interface("box", subnets=("subnet2",))
    found = replace(base, interfaces=(*base.interfaces, box))
    assert ends(found) == [("appliance", "box")]
    forwarding = replace(
        found,
        interfaces=(base.interfaces[0], replace(box, source_dest_check=False)),
        subnets=(*base.subnets, Subnet(origin("subnet2", 8), "vpc", (net("10.0.2.0/24"),))),
        associations=(*base.associations, serves("rt2", "subnet2")),
        tables=(*base.tables, Table(origin("rt2", 9), "vpc")),
        routes=(*base.routes, leads("rt2", "0.0.0.0/0", Target(IGW, "igw"))),
    )
    assert ends(forwarding) == [("internet", "igw")]


def test_parts_of_a_peer_that_go_other_ways_are_said() -> None:
    found = spoke([static("0.0.0.0/0"), static("192.0.2.0/25", None, blackhole=True)])
    assert ends(found, "192.0.2.0/24") == [("dropped", ""), ("outside", "vpn")]
    assert "only 192.0.2.0/25, a part of 192.0.2.0/24, has this route" in whys(found, "192.0.2.0/24")


HOSTS = st.integers(0, 255).map(lambda number: IPv4Address(f"10.0.{number}.1"))
PREFIXES = st.builds(
    lambda number, length: IPv4Network((f"10.0.{number}.0", length), strict=False), st.integers(0, 255), st.integers(0, 24)
)


@given(st.dictionaries(PREFIXES, st.sampled_from(["nat", "igw", "tgw"]), max_size=6), HOSTS)
def test_the_route_that_a_packet_takes_is_that_of_the_packet_interpreter(
    routes: dict[IPv4Network, str], host: IPv4Address
) -> None:
    kinds = {"nat": NAT, "igw": IGW, "tgw": TGW}
    given_routes = [leads("rt", prefix, Target(kinds[name], f"{name} {prefix}")) for prefix, name in routes.items()]
    graph = build(network(routes=given_routes, cidrs=["10.0.16.0/20"], subnet_cidrs=["10.0.17.0/24"]))
    listed = [packet.Route(prefix, name, f"{name} {prefix}") for prefix, name in routes.items()]
    taken = packet.route_to([*listed, packet.Route(IPv4Network("10.0.16.0/20"), "local")], host)
    path = path_to(graph, "subnet", net(f"{host}/32"))
    assert path is not None
    (target,) = path.targets
    assert target.address == ("" if taken is None else taken.name)


@given(st.dictionaries(PREFIXES, st.booleans(), max_size=6), st.lists(PREFIXES, max_size=3, unique=True), HOSTS)
def test_a_transit_gateway_takes_the_longest_prefix_and_of_one_prefix_the_static_route(
    routes: dict[IPv4Network, bool], ranges: list[IPv4Network], host: IPv4Address
) -> None:
    base = spoke([static(str(prefix), None if dropped else "vpn", blackhole=dropped) for prefix, dropped in routes.items()])
    found = replace(
        base, vpcs=tuple(replace(one, cidrs=tuple(ranges)) if one.origin.address == "vpc2" else one for one in base.vpcs)
    )
    every = [(prefix.prefixlen, 1, None if dropped else "vpn") for prefix, dropped in routes.items() if host in prefix]
    every += [(prefix.prefixlen, 0, "att2") for prefix in ranges if host in prefix]
    best = max(every, key=lambda item: item[:2], default=(0, 0, None))
    (one,) = onward(build(found), "att", net(f"{host}/32"))
    assert (one.attachment, one.because) == (best[2], ())


@given(st.integers(1, 254), st.integers(1, 254))
def test_the_way_back_of_a_flow_is_the_way_out_of_its_reverse(host: int, peer: int) -> None:
    """
    What comes back to one spoke from the other is what the other sends there.
    """
    graph = build(stack("main.tf"))
    (there,) = journeys(graph, graph.interfaces['aws_network_interface.server["orders"]'], net(f"10.2.1.{peer}/32"))
    (here,) = journeys(graph, graph.interfaces['aws_network_interface.server["billing"]'], net(f"10.1.1.{host}/32"))
    assert [step.text for step in there.back[0].steps if step.noun != "subnet"] == [
        step.text for step in here.out.steps if step.noun != "subnet"
    ]
    assert there.back[0].inspectors == here.out.inspectors


def appliance(*, leads_out: bool = True, check: bool = False, returns: bool = True) -> Arms:
    """
    Return the arms of an appliance; its endpoint's subnet leads on or not.
    """
    found = stack("main.tf")
    tables = [one for one in found.associations if one.subnet == "aws_subnet.endpoint[0]"]
    more = [replace(tables[0], subnet=f"aws_subnet.appliance[{number}]") for number in (0, 1)] if leads_out else []
    kept = [one for one in found.associations if returns or not str(one.subnet).startswith("aws_subnet.endpoint")]
    boxes = tuple(
        replace(one, source_dest_check=check) if one.address.startswith("aws_instance") else one for one in found.interfaces
    )
    return arms(build(replace(found, associations=(*kept, *more), interfaces=boxes)), "aws_instance.appliance[0]")


def test_an_appliance_that_cannot_send_what_is_not_its_own_or_leads_nowhere_has_one_arm() -> None:
    for one in (appliance(check=True), appliance(leads_out=False)):
        assert not one.native.most


def test_an_appliance_whose_endpoint_leads_on_may_have_either() -> None:
    one = appliance()
    assert (one.native.least, one.native.most) == (False, True)
    assert "is not in the text" in one.native.because[0].why


def test_an_appliance_that_alone_leads_on_has_two_arms() -> None:
    one = appliance(returns=False)
    assert one.native.least
    assert [sender.address for sender in one.senders] == ["aws_instance.appliance[0]"]


def two_legs(*, check: bool = False, back: bool = False) -> Network:
    """
    Return an appliance that gets GENEVE on one interface and has another one that leads to the transit gateway.

    With `back` the endpoint's subnet leads there, too.
    """
    base = network(
        routes=[leads("rt", "0.0.0.0/0", Target(GWLBE, "vpce")), leads("out", "0.0.0.0/0", Target(TGW, "tgw"))],
        permissions=[rule("in", "udp", "10.0.0.0/8", "6081"), rule("out", "all", "0.0.0.0/0", line=11)],
        interfaces=[
            replace(interface("geneve", subnets=("inner",)), attached_to="box", role=Role.FORWARDER),
            replace(interface("native", subnets=("outer",)), attached_to="box", source_dest_check=check, role=Role.FORWARDER),
        ],
        appliances=[Appliance(origin("target", 41), "geneve", "lb", "tg")],
        associations=[
            serves("rt"),
            serves("out", "outer"),
            serves("own", "inner"),
            serves("out" if back else "own", "endpoint"),
        ],
        tables=[Table(origin(name, 9), "vpc") for name in ("rt", "out", "own")],
    )
    places = enumerate(("inner", "outer", "endpoint"), 2)
    more = [Subnet(origin(name, 8), "vpc", (net(f"10.0.{number}.0/24"),)) for number, name in places]
    endpoint = Endpoint(origin("vpce", 40), GWLBE, ("endpoint",), ("lb",))
    return replace(base, subnets=(*base.subnets, *more), endpoints=(endpoint,))


def told(found: Network) -> list[tuple[str, bool, list[str]]]:
    """
    Return what is tracked of which one direction is seen: interface, certain, and the flows.
    """
    judged = Judged(found, track.judge(found, build(found)))
    return [
        (
            one.judgement.interface.address,
            one.holds.least,
            [f"{flow.direction.value} {flow.protocol.value}" for flow in one.flows],
        )
        for one in one_way(judged)
    ]


def test_both_legs_of_an_appliance_see_one_direction() -> None:
    assert told(two_legs()) == [("geneve", True, ["in udp"]), ("native", True, ["out tcp", "out udp"])]


def test_two_legs_may_be_one_arm_where_the_endpoint_leads_on() -> None:
    assert [(name, sure) for name, sure, _ in told(two_legs(back=True))] == [("geneve", False), ("native", False)]


def test_a_leg_that_sends_for_itself_alone_is_no_arm() -> None:
    assert told(two_legs(check=True)) == []


def test_what_is_untracked_anyway_is_not_told() -> None:
    opened = [rule("in", "all", "0.0.0.0/0"), rule("out", "all", "0.0.0.0/0", line=11)]
    assert told(replace(two_legs(), permissions=tuple(opened))) == []


def test_a_packet_goes_on_from_the_leg_that_forwards_it() -> None:
    (one,) = trips(build(two_legs()), "subnet", net("192.0.2.1/32"))
    kinds = {"appliance", "endpoint", "sender"}
    assert [step.noun for step in one.steps if step.noun in kinds] == ["appliance", "sender"]
    assert one.because == (Unknown("the attachment of vpc to tgw is not in this scan"),)


def test_a_firewall_with_two_interfaces_that_are_each_the_way_in_of_one_direction_sees_both() -> None:
    legs = [
        replace(interface(name, subnets=(name,)), attached_to="box", source_dest_check=False) for name in ("inside", "outside")
    ]
    base = network(
        routes=[
            leads("rt", "10.0.2.0/24", Target(ENI, "inside")),
            leads("far", "10.0.1.0/24", Target(ENI, "outside")),
        ],
        interfaces=[interface(), *legs],
        associations=[serves("rt"), serves("far", "far"), serves("own", "inside"), serves("own", "outside")],
        tables=[Table(origin(name, 9), "vpc") for name in ("rt", "far", "own")],
    )
    more = [
        Subnet(origin(name, 8), "vpc", (net(f"10.0.{number}.0/24"),))
        for number, name in enumerate(("far", "inside", "outside"), 2)
    ]
    found = replace(base, subnets=(*base.subnets, *more))
    graph = build(found)
    for one in journeys(graph, graph.interfaces["eni"], net("10.0.2.9/32")):
        assert (one.out.end, one.out.address) == (End.SUBNET, "far")
        assert [set(trip.inspectors) for trip in one.back] == [set(one.out.inspectors)] * len(one.back)
        assert one.out.inspectors == ("inside, outside",)
        assert not one_sided(one).least


def test_the_internet_answers_in_the_vpc_of_its_own_gateway() -> None:
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(IGW, "igw"))])
    other = GatewayAttachment(origin("attach2", 41), IGW, "igw2", "vpc2")
    own = GatewayAttachment(origin("attach", 42), IGW, "igw", "vpc")
    base = replace(base, interfaces=(replace(interface(), public=True),))
    one = journey(replace(base, gateways=(other, own)), "eni", "192.0.2.1/32")
    assert [(trip.end, trip.address) for trip in one.back] == [(End.SUBNET, "subnet")]
    assert [(step.text, step.span) for step in one.back[0].steps[:1]] == [("igw brings it in", own.origin.span)]


def test_a_table_of_a_gateway_with_something_hidden_leaves_the_way_open() -> None:
    found = spoke()
    hidden = replace(found, transit_tables=(replace(found.transit_tables[0], hidden=unknown("more propagates into trt")),))
    assert ends(hidden) == [("unknown", ""), ("subnet", "subnet2")]
    assert "more propagates into trt" in whys(hidden)
    elsewhere = replace(found, transit_tables=())
    assert whys(elsewhere)[0] == "trt is not in the text, so its routes are not known"


def test_where_no_route_is_the_subnet_is_named_with_its_place() -> None:
    (one,) = trips(build(network()), "subnet", net("192.0.2.1/32"))
    assert (one.end, one.steps[-1].text) == (End.DROPPED, "no route of subnet is for 192.0.2.1/32")
    assert one.steps[-1].span == network().subnets[0].origin.span
    (other,) = trips(build(network()), "subnet", net("2001:db8::1/128"))
    assert [(step.text, step.span) for step in other.steps] == [("subnet is the subnet", network().subnets[0].origin.span)]
    assert [item.why for item in other.because] == ["subnet has no ipv6 routes in the text"]


def test_the_appliances_that_are_not_in_the_scan_are_named_by_their_balancer_or_endpoint() -> None:
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(GWLBE, "vpce"))])
    for balancers, named in ((("lb",), "lb"), ((), "vpce")):
        found = replace(base, endpoints=(Endpoint(origin("vpce", 40), GWLBE, ("subnet",), balancers),))
        assert whys(found)[0] == f"the appliances behind {named} are not in this scan"


def test_of_verdicts_the_nearest_around_a_flow_speaks_beside_those_inside_it() -> None:
    listed = [rule("in", "tcp", cidr, "443") for cidr in ("10.0.0.0/8", "172.16.5.0/24")]
    routes = [leads("rt", "0.0.0.0/0", Target(TGW, "tgw")), leads("rt", "10.9.0.0/16", Target(TGW, "tgw2"))]
    found = network(listed, routes)
    (judged,) = track.judge(found, build(found))

    def peers(cidr: str, port: int = 443) -> list[str]:
        flow = track.Flow(Direction.IN, Protocol.TCP, Ports(port, port), net(cidr))
        return [one.peer for one in track.answer(build(found), judged, flow).verdicts]

    assert peers("10.7.0.0/16") == ["10.0.0.0/8"]
    assert peers("10.8.0.0/15") == ["10.0.0.0/8", "10.9.0.0/16"]
    assert peers("10.9.1.0/24") == ["10.9.0.0/16"]
    assert peers("172.16.0.0/12") == ["172.16.5.0/24"]
    assert peers("192.0.2.0/24") == peers("10.7.0.0/16", 22) == []


def test_an_address_is_delivered_to_the_interface_that_has_it() -> None:
    base = spoke()
    there = replace(interface("server", subnets=("subnet2",)), addresses=(IPv4Address("10.7.1.5"), IPv4Address("10.7.1.6")))
    found = replace(base, interfaces=(*base.interfaces, there))
    for address in ("10.7.1.5/32", "10.7.1.6/32"):
        (one,) = trips(build(found), "subnet", net(address))
        assert (one.end, one.steps[-1].noun, one.steps[-1].address) == (End.SUBNET, "host", "server")
        assert one.because == ()
    (other,) = trips(build(found), "subnet", net("10.7.1.7/32"))
    assert other.steps[-1].noun == "subnet"
    (whole,) = trips(build(found), "subnet", net("10.7.1.0/24"))
    assert whole.steps[-1].noun == "subnet"


def test_an_address_says_which_subnet_it_is_in_where_no_range_does() -> None:
    base = spoke()
    vague = tuple(Subnet(origin(name, 8), "vpc2", (unknown(),)) for name in ("subnet2", "subnet3"))
    there = replace(interface("server", subnets=("subnet3",)), addresses=(IPv4Address("10.7.1.5"),))
    found = replace(base, subnets=(base.subnets[0], *vague), interfaces=(*base.interfaces, there))
    assert ends(found, "10.7.1.5/32") == [("subnet", "subnet3")]
    assert whys(found, "10.7.1.5/32") == []
    assert len(ends(found, "10.7.1.6/32")) == 2
    twice = replace(there, origin=origin("twin"), subnets=("subnet2",))
    assert len(ends(replace(found, interfaces=(*found.interfaces, twice)), "10.7.1.5/32")) == 2


@pytest.mark.parametrize("joined", [("vpc", "vpc2"), ("vpc2", "vpc")])
def test_a_peering_leads_to_its_other_end(joined: tuple[str, str]) -> None:
    target = Target(TargetKind.PEERING, "pcx")
    base = network(routes=[leads("rt", "10.7.0.0/16", target), leads("rt2", "10.0.0.0/16", target)])
    found = replace(
        base,
        vpcs=(*base.vpcs, Vpc(origin("vpc2", 7), (net("10.7.0.0/16"),))),
        subnets=(*base.subnets, Subnet(origin("subnet2", 8), "vpc2", (net("10.7.1.0/24"),))),
        tables=(*base.tables, Table(origin("rt2", 9), "vpc2")),
        associations=(*base.associations, serves("rt2", "subnet2")),
        peerings=(Peering(origin("pcx", 31), *joined),),
    )
    one = journey(found, "eni", "10.7.1.5/32")
    assert [(trip.end, trip.address) for trip in (one.out, *one.back)] == [(End.SUBNET, "subnet2"), (End.SUBNET, "subnet")]
    elsewhere = replace(found, vpcs=base.vpcs, subnets=base.subnets, peerings=(Peering(origin("pcx", 31), "vpc", "vpc-other"),))
    (out,) = trips(build(elsewhere), "subnet", net("10.7.1.5/32"))
    assert (out.end, out.address) == (End.OUTSIDE, "vpc-other")
    assert ends(replace(found, peerings=())) == [("unknown", "")]
