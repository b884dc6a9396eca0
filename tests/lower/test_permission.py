"""
Security group rules in every spelling.
"""

from __future__ import annotations

import pytest

from sglint.model import Direction, GroupPeer, ListPeer
from sglint.resource import Resource
from sglint.space import ALL_PORTS, Protocol
from sglint.value import Unknown
from tests.lower.build import VPC, WHY, Plain, among, element, net, problems, ref, res, rules, shown


def group(**rule: Plain) -> Resource:
    return res("aws_security_group.g", vpc_id=ref("aws_vpc.v.id"), ingress=[rule])


def least(**rule: Plain) -> list[str]:
    (one,) = rules(net(VPC, group(**rule)), "aws_security_group.g")
    assert one.boxes.certain
    return shown(one.boxes.least)


def bounds(**rule: Plain) -> tuple[list[str], list[str]]:
    (one,) = rules(net(VPC, group(**rule)), "aws_security_group.g")
    assert one.boxes.because
    return shown(one.boxes.least), shown(one.boxes.most)


TCP: dict[str, Plain] = {"protocol": "tcp", "from_port": 443, "to_port": 443}


@pytest.mark.parametrize("kind", ["aws_security_group_rule", "aws_vpc_security_group_ingress_rule"])
def test_rule_of_one_of_groups_of_unknown_number_may_be_of_another(kind: str) -> None:
    peers: dict[str, Plain] = {
        "type": "ingress",
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_blocks": ["10.0.0.0/8"],
    }
    if kind != "aws_security_group_rule":
        peers = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/8"}
    mine: dict[str, Plain] = {**peers, "security_group_id": ref("aws_security_group.g[*].id")}
    network = net(VPC, res("aws_security_group.g[*]", WHY), res(f"{kind}.one", **mine), res(f"{kind}.each[*]", **mine))
    each, one = rules(network, "aws_security_group.g[*]")
    assert shown(each.boxes.least) == shown(one.boxes.most) == ["ipv4 tcp 10.0.0.0/8 443"]
    assert one.boxes.least == ()
    assert [item.why for item in one.boxes.because] == [
        f"{kind}.one is about one of aws_security_group.g[*], whose number is not known"
    ]


@pytest.mark.parametrize(
    ("key", "ends", "single"),
    [
        ("cidr_blocks", "/32", True),
        ("cidr_blocks", "/31", False),
        ("cidr_blocks", "/0", False),
        ("cidr_blocks", "", False),
        ("ipv6_cidr_blocks", "/32", False),
        ("ipv6_cidr_blocks", "/128", True),
    ],
)
def test_a_cidr_that_is_not_known_may_be_known_to_be_of_a_single_address(key: str, ends: str, single: bool) -> None:
    cidrs: dict[str, Plain] = {key: [Unknown("var.ip has no default", ends=ends)]}
    (one,) = rules(net(VPC, group(**TCP, **cidrs)), "aws_security_group.g")
    assert (one.vague, one.single) == (True, single)


@pytest.mark.parametrize("spelling", ["tcp", "TCP", "6", 6, "Tcp"])
def test_tcp_in_every_spelling(spelling: Plain) -> None:
    assert least(protocol=spelling, from_port="443", to_port=443, cidr_blocks=["0.0.0.0/0"]) == ["ipv4 tcp 0.0.0.0/0 443"]


@pytest.mark.parametrize(
    ("spelling", "protocol"), [("17", "udp"), ("udp", "udp"), ("1", "icmp"), ("icmp", "icmp"), ("50", "other")]
)
def test_other_protocols(spelling: str, protocol: str) -> None:
    ports = "53" if protocol == "udp" else "0-65535"
    assert least(protocol=spelling, from_port=53, to_port=53, cidr_blocks=["10.0.0.0/8"]) == [
        f"ipv4 {protocol} 10.0.0.0/8 {ports}"
    ]


@pytest.mark.parametrize("spelling", ["-1", -1, "all"])
def test_all_protocols_mean_all_ports(spelling: Plain) -> None:
    found = least(protocol=spelling, from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])
    assert found == [f"ipv4 {one.value} 0.0.0.0/0 0-65535" for one in Protocol]


def test_icmp_types_are_not_ports() -> None:
    assert least(protocol="icmp", from_port=8, to_port=0, cidr_blocks=["0.0.0.0/0"]) == ["ipv4 icmp 0.0.0.0/0 0-65535"]


def test_port_zero_of_tcp_is_a_port() -> None:
    assert least(protocol="tcp", from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"]) == ["ipv4 tcp 0.0.0.0/0 0"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("10.1.2.3/0", "ipv4 tcp 0.0.0.0/0 443"), ("::0/0", "ipv6 tcp ::/0 443"), ("0::/0", "ipv6 tcp ::/0 443")],
)
def test_everyone_is_read_however_it_is_written(written: str, meant: str) -> None:
    assert least(**TCP, cidr_blocks=[written]) == [meant]


def test_each_entry_is_a_permission_and_empty_ones_are_none() -> None:
    found = rules(net(VPC, group(**TCP, cidr_blocks=["10.0.0.0/8", "", "192.168.0.0/16"])), "aws_security_group.g")
    assert [shown(one.boxes.least) for one in found] == [["ipv4 tcp 10.0.0.0/8 443"], ["ipv4 tcp 192.168.0.0/16 443"]]
    assert {one.field for one in found} == {"ingress[0].cidr_blocks"}
    assert rules(net(VPC, group(**TCP, cidr_blocks=[])), "aws_security_group.g") == ()


@pytest.mark.parametrize("written", ["10.0.0.0", "10.0.0/8", "10.0.0.0/33", "anyone", "010.0.0.0/8"])
def test_what_is_no_cidr_is_a_problem(written: str) -> None:
    (problem,) = problems(VPC, group(**TCP, cidr_blocks=[written]))
    assert problem.message == f'"{written}" is not a CIDR block'
    assert problem.span is not None


def test_bad_ports_are_a_problem() -> None:
    (problem,) = problems(VPC, group(protocol="tcp", from_port=70000, to_port=70001, cidr_blocks=["10.0.0.0/8"]))
    assert problem.message == "70000 to 70001 is not a range of ports"


def test_groups_self_and_prefix_lists_are_peers() -> None:
    listed = res("aws_ec2_managed_prefix_list.p", entry=[{"cidr": "10.0.0.0/8"}])
    more = res("aws_ec2_managed_prefix_list_entry.e", prefix_list_id=ref("aws_ec2_managed_prefix_list.p.id"), cidr="0.0.0.0/0")
    rule = group(
        **TCP,
        self=True,
        security_groups=[ref("aws_security_group.g.id"), "sg-1"],
        prefix_list_ids=[ref("aws_ec2_managed_prefix_list.p.id")],
    )
    found = rules(net(VPC, listed, more, rule), "aws_security_group.g")
    peers = [box.peer for one in found for box in one.boxes.least if box.family.value == "ipv4"]
    lists = [peer for peer in peers if isinstance(peer, ListPeer)]
    assert [peer.group for peer in peers if isinstance(peer, GroupPeer)] == [
        "aws_security_group.g",
        "sg-1",
        "aws_security_group.g",
    ]
    assert [[str(item) for item in one.entries or ()] for one in lists] == [["0.0.0.0/0", "10.0.0.0/8"]]


def test_unknown_cidr_is_at_least_nobody_and_at_most_everybody() -> None:
    assert bounds(**TCP, cidr_blocks=[WHY]) == ([], ["ipv4 tcp 0.0.0.0/0 443"])
    assert bounds(**TCP, cidr_blocks=WHY) == ([], ["ipv4 tcp 0.0.0.0/0 443"])
    assert bounds(**TCP, ipv6_cidr_blocks=WHY) == ([], ["ipv6 tcp ::/0 443"])


def test_conditional_cidr_is_bounded_by_its_branches() -> None:
    expected = ["ipv4 tcp 10.0.0.0/8 443"], ["ipv4 tcp 0.0.0.0/0 443", "ipv4 tcp 10.0.0.0/8 443"]
    assert bounds(**TCP, cidr_blocks=[among("0.0.0.0/0", "10.0.0.0/8")]) == expected
    assert bounds(**TCP, cidr_blocks=among(["0.0.0.0/0"], ["10.0.0.0/8"])) == expected
    assert bounds(**TCP, cidr_blocks=among(["0.0.0.0/0"], [])) == ([], ["ipv4 tcp 0.0.0.0/0 443"])


def test_conditional_ports_are_bounded_by_their_branches() -> None:
    rule: dict[str, Plain] = {"protocol": "tcp", "from_port": among(0, 1024), "to_port": 65535, "cidr_blocks": ["0.0.0.0/0"]}
    assert bounds(**rule) == (
        ["ipv4 tcp 0.0.0.0/0 1024-65535"],
        ["ipv4 tcp 0.0.0.0/0 0-65535", "ipv4 tcp 0.0.0.0/0 1024-65535"],
    )


def test_unknown_ports_and_protocol() -> None:
    assert bounds(protocol="tcp", from_port=WHY, to_port=WHY, cidr_blocks=["0.0.0.0/0"]) == ([], ["ipv4 tcp 0.0.0.0/0 0-65535"])
    most = bounds(protocol=WHY, from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"])[1]
    assert most == [f"ipv4 {one.value} 0.0.0.0/0 0-65535" for one in Protocol]
    assert bounds(protocol=among("tcp", "-1"), from_port=0, to_port=65535, cidr_blocks=["0.0.0.0/0"])[0] == [
        "ipv4 tcp 0.0.0.0/0 0-65535"
    ]


def test_list_of_unknown_size_has_its_elements_at_most() -> None:
    assert bounds(**TCP, cidr_blocks=element("10.0.0.0/8")) == ([], ["ipv4 tcp 10.0.0.0/8 443"])


def test_rules_of_which_nothing_is_known() -> None:
    (one,) = rules(net(VPC, res("aws_security_group.g", vpc_id=ref("aws_vpc.v.id"), ingress=WHY)), "aws_security_group.g")
    assert one.boxes.least == ()
    assert len(one.boxes.most) == 8
    assert one.boxes.because == (WHY,)
    assert one.field == "ingress"


def test_block_that_may_not_exist_admits_nothing_at_least() -> None:
    block: dict[str, Plain] = {**TCP, "cidr_blocks": ["0.0.0.0/0"]}
    (one,) = rules(net(VPC, res("aws_security_group.g", ingress=[element(block)])), "aws_security_group.g")
    assert (shown(one.boxes.least), shown(one.boxes.most)) == ([], ["ipv4 tcp 0.0.0.0/0 443"])
    assert [because.why for because in one.boxes.because] == [WHY.why]


def test_single_map_of_tf_json_is_one_block() -> None:
    network = net(VPC, res("aws_security_group.g", ingress={**TCP, "cidr_blocks": ["0.0.0.0/0"]}))
    assert [shown(one.boxes.least) for one in rules(network, "aws_security_group.g")] == [["ipv4 tcp 0.0.0.0/0 443"]]


def test_group_without_egress_lets_nothing_out() -> None:
    assert rules(net(VPC, group(**TCP, cidr_blocks=["0.0.0.0/0"])), "aws_security_group.g", Direction.OUT) == ()


def test_standalone_rules() -> None:
    network = net(
        VPC,
        res("aws_security_group.g"),
        res(
            "aws_security_group_rule.a",
            type="egress",
            security_group_id=ref("aws_security_group.g.id"),
            protocol="-1",
            from_port=0,
            to_port=0,
            cidr_blocks=["0.0.0.0/0"],
        ),
        res(
            "aws_security_group_rule.b",
            type="ingress",
            security_group_id=ref("aws_security_group.g.id"),
            **TCP,
            source_security_group_id="sg-9",
        ),
        res(
            "aws_vpc_security_group_ingress_rule.c",
            security_group_id=ref("aws_security_group.g.id"),
            ip_protocol="-1",
            cidr_ipv6="::/0",
        ),
        res(
            "aws_vpc_security_group_egress_rule.d",
            security_group_id=ref("aws_security_group.g.id"),
            ip_protocol="udp",
            from_port=53,
            to_port=53,
            cidr_ipv4="0.0.0.0/0",
        ),
    )
    ins, outs = rules(network, "aws_security_group.g"), rules(network, "aws_security_group.g", Direction.OUT)
    assert [one.origin.address for one in ins] == ["aws_security_group_rule.b", "aws_vpc_security_group_ingress_rule.c"]
    assert [one.origin.address for one in outs] == ["aws_security_group_rule.a", "aws_vpc_security_group_egress_rule.d"]
    assert [len(one.boxes.least) for one in (*ins, *outs)] == [2, 4, 4, 1]


def test_rule_of_unknown_direction_may_go_either_way() -> None:
    rule = res("aws_security_group_rule.a", type=WHY, security_group_id="sg-1", **TCP, cidr_blocks=["0.0.0.0/0"])
    found = net(rule).permissions
    assert [(one.direction, one.boxes.least, len(one.boxes.most)) for one in found] == [(one, (), 1) for one in Direction]


def test_default_group_admits_itself_and_lets_everything_out() -> None:
    name = "aws_vpc.v.default_security_group_id"
    network = net(VPC)
    assert [one.origin.address for one in network.groups if one.default] == [name]
    (inside,) = rules(network, name)
    assert {box.peer for box in inside.boxes.least} == {GroupPeer(name)}
    (out,) = rules(network, name, Direction.OUT)
    assert {str(box.peer) for box in out.boxes.least} == {"0.0.0.0/0"}
    six = net(res("aws_vpc.v", cidr_block="10.0.0.0/16", assign_generated_ipv6_cidr_block=True))
    assert {str(box.peer) for one in rules(six, name, Direction.OUT) for box in one.boxes.least} == {"0.0.0.0/0", "::/0"}


def test_adopted_default_group_has_only_its_written_rules() -> None:
    network = net(VPC, res("aws_default_security_group.d", vpc_id=ref("aws_vpc.v.id")))
    assert [(one.origin.address, one.default) for one in network.groups] == [("aws_default_security_group.d", True)]
    assert network.permissions == ()


def test_group_of_a_data_source_is_hidden() -> None:
    (one,) = net(res("data.aws_security_group.x", name="web")).groups
    assert one.hidden is not None
    assert one.hidden.why == "the rules of data.aws_security_group.x are not in the text"


def test_peer_in_a_hidden_module_says_so() -> None:
    (one,) = net(
        res(
            "aws_security_group_rule.r",
            type="ingress",
            security_group_id="sg-1",
            **TCP,
            source_security_group_id=ref("module.m.sg"),
        ),
        res("module.m"),
    ).permissions
    (peer,) = {box.peer for box in one.boxes.least}
    assert isinstance(peer, GroupPeer)
    assert isinstance(peer.group, Unknown)
    assert peer.group.why == "module.m could not be read"
    assert {box.ports for box in one.boxes.least} != {ALL_PORTS}
