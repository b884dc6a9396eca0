"""
Where a group is opened, a network ACL keeps out who was kept out, and cuts nobody off.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sglint.fix import Fixed, fix
from sglint.fix.look import look
from sglint.model import AclEntry, Direction, GroupPeer, ListPeer, Network, acls_of
from sglint.request import Request
from sglint.space import Family, Ports, Protocol, family_of
from sglint.value import Unknown
from tests.command import sglint
from tests.fix.places import RULES, TEMPLATE, Place
from tests.fix.test_packets import said
from tests.fix.test_template import Loader
from tests.packet import EVERY, IN, OUT, TCP, UDP, AclRule, Answer, Interface, Packet, Route, Rule, acl_allows, by_rules

BASE = """\
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_route53_resolver_endpoint" "dns" {
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.dns.id]

  ip_address {
    subnet_id = aws_subnet.dns.id
  }
}
"""


def rule(way: str, protocol: str, first: int, last: int, peer: str) -> str:
    """
    Return a rule of a group as a block.
    """
    return f"""
  {way} {{
    protocol    = "{protocol}"
    from_port   = {first}
    to_port     = {last}
    cidr_blocks = ["{peer}"]
  }}
"""


def group(name: str, *rules: str) -> str:
    """
    Return a security group.
    """
    return f'\nresource "aws_security_group" "{name}" {{\n  vpc_id = aws_vpc.hub.id\n{"".join(rules)}}}\n'


def host(name: str, more: str = "") -> str:
    """
    Return an interface in the subnet, with a group of its name.
    """
    return f"""
resource "aws_network_interface" "{name}" {{
  subnet_id       = aws_subnet.dns.id
  security_groups = [aws_security_group.{name}.id]
{more}}}
"""


def acl(*rules: str) -> str:
    """
    Return a network ACL of the subnet.
    """
    text = "".join(f"\n  {one}\n" for one in rules)
    return f"""
resource "aws_network_acl" "own" {{
  vpc_id     = aws_vpc.hub.id
  subnet_ids = [aws_subnet.dns.id]
{text}}}
"""


def numbered(way: str, number: int, action: str, protocol: str, peer: str, first: int = 0, last: int = 0) -> str:
    """
    Return a rule of a network ACL as a block.
    """
    lines = (
        f"    rule_no    = {number}",
        f'    action     = "{action}"',
        f'    protocol   = "{protocol}"',
        f'    cidr_block = "{peer}"',
        f"    from_port  = {first}",
        f"    to_port    = {last}",
    )
    return "\n".join((f"{way} {{", *lines, "  }"))


REPLIES = rule("egress", "udp", 0, 65535, "0.0.0.0/0")
DNS = group("dns", rule("ingress", "udp", 53, 53, "10.0.0.0/8"), REPLIES)
EVERYTHING = (numbered("ingress", 100, "allow", "-1", "0.0.0.0/0"), numbered("egress", 100, "allow", "-1", "0.0.0.0/0"))


def fixed(place: Place, text: str, name: str = "main.tf") -> Fixed:
    """
    Return what `sglint fix` without --unsafe makes of a file, and make the change.
    """
    place.write({name: text})
    made = fix(Request((".",)), RULES)
    if made.diff:
        subprocess.run(["git", "apply"], cwd=place.top, input=made.diff.encode(), check=True)
    return made


def network(root: str = ".") -> Network:
    """
    Return the network as the changed text has it.
    """
    return next(net.network for net in look(Request((root,)), RULES).networks.judged)


WORDS = {"-1": "-1", "6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp"}


def entries(subnet: str = "aws_subnet.dns") -> list[tuple[str, int, bool, str, str, str]]:
    """
    Return the rules of the subnet's network ACL.
    """
    (found,) = acls_of(network(), subnet)
    assert not isinstance(found, Unknown)
    return [
        (
            one.direction.value,
            int(str(one.number)),
            bool(one.allow),
            WORDS[str(one.protocol)],
            str(one.peer),
            "" if one.protocol == "-1" else str(one.ports),
        )
        for one in found.entries
    ]


def test_the_filter_moves_to_a_new_network_acl(place: Place) -> None:
    made = fixed(place, BASE + DNS)
    assert [(one.safe, done) for _, one, done in made.findings] == [(True, True)]
    assert any("the filter moves to aws_network_acl.dns" in line for line in made.told())
    assert entries() == [
        ("in", 100, True, "udp", "0.0.0.0/0", "1024-65535"),
        ("in", 110, True, "udp", "10.0.0.0/8", "53"),
        ("in", 120, False, "tcp", "0.0.0.0/0", "0-65535"),
        ("in", 130, False, "udp", "0.0.0.0/0", "0-65535"),
        ("in", 140, True, "-1", "0.0.0.0/0", ""),
        ("out", 100, True, "udp", "0.0.0.0/0", "0-65535"),
        ("out", 110, False, "tcp", "0.0.0.0/0", "0-65535"),
        ("out", 120, True, "-1", "0.0.0.0/0", ""),
    ]
    assert fix(Request((".",)), RULES).diff == ""


def test_replies_go_to_the_ports_of_clients_where_the_group_let_nothing_out(place: Place) -> None:
    fixed(place, BASE + group("dns", rule("ingress", "udp", 53, 53, "10.0.0.0/8")))
    assert ("out", 100, True, "udp", "10.0.0.0/8", "1024-65535") in entries()
    assert not [one for one in entries() if one[0] == "out" and one[2] and one[3] == "udp" and one[4] == "0.0.0.0/0"]


def test_the_command_says_it(place: Place) -> None:
    place.write({"main.tf": BASE + DNS})
    run = sglint("fix", cwd=place.top)
    assert (run.code, "  fixed\n" in run.err) == (0, True)
    assert "the filter moves to aws_network_acl.dns" in run.err
    assert "deploy the network ACL by itself first" in run.err


def test_the_subnets_of_a_block_are_named_together_and_a_list_stays_on_one_line(place: Place) -> None:
    several = BASE.replace('"dns" {\n  vpc_id     = aws_vpc.hub.id\n  cidr_block = "10.0.1.0/24"', BLOCK, 1)
    first = several.replace("aws_subnet.dns.id", "aws_subnet.dns[0].id")
    fixed(place, first.replace("    subnet_id = aws_subnet.dns[0].id\n", INSIDE) + DNS)
    assert "  subnet_ids = aws_subnet.dns[*].id\n  tags       = var.tags\n" in place.read("main.tf")
    fixed(place, first + DNS)
    assert "  subnet_ids = [aws_subnet.dns[0].id]\n" in place.read("main.tf")


BLOCK = """\
"dns" {
  count      = 2
  vpc_id     = aws_vpc.hub.id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
  tags       = merge(var.tags, { Name = "dns" })"""

INSIDE = """\
    subnet_id = aws_subnet.dns[0].id
  }

  ip_address {
    subnet_id = aws_subnet.dns[1].id
"""

CALLS = """\
module "a" {
  source = "./subnet"
}

module "b" {
  source = "./subnet"
  cidrs  = ["10.0.0.0/9"]
}
"""
OPEN_CALL = """\
module "dns" {
  source = "../subnet"
  cidrs  = ["10.0.0.0/8"]
}
"""
CIDRS = 'variable "cidrs" {\n  default = ["0.0.0.0/0"]\n}\n'


def test_what_is_written_for_the_subnet_of_one_call_of_a_module_is_not_for_that_of_another(place: Place) -> None:
    module = BASE + CIDRS + DNS.replace('["10.0.0.0/8"]', "var.cidrs")
    place.write({"subnet/main.tf": module})
    made = fixed(place, CALLS)
    (one,) = (one for finding, one, _ in made.findings if finding.rule == "tracked-resolver")
    assert not one.safe
    assert one.steps[-1].endswith("would be the network ACL of module.a.aws_subnet.dns too")


OUTPUTS = """
output "vpc" {
  value = aws_vpc.hub.id
}

output "subnets" {
  value = aws_subnet.dns[*].id
}
"""


def test_what_is_for_one_call_of_a_module_is_written_beside_it_where_its_outputs_tell_the_subnets(place: Place) -> None:
    module = BASE + CIDRS + DNS.replace('["10.0.0.0/8"]', "var.cidrs") + OUTPUTS
    module = module.replace('"dns" {\n  vpc_id     = aws_vpc.hub.id\n  cidr_block = "10.0.1.0/24"', BLOCK, 1)
    place.write(
        {
            "subnet/main.tf": module.replace("    subnet_id = aws_subnet.dns.id\n", INSIDE).replace(
                ".dns.id\n  route", ".dns[0].id\n  route"
            )
        }
    )
    made = fixed(place, CALLS)
    assert made.complete, "\n".join(made.told())
    head = '\n\nresource "aws_network_acl" "b_dns" {\n  vpc_id     = module.b.vpc\n  subnet_ids = module.b.subnets\n'
    assert head in place.read("main.tf")


def test_an_acl_that_was_just_written_and_lets_in_no_more_than_is_needed_is_named(place: Place) -> None:
    web = group("web", rule("ingress", "udp", 53, 53, "0.0.0.0/0"))
    rules = (
        *(one for one in EVERYTHING if one.startswith("egress")),
        numbered("ingress", 10, "allow", "17", "0.0.0.0/0", 53, 53),
    )
    made = fixed(place, BASE + DNS + host("web") + web + acl(*rules))
    assert "what aws_network_acl.own lets in is what is needed in its subnets" in "\n".join(made.told())


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (", 192.168.0.0/16", "one block makes module.dns.aws_subnet.dns of one and two, which need different rules"),
        ("", "would be the network ACL of module.dns.aws_subnet.dns of two too"),
    ],
)
def test_root_modules_that_need_different_rules_of_one_block_are_named(place: Place, second: str, says: str) -> None:
    module = BASE + CIDRS + DNS.replace('["10.0.0.0/8"]', "var.cidrs")
    place.write({"subnet/main.tf": module, "one/main.tf": OPEN_CALL.replace('"]', second.replace(", ", '", "') + '"]')})
    made = fixed(place, OPEN_CALL if second else OPEN_CALL.replace("10.0.0.0/8", "0.0.0.0/0"), "two/main.tf")
    assert says in "\n".join(made.told())


def test_a_network_acl_whose_rules_are_an_attribute_is_left_alone(place: Place) -> None:
    own = acl(
        'ingress = [{ rule_no = 10, action = "allow", protocol = "-1", cidr_block = "0.0.0.0/0", from_port = 0, to_port = 0 }]'
    )
    made = fixed(place, BASE + DNS + own)
    assert "aws_network_acl.own has its rules in an attribute" in "\n".join(made.told())


BACKEND = 'backend = "s3"\n  config = { bucket = "b", key = "net.tfstate" }'
OTHER_ROOT = f"""\
data "terraform_remote_state" "net" {{
  {BACKEND}
}}

resource "aws_security_group" "web" {{
  vpc_id = data.terraform_remote_state.net.outputs.vpc
{rule("ingress", "tcp", 443, 443, "10.0.0.0/8")}}}

resource "aws_network_interface" "web" {{
  subnet_id       = SUBNET
  security_groups = [aws_security_group.web.id]
}}
"""
TOLD = """
terraform {
  backend "s3" {
    bucket = "b"
    key    = "net.tfstate"
  }
}

output "vpc" {
  value = aws_vpc.hub.id
}

output "subnet" {
  value = aws_subnet.dns.id
}
"""


def test_what_another_root_module_has_in_the_subnet_is_not_cut_off_and_its_view_of_a_group_is_no_other_group(
    place: Place,
) -> None:
    place.write({"app/main.tf": OTHER_ROOT.replace("SUBNET", "data.terraform_remote_state.net.outputs.subnet")})
    made = fixed(place, BASE + DNS + TOLD, "net/main.tf")
    one, done = next((one, done) for finding, one, done in made.findings if finding.rule == "tracked-resolver")
    assert (one.blocked, done) == ("", False)
    assert one.steps[-1] == "no network ACL can keep them out: the network ACL would cut off aws_network_interface.web"
    place.write({"app/main.tf": OTHER_ROOT.replace("SUBNET", '"subnet-0123456789abcdef0"')})
    made = fixed(place, BASE + DNS + TOLD, "net/main.tf")
    assert any("the filter moves to aws_network_acl.dns:" in line for line in made.told())


def test_what_another_stack_has_in_the_subnet_is_not_cut_off(place: Place) -> None:
    out = "Outputs:\n  Subnet: {Value: !Ref Subnet, Export: {Name: net-subnet}}\n"
    host_ = """\
Resources:
  Host:
    Type: AWS::EC2::NetworkInterface
    Properties: {SubnetId: !ImportValue net-subnet, GroupSet: [!GetAtt Web.GroupId]}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]
"""
    place.write({"app.yaml": host_})
    ((_, one, done),) = fixed(place, DNS_TEMPLATE + out, "net.yaml").findings
    assert (one.blocked, done) == ("", False)
    assert one.steps[-1] == "no network ACL can keep them out: the network ACL would cut off Host"


def test_what_else_is_in_the_subnet_keeps_what_it_needs(place: Place) -> None:
    web = group("web", rule("ingress", "tcp", 443, 443, "172.16.0.0/12"), rule("egress", "tcp", 5432, 5432, "10.9.0.0/16"))
    fixed(place, BASE + DNS + host("web") + web)
    assert ("in", True, "tcp", "172.16.0.0/12", "443") in short()
    assert ("out", True, "tcp", "172.16.0.0/12", "1024-65535") in short()
    assert ("out", True, "tcp", "10.9.0.0/16", "5432") in short()
    assert ("in", True, "tcp", "10.9.0.0/16", "1024-65535") in short()


def short() -> list[tuple[str, bool, str, str, str]]:
    """
    Return the rules of the subnet's network ACL without their numbers.
    """
    return [(way, allow, protocol, peer, ports) for way, _, allow, protocol, peer, ports in entries()]


def test_an_acl_that_cannot_keep_out_all_keeps_out_the_others_and_is_not_safe(place: Place) -> None:
    made = fixed(place, BASE + DNS + host("web") + group("web", rule("ingress", "udp", 53, 53, "192.0.2.0/24")))
    assert made.diff == ""
    one = next(one for finding, one, _ in made.findings if finding.rule == "tracked-resolver")
    assert not one.safe
    assert '+resource "aws_network_acl" "dns" {' in one.diff
    (line,) = one.admits
    assert line.startswith("packets to UDP 53 of aws_route53_resolver_endpoint.dns from 192.0.2.0/24 that")
    assert any(step.startswith("it cannot keep out all of them") for step in one.steps)


def test_who_may_be_let_in_already_counts_as_new_though_nothing_answers_them(place: Place) -> None:
    unknown = '\nvariable "me" {\n  type = string\n}\n'
    text = (
        BASE.replace('"0.0.0.0/0"', '"10.0.0.0/8"')
        + unknown
        + DNS[:-2]
        + rule("ingress", "udp", 53, 53, "${var.me}/32")
        + "}\n"
    )
    ((_, made, done),) = fixed(place, text).findings
    assert not done
    (line,) = made.admits
    assert line.endswith("from 0.0.0.0/0 but 10.0.0.0/8 that it cannot answer, as no route leads back")
    assert "whom aws_route53_resolver_endpoint.dns lets in now is not all known: var.me" in made.steps[-1]


def test_an_acl_that_keeps_out_nobody_is_not_written(place: Place) -> None:
    made = fixed(place, BASE + DNS + host("web") + group("web", rule("ingress", "udp", 53, 53, "0.0.0.0/0")))
    one = next(one for finding, one, _ in made.findings if finding.rule == "tracked-resolver")
    assert "aws_network_acl" not in one.diff
    assert "no network ACL can keep them out: it would still let in packets to UDP 53" in one.steps[-1]


PASSING = {
    "aws_network_interface.fw passes on what is not its own": host("fw", "  source_dest_check = false\n")
    + group("fw", REPLIES),
    "aws_nat_gateway.nat in aws_subnet.dns passes on what is not its own": """
resource "aws_nat_gateway" "nat" {
  subnet_id         = aws_subnet.dns.id
  connectivity_type = "private"
}
""",
    "the attachment aws_ec2_transit_gateway_vpc_attachment.hub in aws_subnet.dns passes on what is not its own": """
resource "aws_ec2_transit_gateway_vpc_attachment" "hub" {
  subnet_ids         = [aws_subnet.dns.id]
  transit_gateway_id = "tgw-0123456789abcdef0"
  vpc_id             = aws_vpc.hub.id
}
""",
    "the load balancer aws_lb.web in aws_subnet.dns passes on what is not its own": """
resource "aws_lb" "web" {
  internal           = true
  load_balancer_type = "network"
  subnets            = [aws_subnet.dns.id]
}
""",
    "what aws_db_subnet_group.data puts into aws_subnet.dns is not known": """
resource "aws_db_subnet_group" "data" {
  subnet_ids = [aws_subnet.dns.id]
}
""",
    "a rule for aws_network_interface.web names aws_security_group.far": host("web")
    + """
resource "aws_security_group" "far" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol        = "tcp"
    from_port       = 80
    to_port         = 80
    security_groups = [aws_security_group.far.id]
  }
}
""",
}


@pytest.mark.parametrize("why", PASSING)
def test_what_cannot_be_known_of_the_subnet_is_said_and_nothing_is_written(why: str, place: Place) -> None:
    made = fixed(place, BASE + DNS + PASSING[why])
    (one,) = [one for finding, one, _ in made.findings if finding.rule == "tracked-resolver"]
    assert not one.safe
    assert [line for line in one.steps if line.startswith(f"no network ACL can keep them out: {why}")], one.steps
    assert "aws_network_acl" not in one.diff


def test_rules_go_before_those_that_there_are(place: Place) -> None:
    fixed(place, BASE + DNS + acl(*EVERYTHING))
    assert [one for one in entries() if one[0] == "in"] == [
        ("in", 33, True, "udp", "10.0.0.0/8", "53"),
        ("in", 66, False, "udp", "0.0.0.0/0", "53"),
        ("in", 100, True, "-1", "0.0.0.0/0", ""),
    ]


def test_rules_fit_into_the_gaps(place: Place) -> None:
    there = [numbered("ingress", 1, "deny", "tcp", "0.0.0.0/0", 23, 23), numbered("ingress", 5, "allow", "-1", "0.0.0.0/0")]
    fixed(place, BASE + DNS + acl(*there, EVERYTHING[1]))
    assert [one[1] for one in entries() if one[0] == "in"] == [1, 2, 3, 5]
    assert "rule_no    = 5" in place.read("main.tf")


def test_rules_without_room_are_refused(place: Place) -> None:
    there = [numbered("ingress", number, "allow", "17", f"10.{number}.0.0/16", 0, 65535) for number in (1, 2)]
    made = fixed(place, BASE + DNS + acl(*there, numbered("ingress", 3, "allow", "-1", "0.0.0.0/0"), EVERYTHING[1]))
    assert made.diff == ""
    assert "the numbers of aws_network_acl.own leave no room for 2 rules" in made.findings[0][1].steps[-1]


def test_the_quota_holds_for_a_new_network_acl_and_may_be_raised(place: Place) -> None:
    listed = [rule("ingress", "tcp", 2 * number, 2 * number, f"10.{number}.0.0/16") for number in range(100, 115)]
    text = BASE + DNS + host("web") + group("web", *listed)
    made = fixed(place, text)
    said_ = "a new network ACL for aws_subnet.dns would have 21 rules, with those that deny the rest; the quota is 20"
    assert made.findings[0][1].steps[-1] == f"no network ACL can keep them out: {said_}; say --acl-rules 40 where it is raised"
    run = sglint("fix", "--acl-rules", "21", "--select", "tracked-resolver", "--write", cwd=place.top)
    assert run.code == 0, run.err
    assert len([one for one in entries() if one[0] == "in"]) == 20
    other = acl(*(numbered("ingress", 10 + number, "allow", "tcp", "10.0.0.0/8", number, number) for number in range(20)))
    other = other.replace("[aws_subnet.dns.id]", "[]")
    assert fixed(place, text + other).findings[0][2]


def test_both_families_and_icmp_keep_what_they_need_and_the_quota_counts_both_denials(place: Place) -> None:
    six = BASE.replace('"10.0.0.0/16"\n', '"10.0.0.0/16"\n  assign_generated_ipv6_cidr_block = true\n', 1)
    six = six.replace(
        '"10.0.1.0/24"\n', '"10.0.1.0/24"\n  ipv6_cidr_block = cidrsubnet(aws_vpc.hub.ipv6_cidr_block, 8, 1)\n', 1
    )
    ping = rule("ingress", "icmpv6", -1, -1, "fd00::/8") + rule("egress", "tcp", 443, 443, "fd00::/8")
    web = group("web", ping.replace("cidr_blocks", "ipv6_cidr_blocks"), rule("ingress", "icmp", -1, -1, "10.9.0.0/16"))
    assert fixed(place, six + DNS + host("web") + web).complete
    found = short()
    assert {("in", "tcp", "fd00::/8", "1024-65535"), ("out", "tcp", "fd00::/8", "443")} <= {
        (way, protocol, peer, ports) for way, allow, protocol, peer, ports in found if allow
    }
    everything = [("in", True, "-1", "::/0", ""), ("in", True, "-1", "0.0.0.0/0", "")]
    assert [one for one in found if one[2] == "-1" and one[0] == "in"] == everything[::-1]
    denied = {(protocol, peer) for way, allow, protocol, peer, _ in found if way == "in" and not allow}
    assert denied == {(protocol, peer) for protocol in ("tcp", "udp") for peer in ("0.0.0.0/0", "::/0")}
    place.write({"main.tf": six + DNS + host("web") + web})
    assert "would have 11 rules, with those that deny the rest" in sglint("fix", "--acl-rules", "10", cwd=place.top).err


def test_the_quota_holds(place: Place) -> None:
    there = [numbered("ingress", 100 + number, "allow", "tcp", f"10.{number}.0.0/16", 22, 22) for number in range(17)]
    rest = [numbered("ingress", 400, "allow", "-1", "0.0.0.0/0"), EVERYTHING[1]]
    made = fixed(place, BASE + DNS + acl(*there, *rest))
    assert made.diff == ""
    assert "would have 21 rules, with those that deny the rest; the quota is 20" in made.findings[0][1].steps[-1]
    assert fixed(place, BASE + DNS + acl(*there[1:], *rest)).complete


def test_a_network_acl_that_keeps_something_out_keeps_doing_so(place: Place) -> None:
    there = [numbered("ingress", 100, "deny", "udp", "10.5.0.0/16", 0, 65535), *EVERYTHING]
    fixed(place, BASE + DNS + acl(there[0], there[1].replace("100", "200"), there[2]))
    model = interfaces(network())["aws_route53_resolver_endpoint.dns"]
    for peer, through in (("10.4.255.255", True), ("10.5.0.0", False), ("10.6.0.0", True), ("11.0.0.0", False)):
        packet = Packet(IN, UDP, ip_address(peer), ip_address("10.0.1.5"), 40000, 53)
        assert acl_allows(model, packet) is through, peer


def test_rules_are_resources_where_those_that_there_are_are(place: Place) -> None:
    ways = (("in", "false"), ("out", "true"))
    alone = "".join(
        f"""
resource "aws_network_acl_rule" "{name}" {{
  network_acl_id = aws_network_acl.own.id
  egress         = {egress}
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "-1"
  cidr_block     = "0.0.0.0/0"
}}
"""
        for name, egress in ways
    )
    fixed(place, BASE + DNS + acl() + alone)
    assert 'resource "aws_network_acl_rule" "own_ingress_33"' in place.read("main.tf")
    assert fix(Request((".",)), RULES).diff == ""


DNS_TEMPLATE = (
    TEMPLATE
    + """\
  Dns:
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: INBOUND
      IpAddresses:
        - SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: dns
      VpcId: !Ref Hub
      SecurityGroupIngress:
        - {IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: 10.0.0.0/9}
"""
)
OWN = """\
  Own:
    Type: AWS::EC2::NetworkAcl
    Properties:
      VpcId: !Ref Hub
  OwnAssociation:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties:
      SubnetId: !Ref Subnet
      NetworkAclId: !Ref Own
  OwnIn:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Own, RuleNumber: 10, RuleAction: allow, Protocol: -1, CidrBlock: 0.0.0.0/0}
  OwnOut:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: !Ref Own, Egress: true, RuleNumber: 10, RuleAction: allow, Protocol: -1, CidrBlock: 0.0.0.0/0}
"""


def test_a_template_gets_a_network_acl(place: Place) -> None:
    made = fixed(place, DNS_TEMPLATE, "template.yaml")
    assert made.complete, "\n".join(made.told())
    assert "the filter moves to SubnetAcl" in "\n".join(made.told())
    (found,) = acls_of(network("template.yaml"), "Subnet")
    assert not isinstance(found, Unknown)
    resources = yaml.load(place.read("template.yaml"), Loader)["Resources"]  # noqa: S506 -- a loader that constructs plain data
    entries = [name for name, one in resources.items() if one["Type"] == "AWS::EC2::NetworkAclEntry"]
    assert resources["SubnetAclAssociation"]["DependsOn"] == entries
    assert ("in", 53, "10.0.0.0/9") in {
        (one.direction.value, getattr(one.ports, "first", None), str(one.peer)) for one in found.entries if one.allow
    }
    assert fix(Request((".",)), RULES).diff == ""


@pytest.mark.parametrize("shared", [True, False])
def test_what_is_added_to_a_template_is_there_under_the_condition_of_what_it_refers_to(place: Place, *, shared: bool) -> None:
    head = 'Parameters:\n  On: {Type: String, Default: x}\nConditions:\n  "Yes": {Fn::Equals: [!Ref On, x]}\n'
    named = ("Subnet", "Association", "Group", "Dns") if shared else ("Subnet",)
    text = head + DNS_TEMPLATE
    for name in named:
        text = text.replace(f"\n  {name}:\n", f'\n  {name}:\n    Condition: "Yes"\n', 1)
    made = fixed(place, text, "template.yaml")
    assert made.complete, "\n".join(made.told())
    resources = yaml.load(place.read("template.yaml"), Loader)["Resources"]  # noqa: S506 -- a loader that constructs plain data
    added = [one for name, one in resources.items() if name.startswith("SubnetAcl")]
    assert len(added) > 3
    assert {one.get("Condition") for one in added} == {"Yes"}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("app.template.yaml", "app.template.yaml is made by CDK: change the construct Hub/Dns/Group, and synthesise again"),
        (".aws-sam/build/template.yaml", ".aws-sam/build/template.yaml is made by sam build: change what it is made of"),
    ],
)
def test_what_a_tool_makes_is_not_changed(place: Place, path: str, says: str) -> None:
    metadata = "\n    Metadata: {aws:cdk:path: Hub/Dns/Group}\n" if "sam" not in path else "\n"
    place.write({path: DNS_TEMPLATE.replace("\n  Group:\n", f"\n  Group:{metadata}")})
    ((_, made, done),) = fix(Request((path,)), RULES).findings
    assert (made.blocked, done) == (says, False)


def test_a_template_keeps_the_rules_of_its_network_acl(place: Place) -> None:
    made = fixed(place, DNS_TEMPLATE + OWN, "template.yaml")
    assert made.complete, "\n".join(made.told())
    (found,) = acls_of(network("template.yaml"), "Subnet")
    assert not isinstance(found, Unknown)
    assert [(one.number, one.allow) for one in found.rules(Direction.IN)] == [(3, True), (6, False), (10, True)]


NUMBERS = {Protocol.TCP: TCP, Protocol.UDP: UDP}
WAYS = {Direction.IN: IN, Direction.OUT: OUT}


def interfaces(net: Network) -> dict[str, Interface]:
    """
    Return the interfaces as the interpreter of packets takes them.
    """
    found = {}
    for one in net.interfaces:
        rules = [
            Rule(WAYS[each.direction], NUMBERS[box.protocol], box.peer, box.ports.first, box.ports.last)
            for each in net.permissions
            if each.group in one.groups
            for box in each.boxes.least
            if box.protocol in NUMBERS and not isinstance(box.peer, (GroupPeer, ListPeer))
        ]
        (wall,) = acls_of(net, str(one.subnets[0]))
        assert not isinstance(wall, Unknown)
        found[one.address] = Interface(rules, [Route(ip_network("0.0.0.0/0"), "transit-gateway")], acl=list(of(wall.entries)))
    return found


def of(listed: Iterable[AclEntry]) -> Iterator[AclRule]:
    """
    Yield the rules of a network ACL for IPv4 as the interpreter takes them.
    """
    numbers = {"-1": EVERY, "tcp": TCP, "udp": UDP, "6": TCP, "17": UDP}
    for one in listed:
        assert not isinstance(one.peer, Unknown)
        assert not isinstance(one.ports, Unknown)
        if family_of(one.peer) is Family.IPV4:
            ports = one.ports or Ports(0, 65535)
            number = numbers[str(one.protocol)]
            yield AclRule(int(str(one.number)), WAYS[one.direction], bool(one.allow), number, one.peer, ports.first, ports.last)


PEERS = ("10.0.0.0/8", "10.7.0.0/16", "192.0.2.0/24", "0.0.0.0/0")
PORTS = ((53, 53), (443, 443), (0, 65535), (1000, 2000))
rules_ = st.builds(
    lambda way, protocol, ports, peer: rule(way, protocol, ports[0], ports[1], peer),
    st.sampled_from(["ingress", "egress"]),
    st.sampled_from(["tcp", "udp"]),
    st.sampled_from(PORTS),
    st.sampled_from(PEERS),
)
several = st.lists(rules_, max_size=3, unique=True)
walls = st.one_of(
    st.none(),
    st.lists(
        st.builds(
            lambda way, action, protocol, ports, peer: (way, action, protocol, peer, ports[0], ports[1]),
            st.sampled_from(["ingress", "egress"]),
            st.sampled_from(["allow", "deny"]),
            st.sampled_from(["6", "17"]),
            st.sampled_from(PORTS),
            st.sampled_from(PEERS),
        ),
        max_size=3,
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(dns=several, web=several, wall=walls, spread=st.integers(min_value=1, max_value=40), unsafe=st.booleans())
def test_nobody_comes_in_newly_but_those_that_are_said_to_and_nobody_is_cut_off(
    *, dns: list[str], web: list[str], wall: list[tuple[str, str, str, str, int, int]] | None, spread: int, unsafe: bool
) -> None:
    text = BASE + group("dns", rule("ingress", "udp", 53, 53, "10.0.0.0/8"), *dns) + host("web") + group("web", *web)
    if wall is not None:
        listed = [numbered(one[0], (at + 1) * spread, *one[1:]) for at, one in enumerate(wall)]
        text += acl(*listed, *(one.replace("100", "900") for one in EVERYTHING))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "main.tf"
        path.write_text(text, encoding="utf-8")
        request = Request((folder,))
        before = interfaces(network(folder))
        made = fix(request, RULES, unsafe=unsafe)
        moved = any("the filter moves to" in line for line in made.told())
        lines = [line for _, one, each in made.findings if each for line in one.admits]
        assert unsafe or not lines
        event(f"{'moved' if moved else 'not moved'}, {'some come in' if lines else 'nobody comes in'}")
        for name, now in made.overlay.items():
            Path(name).write_text(now, encoding="utf-8")
        after = interfaces(network(folder))
        still = {item.finding.rule for item in look(request, RULES).items if item.finding.certain}
    dns_ = "aws_route53_resolver_endpoint.dns"
    ready = [each for finding, _, each in made.findings if dns_ in finding.subjects]
    done = moved and bool(ready) and all(ready)
    if done:
        assert "tracked-resolver" not in still
    for name, one in before.items():
        for packet in packets():
            old, new = delivered(one, packet), delivered(after[name], packet)
            if packet.way == IN:
                told = any(each.has(packet, answered=True) for each in said(lines, name))
                assert not new or old or told, (name, packet)
            if old and acl_allows(one, packet.reply):
                assert new, (name, packet)
                assert acl_allows(after[name], packet.reply), (name, packet)
    fixed_one = after[dns_]
    asked = Packet(IN, UDP, ip_address("10.7.0.1"), ip_address("10.0.1.5"), 40000, 53)
    if done and delivered(fixed_one, asked):
        assert by_rules(fixed_one, asked) is Answer.UNTRACKED


def packets() -> list[Packet]:
    """
    Return packets from and to peers at the edges of what is drawn, on ports at the edges, from the ports of clients.
    """
    peers = ("9.255.255.255", "10.6.255.255", "10.7.0.0", "10.255.255.255", "11.0.0.0", "192.0.2.9", "192.0.3.0", "203.0.113.1")
    ports = (0, 52, 53, 54, 443, 999, 1000, 1023, 1024, 2000, 2001, 65535)
    own = ip_address("10.0.1.5")
    found = []
    for protocol, peer, port in product((TCP, UDP), map(ip_address, peers), ports):
        found.append(Packet(IN, protocol, peer, own, 40000, port))
        found.append(Packet(OUT, protocol, own, peer, 40000, port))
    return found


def delivered(one: Interface, packet: Packet) -> bool:
    """
    Return whether the first packet of a flow gets through.
    """
    return acl_allows(one, packet) and by_rules(one, packet) is not Answer.DENIED
