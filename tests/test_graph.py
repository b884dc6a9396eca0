"""
Which tables and routes an interface's traffic meets, and what is said where the text does not decide.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_network

import pytest

from sglint.graph import Path, build, edges, graphml, nodes, paths, reaches
from sglint.model import Association, Network, Route, Subnet, Table, Target, TargetKind, Vpc
from sglint.space import Bounds, Family
from tests.networks import interface, leads, network, origin, serves, unknown

TGW, NAT, IGW, NFW = (
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.NAT_GATEWAY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.NETWORK_FIREWALL,
)


def found(net: Network) -> dict[str, list[str]]:
    """
    Return by destination what the one interface's traffic goes to.
    """
    return {str(path.destination): [target.kind.value for target in path.targets] for path in walked(net)}


def walked(net: Network) -> tuple[Path, ...]:
    """
    Return the paths of the one interface.
    """
    return paths(build(net), net.interfaces[0])


def scope(net: Network) -> Bounds[bool]:
    """
    Return whether the one interface has a route to a transit gateway or Gateway Load Balancer endpoint.
    """
    return reaches(build(net), net.interfaces[0])


def test_the_associated_table_counts_and_the_vpc_is_local() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW), leads("rt", "10.8.0.0/16", NAT), leads("other", "10.9.0.0/16", IGW)])
    assert found(net) == {"0.0.0.0/0": ["transit-gateway"], "10.0.0.0/16": ["local"], "10.8.0.0/16": ["nat-gateway"]}
    assert scope(net) == Bounds(least=True, most=True)


def test_a_path_names_each_step_and_its_place() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW)])
    assert [f"{hop.span.line} {hop.text}" for hop in walked(net)[0].hops] == [
        "2 subnet is the subnet",
        "21 is served by rt",
        "20 0.0.0.0/0 leads to transit gateway transit-gateway.x",
    ]


def test_without_an_association_the_declared_main_table_counts() -> None:
    main = Table(origin("main", 7), "vpc", main=True)
    net = network(routes=[leads("main", "0.0.0.0/0", TGW)], associations=[], tables=[main])
    assert found(net) == {"0.0.0.0/0": ["transit-gateway"], "10.0.0.0/16": ["local"]}


def test_a_main_association_counts_as_the_main_table() -> None:
    main = Association(origin("main"), "rt", vpc="vpc")
    assert found(network(routes=[leads("rt", "0.0.0.0/0", TGW)], associations=[main]))["0.0.0.0/0"] == ["transit-gateway"]


def test_a_vpc_of_this_text_comes_with_a_main_table_that_is_local_only() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW)], associations=[])
    assert found(net) == {"0.0.0.0/0": ["none"], "10.0.0.0/16": ["local"]}
    assert scope(net) == Bounds(least=False, most=False)


def test_an_edge_association_says_nothing_about_the_subnets() -> None:
    edge = Association(origin("edge"), "rt", gateway="igw")
    assert found(network(routes=[leads("rt", "0.0.0.0/0", TGW)], associations=[edge]))["0.0.0.0/0"] == ["none"]


@pytest.mark.parametrize("noun", ["vpc", "subnet"])
def test_the_main_table_of_a_vpc_that_existed_before_is_not_known(noun: str) -> None:
    net = network(associations=[])
    before = unknown("it is not made by this text")
    if noun == "vpc":
        net = replace(net, vpcs=(replace(net.vpcs[0], hidden=before),))
    else:
        net = replace(net, subnets=(replace(net.subnets[0], hidden=before),))
    (first, *_) = walked(net)
    assert [target.kind for target in first.targets] == [TargetKind.NONE, TargetKind.UNKNOWN]
    assert first.because[0].why == (
        "no table is associated with subnet in this code; the main route table of its VPC is not in the text"
    )
    assert (scope(net).least, scope(net).most) == (False, True)


def test_an_unknown_subnet_leads_anywhere() -> None:
    net = network(interfaces=[interface(subnets=(unknown("var.subnet has no default"),))])
    assert found(net) == {"0.0.0.0/0": ["local", "none", "unknown"], "::/0": ["local", "none", "unknown"]}
    assert [why.why for why in scope(net).because] == ["var.subnet has no default"]


def test_a_route_that_need_not_exist_leaves_what_lies_behind_it() -> None:
    maybe = unknown("terraform.workspace is not given")
    net = network(routes=[leads("rt", "0.0.0.0/0", NFW), leads("rt", "10.0.0.0/8", TGW, maybe=maybe)])
    assert found(net)["10.0.0.0/8"] == ["transit-gateway", "network-firewall-endpoint"]
    assert scope(net) == Bounds(least=False, most=True, because=(maybe,))


def test_a_route_that_is_the_only_one_and_need_not_exist_may_lead_nowhere() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW, maybe=unknown())])
    assert found(net)["0.0.0.0/0"] == ["transit-gateway", "none"]


def test_a_route_block_that_need_not_be_there_is_a_route_that_need_not_exist() -> None:
    block = replace(leads("rt", "0.0.0.0/0", TGW), maybe=unknown())
    assert found(network(routes=[block]))["0.0.0.0/0"] == ["transit-gateway", "none"]
    assert not scope(network(routes=[block])).least


def test_an_unknown_destination_may_be_part_of_every_cell_but_the_local_one() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", NAT), leads("rt", unknown("var.cidr has no default"), TGW)])
    assert found(net) == {"0.0.0.0/0": ["nat-gateway", "transit-gateway"], "10.0.0.0/16": ["local"]}
    assert walked(net)[0].because[0].why == "var.cidr has no default"
    assert scope(net).least


def test_a_nat_gateway_can_take_over_part_of_the_local_range() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW), leads("rt", unknown(), NAT)])
    assert found(net)["10.0.0.0/16"] == ["local", "nat-gateway"]


def test_an_unknown_destination_of_one_family_leaves_the_other_alone() -> None:
    egress = replace(leads("rt", unknown(), TargetKind.EGRESS_ONLY), families=(Family.IPV6,))
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW), egress])
    assert found(net)["0.0.0.0/0"] == ["transit-gateway"]


def test_a_gateway_endpoint_takes_only_the_addresses_of_its_service() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW), leads("rt", unknown(), TargetKind.DYNAMODB_ENDPOINT)])
    assert found(net)["0.0.0.0/0"] == ["transit-gateway"]


def test_a_prefix_list_has_several_destinations_and_yields_to_a_written_one() -> None:
    two = replace(leads("rt", "10.8.0.0/16", TGW), destinations=(ip_network("10.8.0.0/16"), ip_network("10.9.0.0/16")))
    net = network(routes=[two, leads("rt", "10.8.0.0/16", NAT)])
    assert found(net)["10.8.0.0/16"] == ["nat-gateway"]
    assert found(net)["10.9.0.0/16"] == ["transit-gateway"]


def test_the_route_to_a_whole_vpc_range_can_be_written_over() -> None:
    net = network(routes=[leads("rt", "10.0.0.0/16", TargetKind.GWLB_ENDPOINT)])
    assert found(net)["10.0.0.0/16"] == ["gwlb-endpoint"]


def test_an_unknown_target_is_kept_with_its_reason() -> None:
    why = unknown("var.endpoint may be a Gateway Load Balancer or a Network Firewall endpoint")
    net = network(routes=[leads("rt", "0.0.0.0/0", Target(TargetKind.UNKNOWN, why=why))])
    assert walked(net)[0].because == (why,)
    assert scope(net) == Bounds(least=False, most=True, because=(why,))


def test_a_table_with_routes_outside_the_text_may_lead_anywhere_else() -> None:
    hidden = Table(origin("rt", 5), "vpc", hidden=unknown("the routes of data.aws_route_table.rt are not in the text"))
    net = network(routes=[leads("rt", "0.0.0.0/0", NAT)], tables=[hidden])
    assert found(net)["0.0.0.0/0"] == ["nat-gateway", "unknown"]
    assert (scope(net).least, scope(net).most) == (False, True)


def test_a_table_that_is_only_an_identifier_keeps_the_routes_that_name_it() -> None:
    net = network(routes=[leads("rtb-1", "0.0.0.0/0", TGW)], associations=[serves("rtb-1")], tables=[])
    assert found(net)["0.0.0.0/0"] == ["transit-gateway", "unknown"]
    assert scope(net).least


def test_an_association_that_need_not_exist_leaves_the_main_table() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW)], associations=[serves("rt", maybe=unknown())])
    assert found(net)["0.0.0.0/0"] == ["transit-gateway", "none"]
    assert scope(net) == Bounds(least=False, most=True, because=(unknown(),))


def test_an_association_with_an_unknown_subnet_may_be_with_this_one() -> None:
    loose = serves("rt", unknown("each.value is not known"))
    assert found(network(routes=[leads("rt", "0.0.0.0/0", TGW)], associations=[loose]))["0.0.0.0/0"] == [
        "transit-gateway",
        "none",
    ]


def test_a_known_association_rules_out_the_unknown_ones() -> None:
    loose = serves("rt2", unknown())
    net = network(routes=[leads("rt", "0.0.0.0/0", NAT), leads("rt2", "0.0.0.0/0", TGW)], associations=[serves("rt"), loose])
    assert found(net)["0.0.0.0/0"] == ["nat-gateway"]


def test_a_route_of_an_unknown_table_may_be_of_this_one() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", NAT), leads(unknown("var.table has no default"), "10.8.0.0/16", TGW)])
    assert found(net)["0.0.0.0/0"] == ["nat-gateway"]
    assert found(net)["10.8.0.0/16"] == ["transit-gateway", "nat-gateway"]
    assert scope(net) == Bounds(least=False, most=True, because=(unknown("var.table has no default"),))


def test_a_vpc_of_unknown_range_still_has_local_traffic() -> None:
    net = network(cidrs=[unknown("var.cidr has no default")], subnet_cidrs=[unknown("var.cidr has no default")])
    assert found(net) == {"0.0.0.0/0": ["local", "none"]}


def test_ipv6_is_its_own_routing() -> None:
    net = network(
        routes=[leads("rt", "0.0.0.0/0", TGW), leads("rt", "::/0", TargetKind.EGRESS_ONLY)],
        cidrs=["10.0.0.0/16", "fd00::/56"],
        subnet_cidrs=["10.0.1.0/24", "fd00::/64"],
    )
    assert found(net) == {
        "0.0.0.0/0": ["transit-gateway"],
        "10.0.0.0/16": ["local"],
        "::/0": ["egress-only-internet-gateway"],
        "fd00::/56": ["local"],
    }


def test_ten_thousand_interfaces_are_walked_once_for_each_subnet() -> None:
    subnets = tuple(Subnet(origin(f"subnet{n}"), "vpc", (ip_network("10.0.1.0/24"),)) for n in range(2000))
    routes: tuple[Route, ...] = tuple(leads("rt", "0.0.0.0/0", TGW) for _ in range(1))
    net = replace(
        network(routes=routes, interfaces=[interface(f"eni{n}", subnets=(f"subnet{n % 2000}",)) for n in range(10_000)]),
        vpcs=(Vpc(origin("vpc"), (ip_network("10.0.0.0/16"),)),),
        subnets=subnets,
        associations=tuple(serves("rt", f"subnet{n}") for n in range(2000)),
    )
    graph = build(net)
    assert all(paths(graph, one)[0].targets == routes[0].targets for one in net.interfaces)
    assert len(graph.ways) == 2000


def test_the_whole_graph_names_what_leads_where() -> None:
    graph = build(network(routes=[leads("rt", "0.0.0.0/0", TGW), leads("rt", unknown(), NAT, maybe=unknown())]))
    assert [f"{edge.start[1]} {edge.says} {edge.end[1]}{'' if edge.certain else ' perhaps'}" for edge in edges(graph)] == [
        "eni has sg",
        "eni is in subnet",
        "rt leads 0.0.0.0/0 to transit-gateway transit-gateway.x",
        "rt leads some traffic to nat-gateway nat-gateway.x perhaps",
        "subnet is in vpc",
        "subnet is served by rt",
    ]
    assert {edge.start for edge in edges(graph)} <= {node.key for node in nodes(graph)}


def test_graphml_holds_every_node_and_edge() -> None:
    graph = build(network(routes=[leads("rt", "0.0.0.0/0", TGW)]))
    text = graphml([graph])
    assert (text.count("<node "), text.count("<edge ")) == (len(nodes(graph)), len(edges(graph)))
    assert ">main.tf<" in text


def test_judging_does_not_import_networkx() -> None:
    code = "import sys; import sglint.track; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def because(net: Network, destination: str) -> list[str]:
    """
    Return why it is not known where traffic to the destination goes.
    """
    (path,) = [one for one in walked(net) if str(one.destination) == destination]
    return [why.why for why in path.because]


def test_a_route_with_several_targets_says_that_it_leads_to_any_of_them() -> None:
    net = network(routes=[leads("rt", "0.0.0.0/0", TGW, NAT), leads("rt", "10.8.0.0/16", NAT)])
    assert because(net, "0.0.0.0/0") == ["this route leads to transit gateway transit-gateway.x or nat gateway nat-gateway.x"]
    assert because(net, "10.8.0.0/16") == []


def test_of_two_prefix_lists_with_one_entry_aws_takes_either() -> None:
    entries = (ip_network("10.8.0.0/16"), ip_network("10.9.0.0/16"))
    one, other = (replace(leads("rt", "10.8.0.0/16", kind), destinations=entries) for kind in (TGW, NAT))
    net = network(routes=[one, other, leads("rt", "10.9.0.0/16", IGW)])
    assert found(net)["10.8.0.0/16"] == ["transit-gateway", "nat-gateway"]
    assert because(net, "10.8.0.0/16") == ["several routes lead to 10.8.0.0/16, of which AWS takes one"]
    assert found(net)["10.9.0.0/16"] == ["internet-gateway"]
    assert because(net, "10.9.0.0/16") == []


def test_two_associations_of_one_subnet_leave_its_table_open() -> None:
    routes = [leads("rt", "0.0.0.0/0", TGW), leads("rt2", "0.0.0.0/0", NAT)]
    net = network(
        routes=routes, associations=[serves("rt"), serves("rt2")], tables=[Table(origin(one), "vpc") for one in ("rt", "rt2")]
    )
    assert because(net, "0.0.0.0/0") == ["several route tables may serve subnet"]
