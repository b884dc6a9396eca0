"""
What is open to everyone for nothing is narrowed: to those who can reach it anyway, or to those whom a person names.
"""

from __future__ import annotations

import pytest
import yaml

from tests.fix.places import NETWORK, OPEN, Place
from tests.fix.test_template import ALONE, BASE, Loader, as_json
from tests.fix.test_terraform import changes, rule

ENDPOINT = f"""
resource "aws_security_group" "logs" {{
  vpc_id = aws_vpc.hub.id

  ingress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }}
{OPEN}}}

resource "aws_vpc_endpoint" "logs" {{
  vpc_id             = aws_vpc.hub.id
  service_name       = "com.amazonaws.eu-central-1.logs"
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.data.id]
  security_group_ids = [aws_security_group.logs.id]
}}
"""


def test_what_is_open_without_gain_is_narrowed_to_those_who_can_reach_it(place: Place) -> None:
    place.write({"main.tf": NETWORK.replace("10.0.0.0/8", "192.168.0.0/16") + ENDPOINT})
    fixed = place.fix()
    line = '    cidr_blocks = ["0.0.0.0/0"]'
    both = '    cidr_blocks = ["10.0.0.0/16", "192.168.0.0/16"]'
    assert changes(fixed.diff) == {"main.tf": ([line], [both])}
    assert [made.safe for _, made, _ in fixed.findings] == [True]
    assert place.fix().diff == ""


def test_a_rule_is_taken_out_where_another_one_says_what_it_would_say(place: Place) -> None:
    twice = """
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["192.168.0.0/16"]
  }
"""
    before = NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + ENDPOINT
    place.write({"main.tf": before.replace("\n  ingress {", f"{twice}\n  ingress {{", 1).replace('"tcp"', '"-1"')})
    old, new = changes(place.fix(allowed=("192.168.0.0/16",)).diff)["main.tf"]
    assert new == []
    assert old.count('    cidr_blocks = ["0.0.0.0/0"]') == 1


EDGE = f"""\
resource "aws_vpc" "edge" {{
  cidr_block = "10.1.0.0/16"
}}

resource "aws_subnet" "edge" {{
  vpc_id     = aws_vpc.edge.id
  cidr_block = "10.1.1.0/24"
}}

resource "aws_route_table" "edge" {{
  vpc_id = aws_vpc.edge.id

  route {{
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }}

  route {{
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-0123456789abcdef0"
  }}
}}

resource "aws_route_table_association" "edge" {{
  subnet_id      = aws_subnet.edge.id
  route_table_id = aws_route_table.edge.id
}}

resource "aws_security_group" "edge" {{
  name   = "edge"
  vpc_id = aws_vpc.edge.id

  ingress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"] # all
  }}
{OPEN}}}
"""
HOST = """
resource "aws_instance" "%s" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "c7g.large"
  subnet_id                   = aws_subnet.edge.id
  vpc_security_group_ids      = [aws_security_group.edge.id]
  associate_public_ip_address = %s
}
"""


def test_those_who_share_a_group_with_others_get_one_copy_with_narrower_rules(place: Place) -> None:
    hosts = HOST % ("one", "true") + HOST % ("two", "true") + HOST % ("quiet", "false")
    place.write({"main.tf": EDGE + hosts})
    fixed = place.fix(allowed=("198.51.100.0/24",))
    assert fixed.complete
    assert "deploy a copy with narrower rules for aws_instance.one and aws_instance.two, as others have" in "\n".join(
        fixed.told()
    )
    old, new = changes(fixed.diff)["main.tf"]
    assert old == 2 * ["  vpc_security_group_ids      = [aws_security_group.edge.id]"]
    assert new.count("  vpc_security_group_ids      = [aws_security_group.edge_narrow.id]") == 2
    assert '  name   = "edge-narrow"' in new
    assert '    cidr_blocks = ["198.51.100.0/24"] # all' in new
    rule_ = '\n  ingress {\n    self      = true\n    protocol  = "-1"\n    from_port = 0\n    to_port   = 0\n  }\n'
    place.write({"main.tf": EDGE.replace("\n  ingress {", f"{rule_}\n  ingress {{", 1) + hosts})
    assert place.fix(allowed=("198.51.100.0/24",)).diff == ""


def test_what_everyone_can_reach_is_not_narrowed(place: Place) -> None:
    place.write({"main.tf": NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + ENDPOINT})
    ((_, made, done),) = place.fix().findings
    assert made.blocked.startswith("who must come in is not in the text")
    assert not done


def test_a_person_says_who_may_come_in(place: Place) -> None:
    place.write({"main.tf": NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + ENDPOINT})
    ((_, made, _),) = place.fix(allowed=("fd00::/8",)).findings
    assert made.blocked == "everyone of IPv4 may come in, too: say who of them with --from"
    fixed = place.fix(allowed=("192.168.7.0/24", "fd00::/8", "10.0.0.0/16"))
    line = '    cidr_blocks = ["0.0.0.0/0"]'
    assert changes(fixed.diff) == {"main.tf": ([line], ['    cidr_blocks = ["10.0.0.0/16", "192.168.7.0/24"]'])}
    ((_, made, done),) = fixed.findings
    assert (made.safe, done) == (True, True)
    assert "from then on, that cuts off everyone but 10.0.0.0/16 and 192.168.7.0/24 from aws_vpc_endpoint.logs" in made.steps
    assert place.fix().findings == ()


def test_what_several_interfaces_have_in_common_is_said_once(place: Place) -> None:
    endpoint = ENDPOINT.replace('"Interface"', '"Interface"\n  count              = 2')
    place.write({"main.tf": NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + endpoint})
    ((_, made, _),) = place.fix(allowed=("10.0.0.0/16",)).findings
    (deploy, cuts) = made.steps
    assert deploy.startswith("deploy the narrower rules of aws_security_group.logs: ")
    assert cuts.endswith("from aws_vpc_endpoint.logs[0] and aws_vpc_endpoint.logs[1]")


def test_a_service_that_is_for_all_stays_where_everything_else_is_narrowed(place: Place) -> None:
    web = "\n".join(rule("tcp")).replace("= 0\n", "= 443\n").replace("65535", "443").lstrip("\n")
    endpoint = ENDPOINT.replace("  ingress {", f"{web}\n\n  ingress {{", 1)
    place.write({"main.tf": NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + endpoint})
    fixed = place.fix(allowed=("10.0.0.0/16",))
    assert changes(fixed.diff)["main.tf"][1] == ['    cidr_blocks = ["10.0.0.0/16"]']
    assert web in place.read("main.tf")
    ((_, made, _),) = fixed.findings
    line = next(step for step in made.steps if "cuts off" in step)
    assert "TCP 0-442 and 444-65535" in line
    assert "from then on, that cuts off everyone but 10.0.0.0/16 from" in line


def test_a_rule_that_names_one_range_gets_others_beside_it(place: Place) -> None:
    way = """\
resource "aws_vpc_security_group_%s_rule" "logs" {
  security_group_id = aws_security_group.logs.id # all of it
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
"""
    start, _, rest = ENDPOINT.partition("\n  ingress {")
    endpoint = rest[rest.index("resource") :]
    network = NETWORK.replace("10.0.0.0/8", "0.0.0.0/0") + start + "}\n\n"
    ingress, egress = way % "ingress", way % "egress"
    place.write({"main.tf": f"{network}{ingress}\n{egress}\n{endpoint}"})
    place.fix(allowed=("10.0.0.0/16", "192.168.7.0/24"))
    first, second = (ingress.replace("0.0.0.0/0", one) for one in ("10.0.0.0/16", "192.168.7.0/24"))
    second = second.replace('"logs"', '"logs_2"')
    assert place.read("main.tf") == f"{network}{first}\n{second}\n{egress}\n{endpoint}"
    assert place.fix().findings == ()


TEMPLATE_ENDPOINT = """\
  Logs:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Hub
      ServiceName: com.amazonaws.eu-central-1.logs
      VpcEndpointType: Interface
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref Group]
"""


def with_endpoint(peer: str) -> str:
    """
    Return a template in which an endpoint has the security group, and the route leads to this peer.
    """
    start, _, rest = BASE.replace("10.0.0.0/8", peer).partition("  Data:\n")
    return start + TEMPLATE_ENDPOINT + rest[rest.index("  Group:") :]


def test_a_template_is_narrowed_to_those_who_can_reach_it(place: Place) -> None:
    rules = "      SecurityGroupIngress:\n        - IpProtocol: -1\n          CidrIp: 0.0.0.0/0\n"
    place.write({"t.yaml": with_endpoint("192.168.0.0/16") + rules})
    assert changes(place.fix().diff) == {
        "t.yaml": (
            ["          CidrIp: 0.0.0.0/0"],
            ["          CidrIp: 10.0.0.0/16", "        - IpProtocol: -1", "          CidrIp: 192.168.0.0/16"],
        )
    }
    assert place.fix().diff == ""


@pytest.mark.parametrize("indent", [None, 2])
def test_a_rule_of_a_template_gets_others_beside_it(place: Place, indent: int | None) -> None:
    text = with_endpoint("0.0.0.0/0") + ALONE.replace("udp", "tcp").replace("10.0.0.0/8", "0.0.0.0/0")
    whole = text.replace("FromPort: 6081", "FromPort: 0").replace("ToPort: 6081", "ToPort: 65535")
    before = whole if indent is None else as_json(whole, indent)
    name = "t.yaml" if indent is None else "t.json"
    place.write({name: before})
    place.fix(allowed=("10.0.0.0/16", "192.168.7.0/24"))
    after = yaml.load(place.read(name), Loader)  # noqa: S506 -- a loader that constructs plain data
    expected = yaml.load(before, Loader)  # noqa: S506 -- as above
    rule = expected["Resources"]["Geneve"]["Properties"]
    rule["CidrIp"] = "10.0.0.0/16"
    made = after["Resources"].pop("Geneve2")
    assert after == expected
    assert made["Properties"].pop("GroupId") in (rule.pop("GroupId"), {"Fn::GetAtt": ["Group", "GroupId"]})
    assert made == {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {**rule, "CidrIp": "192.168.7.0/24"}}
    assert place.fix().findings == ()


def test_both_families_are_narrowed_each_to_its_own_ranges(place: Place) -> None:
    """
    Ranges of one family say nothing of who may come in by the other.
    """
    six = NETWORK.replace('cidr_block = "10.0.0.0/16"', 'cidr_block = "10.0.0.0/16"\n  ipv6_cidr_block = "2001:db8:a::/56"')
    six = six.replace('cidr_block = "10.0.1.0/24"', 'cidr_block = "10.0.1.0/24"\n  ipv6_cidr_block = "2001:db8:a::/64"')
    route = 'route {\n    ipv6_cidr_block    = "::/0"\n    transit_gateway_id = "tgw-0123456789abcdef0"\n  }\n\n  route {'
    six = six.replace("route {", route, 1)
    open_ = ENDPOINT.replace('["0.0.0.0/0"]', '["0.0.0.0/0"]\n    ipv6_cidr_blocks = ["::/0"]')
    endpoint = open_.replace('"Interface"', '"Interface"\n  ip_address_type = "dualstack"')
    place.write({"main.tf": six + endpoint})
    ((_, made, _),) = place.fix(allowed=("10.0.0.0/16",)).findings
    assert made.blocked == "everyone of IPv6 may come in, too: say who of them with --from"
    _, new = changes(place.fix(allowed=("10.0.0.0/16", "2001:db8:a::/56")).diff)["main.tf"]
    assert [line.strip() for line in new] == ['cidr_blocks = ["10.0.0.0/16"]', 'ipv6_cidr_blocks = ["2001:db8:a::/56"]']


def test_an_appliance_that_is_open_to_the_internet_is_not_narrowed_and_tracked(place: Place) -> None:
    public = """
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_network_interface" "firewall" {
  subnet_id         = aws_subnet.data.id
  security_groups   = [aws_security_group.logs.id]
  source_dest_check = false
}

resource "aws_eip" "firewall" {
  network_interface = aws_network_interface.firewall.id
}
"""
    out = 'route {\n    cidr_block = "0.0.0.0/0"\n    gateway_id = aws_internet_gateway.out.id\n  }\n\n  route {'
    group = ENDPOINT.partition('resource "aws_vpc_endpoint"')[0]
    place.write({"main.tf": NETWORK.replace("route {", out, 1) + group + public})
    told = {one.rule: made for one, made, _ in place.fix(allowed=("10.0.0.0/8",)).findings}
    assert told["open-to-internet"].blocked == (
        "tracked-forwarder would be found of aws_network_interface.firewall instead: with a narrower security group EC2 tracks "
        "what it forwards; leave the group as it is, and give it no public address or let a network ACL narrow who comes in"
    )
