"""
Network ACLs in both vocabularies: which one a subnet has, and what its rules match.
"""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from sglint.model import Acl, AclEntry, Direction, Network, acls_of
from sglint.resource import Resource
from sglint.space import Ports
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, NATIVE, WHY, Plain, among, cfn, element, get, net, problems, ref, res, shown

WEB: dict[str, Plain] = {
    "rule_no": 100,
    "action": "allow",
    "protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
    "cidr_block": "0.0.0.0/0",
}
DENY: dict[str, Plain] = {**WEB, "rule_no": 90, "action": "deny", "protocol": "-1", "cidr_block": "10.9.0.0/16"}


def acl(**values: Plain) -> Resource:
    """
    Return a network ACL in the VPC.
    """
    return res("aws_network_acl.n", vpc_id=ref("aws_vpc.v.id"), **values)


def named(network: Network, address: str) -> Acl:
    """
    Return the ACL of that address.
    """
    (found,) = (one for one in network.acls if one.origin.address == address)
    return found


def one_rule(network: Network, address: str = "aws_network_acl.n") -> AclEntry:
    """
    Return the only rule of an ACL.
    """
    (found,) = named(network, address).entries
    return found


def who(network: Network, subnet: str) -> list[str]:
    """
    Return the ACLs that a subnet may have, by address or by why it is not known.
    """
    return [one.why if isinstance(one, Unknown) else one.origin.address for one in acls_of(network, subnet)]


def test_a_new_vpc_has_an_acl_that_allows_everything() -> None:
    network = net(*BASE)
    assert who(network, "aws_subnet.a") == ["aws_vpc.v.default_network_acl_id"]
    default = named(network, "aws_vpc.v.default_network_acl_id")
    assert [(one.direction, one.number, one.allow, str(one.peer)) for one in default.entries] == [
        (Direction.IN, 100, True, "0.0.0.0/0"),
        (Direction.IN, 101, True, "::/0"),
        (Direction.OUT, 100, True, "0.0.0.0/0"),
        (Direction.OUT, 101, True, "::/0"),
    ]
    assert who(net(*NATIVE), "A") == ["Vpc.DefaultNetworkAcl"]


def test_rules_are_tried_by_number() -> None:
    network = net(*BASE, acl(ingress=[WEB, DENY], subnet_ids=[ref("aws_subnet.a.id")]))
    first, second = named(network, "aws_network_acl.n").rules(Direction.IN)
    assert (first.number, first.allow, first.peer) == (90, False, ip_network("10.9.0.0/16"))
    assert shown(first.boxes.least) == [f"ipv4 {name} 10.9.0.0/16 0-65535" for name in ("tcp", "udp", "icmp", "other")]
    assert (second.protocol, second.ports) == ("tcp", Ports(443, 443))
    assert second.boxes.certain
    assert who(network, "aws_subnet.a") == ["aws_network_acl.n"]
    assert who(network, "aws_subnet.b") == ["aws_vpc.v.default_network_acl_id"]


def test_a_managed_default_acl_without_rules_denies_everything() -> None:
    default = res("aws_default_network_acl.d", default_network_acl_id=ref("aws_vpc.v.default_network_acl_id"))
    network = net(*BASE, default)
    assert who(network, "aws_subnet.a") == ["aws_default_network_acl.d"]
    assert [(one.default, one.vpc, one.entries, one.hidden) for one in network.acls] == [(True, "aws_vpc.v", (), None)]


def test_what_a_looked_up_vpc_has_by_default_is_not_known() -> None:
    network = net(res("data.aws_vpc.v"), res("aws_subnet.a", vpc_id=ref("data.aws_vpc.v.id"), cidr_block="10.0.0.0/24"))
    (found,) = acls_of(network, "aws_subnet.a")
    assert isinstance(found, Acl)
    assert found.hidden is not None
    assert found.entries == ()


def test_a_subnet_that_was_there_before_may_have_an_acl_that_is_not_in_the_text() -> None:
    network = net(res("data.aws_subnet.s", id="subnet-1"))
    assert who(network, "data.aws_subnet.s") == [
        "data.aws_subnet.s is not made by this text, so it may have a network ACL that is not in it"
    ]
    assert who(network, "subnet-9") == ["the network ACL of subnet-9 is not in the text"]


def test_rules_and_associations_of_their_own() -> None:
    rule = res(
        "aws_network_acl_rule.r",
        network_acl_id=ref("aws_network_acl.n.id"),
        rule_number=200,
        egress=True,
        protocol="udp",
        rule_action="allow",
        ipv6_cidr_block="::/0",
        from_port=1024,
        to_port=65535,
    )
    pair = res("aws_network_acl_association.p", network_acl_id=ref("aws_network_acl.n.id"), subnet_id=ref("aws_subnet.b.id"))
    network = net(*BASE, acl(), rule, pair)
    found = one_rule(network)
    assert (found.direction, found.number, found.origin.address) == (Direction.OUT, 200, "aws_network_acl_rule.r")
    assert shown(found.boxes.least) == ["ipv6 udp ::/0 1024-65535"]
    assert who(network, "aws_subnet.b") == ["aws_network_acl.n"]


def test_the_same_in_a_template() -> None:
    rule = cfn(
        "NetworkAclEntry",
        "Rule",
        NetworkAclId=get("Acl"),
        RuleNumber="200",
        Egress="true",
        Protocol=17,
        RuleAction="allow",
        Ipv6CidrBlock="::/0",
        PortRange={"From": 1024, "To": "65535"},
    )
    pair = cfn("SubnetNetworkAclAssociation", "Pair", NetworkAclId=get("Acl"), SubnetId=get("B"))
    network = net(*NATIVE, cfn("NetworkAcl", "Acl", VpcId=get("Vpc")), rule, pair)
    found = one_rule(network, "Acl")
    assert (found.direction, found.number, found.protocol) == (Direction.OUT, 200, "17")
    assert shown(found.boxes.least) == ["ipv6 udp ::/0 1024-65535"]
    assert who(network, "B") == ["Acl"]


def test_a_rule_on_the_default_acl_of_a_template_is_beside_its_own() -> None:
    rule = cfn(
        "NetworkAclEntry",
        "Rule",
        NetworkAclId=get("Vpc.DefaultNetworkAcl"),
        RuleNumber=50,
        Protocol=-1,
        RuleAction="deny",
        CidrBlock="10.0.0.0/8",
    )
    network = net(*NATIVE, rule)
    assert [one.number for one in named(network, "Vpc.DefaultNetworkAcl").rules(Direction.IN)] == [50, 100, 101]


@pytest.mark.parametrize("hidden", ["cidr_block", "protocol", "from_port"])
def test_a_rule_of_which_something_is_not_known_matches_nothing_surely(hidden: str) -> None:
    found = one_rule(net(*BASE, acl(ingress=[{**WEB, hidden: WHY}])))
    assert found.boxes.least == ()
    assert found.boxes.most
    assert found.boxes.because == (WHY,)


def test_an_unknown_number_or_action_stays_unknown() -> None:
    found = one_rule(net(*BASE, acl(ingress=[{**WEB, "rule_no": WHY, "action": among("allow", "deny")}])))
    assert found.number == WHY
    assert isinstance(found.allow, Unknown)


def test_one_type_of_icmp_is_not_all_of_it() -> None:
    ping = {**WEB, "protocol": "icmp", "icmp_type": 8, "icmp_code": -1}
    found = one_rule(net(*BASE, acl(ingress=[ping])))
    assert (found.icmp, found.boxes.least, shown(found.boxes.most)) == ((8, -1), (), ["ipv4 icmp 0.0.0.0/0 0-65535"])
    every = one_rule(net(*BASE, acl(ingress=[{**ping, "icmp_type": -1}])))
    assert shown(every.boxes.least) == ["ipv4 icmp 0.0.0.0/0 0-65535"]


def test_one_of_the_other_protocols_is_not_all_of_them() -> None:
    found = one_rule(net(*BASE, acl(ingress=[{**WEB, "protocol": "50"}])))
    assert (found.boxes.least, shown(found.boxes.most)) == ((), ["ipv4 other 0.0.0.0/0 0-65535"])


def test_rules_of_unknown_number_may_match_anything() -> None:
    found = one_rule(net(*BASE, acl(ingress=WHY)))
    assert (found.number, found.allow, found.boxes.least, len(found.boxes.most), found.maybe) == (WHY, WHY, (), 8, WHY)
    may = one_rule(net(*BASE, acl(ingress=element(WEB))))
    assert (may.number, may.boxes.least, may.maybe) == (100, (), element(WEB))


def test_a_rule_whose_acl_is_not_known_may_be_in_any() -> None:
    rule = res("aws_network_acl_rule.r", network_acl_id=WHY, rule_number=1, **{k: DENY[k] for k in ("protocol", "cidr_block")})
    network = net(*BASE, acl(), rule)
    assert {one.origin.address: [rule.maybe for rule in one.entries if rule.number == 1] for one in network.acls} == {
        "aws_network_acl.n": [WHY],
        "aws_vpc.v.default_network_acl_id": [WHY],
    }


def test_an_association_that_need_not_exist_leaves_the_default_possible() -> None:
    pair = res(
        "aws_network_acl_association.p", WHY, network_acl_id=ref("aws_network_acl.n.id"), subnet_id=ref("aws_subnet.a.id")
    )
    network = net(*BASE, acl(), pair)
    assert who(network, "aws_subnet.a") == ["aws_network_acl.n", "aws_vpc.v.default_network_acl_id"]
    assert who(network, "aws_subnet.b") == ["aws_vpc.v.default_network_acl_id"]


def test_an_acl_of_another_text_has_rules_that_are_not_known() -> None:
    pair = res("aws_network_acl_association.p", network_acl_id="acl-1", subnet_id=ref("aws_subnet.a.id"))
    (found,) = acls_of(net(*BASE, pair), "aws_subnet.a")
    assert isinstance(found, Acl)
    assert found.hidden is not None
    assert found.origin.address == "acl-1"


def test_an_association_of_a_subnet_with_an_acl_that_is_not_known() -> None:
    pair = res("aws_network_acl_association.p", network_acl_id=WHY, subnet_id=ref("aws_subnet.a.id"))
    network = net(*BASE, acl(), pair)
    (found,) = acls_of(network, "aws_subnet.a")
    assert isinstance(found, Acl)
    assert found.hidden == WHY
    assert who(network, "aws_subnet.b") == ["aws_vpc.v.default_network_acl_id"]
    either = among(ref("aws_network_acl.n.id"), ref("aws_vpc.v.default_network_acl_id"))
    pair = res("aws_network_acl_association.p", network_acl_id=either, subnet_id=ref("aws_subnet.a.id"))
    assert who(net(*BASE, acl(), pair), "aws_subnet.a") == ["aws_network_acl.n", "aws_vpc.v.default_network_acl_id"]


def test_a_rule_without_a_cidr_block_cannot_be_read() -> None:
    rule = {key: item for key, item in WEB.items() if key != "cidr_block"}
    (found,) = problems(*BASE, acl(ingress=[rule]))
    assert found.message == "a rule of aws_network_acl.n names no CIDR block"
    (other,) = problems(*BASE, acl(ingress=[{**WEB, "cidr_block": "10.0.0.0"}]))
    assert other.message == '"10.0.0.0" is not a CIDR block'


def test_the_cloud_control_provider() -> None:
    rule = res(
        "awscc_ec2_network_acl_entry.r",
        network_acl_id=Ref("awscc_ec2_network_acl.n", "id"),
        rule_number=10,
        egress=False,
        protocol=6,
        rule_action="allow",
        cidr_block="10.0.0.0/8",
        port_range={"from": 22, "to": 22},
    )
    network = net(res("awscc_ec2_network_acl.n", vpc_id=ref("aws_vpc.v.id")), *BASE, rule)
    assert shown(one_rule(network, "awscc_ec2_network_acl.n").boxes.least) == ["ipv4 tcp 10.0.0.0/8 22"]
