"""
What the findings about small networks say, read as the owner of the network reads them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sglint
from sglint.finding import Finding

SPOKE = """
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}
resource "aws_subnet" "app" {
  count      = 2
  vpc_id     = aws_vpc.spoke.id
  cidr_block = cidrsubnet(aws_vpc.spoke.cidr_block, 8, count.index)
}
resource "aws_route_table" "app" {
  count  = 2
  vpc_id = aws_vpc.spoke.id
}
resource "aws_route_table_association" "app" {
  count          = 2
  subnet_id      = aws_subnet.app[count.index].id
  route_table_id = aws_route_table.app[count.index].id
}
"""
INSPECTED = (
    SPOKE
    + """
resource "aws_vpc_endpoint" "inspect" {
  count             = 2
  vpc_id            = aws_vpc.spoke.id
  vpc_endpoint_type = "GatewayLoadBalancer"
  service_name      = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
}
resource "aws_route" "out" {
  count                  = 2
  route_table_id         = aws_route_table.app[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  vpc_endpoint_id        = aws_vpc_endpoint.inspect[count.index].id
}
"""
)
APPLIANCE = (
    SPOKE
    + """
resource "aws_lb" "gateway" {
  load_balancer_type = "gateway"
  subnets            = aws_subnet.app[*].id
}
resource "aws_lb_target_group" "firewalls" {
  vpc_id      = aws_vpc.spoke.id
  port        = 6081
  protocol    = "GENEVE"
  target_type = "instance"
}
resource "aws_lb_listener" "gateway" {
  load_balancer_arn = aws_lb.gateway.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.firewalls.arn
  }
}
resource "aws_lb_target_group_attachment" "firewall" {
  target_group_arn = aws_lb_target_group.firewalls.arn
  target_id        = aws_instance.firewall.id
}
resource "aws_instance" "firewall" {
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.firewall.id]
}
"""
)
EXISTING = """
data "aws_vpc" "shared" {
  tags = { Name = "shared" }
}
data "aws_subnet" "shared" {
  vpc_id = data.aws_vpc.shared.id
  tags   = { Tier = "private" }
}
resource "aws_security_group" "app" {
  vpc_id = data.aws_vpc.shared.id
}
resource "aws_instance" "app" {
  subnet_id              = data.aws_subnet.shared.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
resource "aws_vpc_security_group_ingress_rule" "peers" {
  security_group_id            = aws_security_group.app.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
  referenced_security_group_id = aws_security_group.app.id
}
"""


def findings(folder: Path, text: str) -> tuple[Finding, ...]:
    """Return what is found in the text, which must be readable as a whole."""
    (folder / "main.tf").write_text(text)
    report = sglint.lint([folder])
    assert not report.problems
    return report.findings


def said(finding: Finding) -> str:
    """Return all that the finding says."""
    rows = (finding.message, *finding.advice, *(label.text for label in finding.labels))
    return "\n".join((*rows, *(label.text for label in finding.unless)))


def test_nothing_is_said_of_ipv6_where_nothing_shows_that_there_is_any(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, EXISTING)
    assert not found.certain
    assert "TCP 8080 from peers" in found.message
    assert "::/0" not in said(found)
    assert "IPv" not in found.message


def test_one_thing_that_is_not_known_is_told_once(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, EXISTING)
    assert [label.text for label in found.unless if "table" in label.text] == [
        "no table is associated with data.aws_subnet.shared in this code; the main route table of its VPC is not in the text"
    ]


def test_a_main_table_that_is_in_the_text_is_not_said_to_be_missing(tmp_path: Path) -> None:
    looked_up = EXISTING.replace('data "aws_vpc" "shared" {\n', 'resource "aws_vpc" "shared" {\n  cidr_block = "10.0.0.0/16"\n')
    table = """
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.shared.main_route_table_id
}
"""
    (found,) = findings(tmp_path, looked_up.replace("data.aws_vpc.shared", "aws_vpc.shared") + table)
    assert [label.text for label in found.unless if "table" in label.text] == [
        "no table is associated with data.aws_subnet.shared in this code, but one may be elsewhere"
    ]


def test_a_rule_for_ipv4_exposes_nothing_over_ipv6(tmp_path: Path) -> None:
    text = INSPECTED.replace(
        'cidr_block = "10.1.0.0/16"\n', 'cidr_block = "10.1.0.0/16"\n  assign_generated_ipv6_cidr_block = true\n'
    )
    text = text.replace(
        "8, count.index)\n",
        "8, count.index)\n  ipv6_cidr_block = cidrsubnet(aws_vpc.spoke.ipv6_cidr_block, 8, count.index)\n",
    )
    (found,) = findings(
        tmp_path,
        text
        + """
resource "aws_egress_only_internet_gateway" "six" {
  vpc_id = aws_vpc.spoke.id
}
resource "aws_route" "six" {
  route_table_id              = aws_route_table.app[0].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.six.id
}
resource "aws_instance" "app" {
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.app.id]
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    )
    exposes = next(line for line in found.advice if "newly reach it" in line)
    assert "from 0.0.0.0/0" in found.advice[0]
    assert "::/0" not in exposes


def test_the_endpoints_of_all_zones_are_named_once(tmp_path: Path) -> None:
    (found,) = findings(
        tmp_path,
        INSPECTED
        + """
resource "aws_lb" "app" {
  subnets         = aws_subnet.app[*].id
  security_groups = [aws_security_group.app.id]
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  egress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    )
    assert found.message.endswith("behind Gateway Load Balancer endpoint aws_vpc_endpoint.inspect (2 instances)")
    assert "0.0.0.0/0 through Gateway Load Balancer endpoint aws_vpc_endpoint.inspect (2 instances);" in found.advice[1]


def test_the_advice_for_several_instances_names_each_of_their_groups(tmp_path: Path) -> None:
    (found,) = findings(
        tmp_path,
        INSPECTED
        + """
resource "aws_instance" "app" {
  for_each               = { a = 0, b = 1 }
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.app[each.key].id]
}
resource "aws_security_group" "app" {
  for_each = toset(["a", "b", "unused"])
  vpc_id   = aws_vpc.spoke.id
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    )
    groups = 'aws_security_group.app["a"] and aws_security_group.app["b"]'
    assert found.advice[0] == f"to leave them untracked, add to {groups}: ingress TCP 0-65535 from 0.0.0.0/0"


def test_a_gateway_load_balancer_needs_no_more_than_its_port(tmp_path: Path) -> None:
    (found,) = findings(
        tmp_path,
        APPLIANCE
        + """
resource "aws_security_group" "firewall" {
  vpc_id = aws_vpc.spoke.id
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    )
    assert "UDP 6081 from peers" in found.message
    assert found.advice[0].endswith(": ingress UDP 6081 from 0.0.0.0/0")


ONE_RULE = """
resource "aws_security_group" "firewall" {{
  vpc_id = aws_vpc.spoke.id
}}
{looks_up}
resource "aws_vpc_security_group_ingress_rule" "geneve" {{
  security_group_id = aws_security_group.firewall.id
  ip_protocol       = "udp"
  from_port         = 6081
  to_port           = 6081
  cidr_ipv4         = {peer}
}}
resource "aws_vpc_security_group_egress_rule" "all" {{
  security_group_id = aws_security_group.firewall.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}}
"""


@pytest.mark.parametrize(
    ("looks_up", "peer"),
    [
        ('data "aws_vpc" "own" {\n  id = aws_vpc.spoke.id\n}', "data.aws_vpc.own.cidr_block"),
        ('data "aws_subnet" "own" {\n  id = aws_subnet.app[1].id\n}', "data.aws_subnet.own.cidr_block"),
    ],
)
def test_the_range_of_a_vpc_that_the_text_makes_is_known_by_way_of_a_data_source(
    looks_up: str, peer: str, tmp_path: Path
) -> None:
    text = APPLIANCE + ONE_RULE.format(looks_up=looks_up, peer=peer)
    (found,) = (one for one in findings(tmp_path, text) if one.rule == "tracked-forwarder")
    assert found.certain
    assert "udp 6081 from 10.1." in said(found)


@pytest.mark.parametrize("peer", ['"${data.http.mine.body}/32"', 'format("%s/%s", data.http.mine.body, 32)'])
def test_a_single_address_is_never_everyone_whichever_it_is(peer: str, tmp_path: Path) -> None:
    looks_up = 'data "http" "mine" {\n  url = "http://ip.example"\n}'
    rule = ONE_RULE.format(looks_up=looks_up, peer=peer).replace("firewall", "app")
    text = INSPECTED + rule.replace('"udp"\n  from_port         = 6081\n  to_port           = 6081', '"-1"')
    app = """
resource "aws_instance" "app" {
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.app.id]
}
"""
    (found,) = findings(tmp_path, text + app)
    assert found.certain
    assert "TCP and UDP both from peers and that it opens" in found.message
    assert found.advice[0].endswith(": ingress TCP and UDP 0-65535 from 0.0.0.0/0")


def test_a_peer_that_is_not_known_is_not_called_everyone(tmp_path: Path) -> None:
    text = APPLIANCE + ONE_RULE.format(looks_up='variable "peer" {}', peer="var.peer")
    (found,) = (one for one in findings(tmp_path, text) if one.rule == "tracked-forwarder")
    assert not found.certain
    assert "udp 6081 from a CIDR that is not known may be admitted here" in said(found)
    assert "from 0.0.0.0/0 may be" not in said(found)


SHUT = """
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
WEB = """
resource "aws_instance" "app" {
  subnet_id              = aws_subnet.app[0].id
  vpc_security_group_ids = [aws_security_group.app.id]
}
"""


def test_a_group_that_lets_nothing_out_is_told_once_and_lacks_one_rule(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, INSPECTED + SHUT + WEB)
    assert found.rule == "no-egress-rule"
    assert found.certain
    assert "TCP 443 from peers" in found.message
    assert found.advice[0].endswith("app: egress TCP 0-65535 to 0.0.0.0/0")
    assert found.advice[1].startswith("nothing new can reach it")
    assert found.advice[2].startswith("it can newly reach only ")


def test_a_database_may_let_nothing_out(tmp_path: Path) -> None:
    database = """
resource "aws_db_subnet_group" "app" {
  subnet_ids = aws_subnet.app[*].id
}
resource "aws_db_instance" "app" {
  db_subnet_group_name   = aws_db_subnet_group.app.name
  vpc_security_group_ids = [aws_security_group.app.id]
}
"""
    (found,) = findings(tmp_path, INSPECTED + SHUT + database)
    assert found.rule == "tracked-workload"


EGRESS = """
variable "more" {{}}
resource "aws_vpc_security_group_egress_rule" "some" {{
  security_group_id = {group}
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
}}
"""


@pytest.mark.parametrize("group", ["aws_security_group.app.id", "var.more"])
def test_a_group_that_may_let_something_out_is_not_said_to_let_out_nothing(group: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, INSPECTED + SHUT + WEB + EGRESS.format(group=group))
    assert found.rule == "tracked-workload"


def halves(second: str) -> str:
    """Return an instance that lets out to everyone, and lets in half of the addresses by one rule and the rest by another."""
    return (
        INSPECTED
        + WEB
        + f"""
variable "wanted" {{
  type = bool
}}
resource "aws_security_group" "app" {{
  vpc_id = aws_vpc.spoke.id
  egress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }}
  ingress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/1"]
  }}
}}
resource "aws_vpc_security_group_ingress_rule" "second" {{
{second}
  security_group_id = aws_security_group.app.id
  ip_protocol       = "-1"
}}
"""
    )


def test_halves_that_are_joined_expose_nothing_new(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, halves('  cidr_ipv4 = "128.0.0.0/1"'))
    assert found.rule == "split-cidr"
    assert found.certain
    assert found.message.startswith("aws_instance.app: everyone is let in, but by no single rule with 0.0.0.0/0 or ::/0")
    joined = "join the rules of aws_security_group.app into one: ingress TCP and UDP 0-65535 from 0.0.0.0/0"
    assert found.advice[0] == f"to leave them untracked, {joined}"
    assert found.advice[1].startswith("nothing new can reach it, and it can reach nothing new")
    assert len(found.advice) == 2


def test_a_half_that_may_be_missing_makes_no_whole(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, halves('  count = var.wanted ? 1 : 0\n  cidr_ipv4 = "128.0.0.0/1"'))
    assert found.rule == "tracked-workload"
    assert found.certain
    assert found.advice[1].startswith("only these may newly reach it: 128.0.0.0/1 through Gateway Load Balancer endpoint")


def test_nobody_comes_in_through_a_nat_gateway(tmp_path: Path) -> None:
    nat = """
resource "aws_nat_gateway" "out" {
  subnet_id = aws_subnet.app[1].id
}
resource "aws_route" "updates" {
  route_table_id         = aws_route_table.app[0].id
  destination_cidr_block = "198.51.100.0/24"
  nat_gateway_id         = aws_nat_gateway.out.id
}
"""
    closed = SHUT.replace("443", "0").replace('"tcp"', '"-1"').replace("ingress", "egress")
    (inward,) = findings(tmp_path, INSPECTED + closed + WEB + nat)
    assert "198.51.100.0/24" not in inward.advice[1]
    (outward,) = findings(tmp_path, INSPECTED + SHUT + WEB + nat)
    assert "198.51.100.0/24 through NAT gateway aws_nat_gateway.out" in outward.advice[2]


OPEN = """
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_vpc_endpoint" "ssm" {
  vpc_id             = aws_vpc.spoke.id
  vpc_endpoint_type  = "Interface"
  service_name       = "com.amazonaws.eu-west-1.ssm"
  subnet_ids         = aws_subnet.app[*].id
  security_group_ids = [aws_security_group.app.id]
}
"""


def test_a_group_that_something_gains_by_is_not_open_for_nothing(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, INSPECTED + OPEN)
    assert found.rule == "open-without-gain"
    assert found.subjects == ("aws_vpc_endpoint.ssm",)
    assert findings(tmp_path, INSPECTED + OPEN + WEB) == ()


def test_what_a_function_lets_in_exposes_nothing(tmp_path: Path) -> None:
    function = """
resource "aws_lambda_function" "app" {
  function_name = "app"
  role          = "arn:aws:iam::123456789012:role/app"
  vpc_config {
    subnet_ids         = aws_subnet.app[*].id
    security_group_ids = [aws_security_group.app.id]
  }
}
"""
    group, _, _ = OPEN.partition('resource "aws_vpc_endpoint"')
    assert findings(tmp_path, INSPECTED + group + function) == ()


def test_replies_from_peers_that_are_not_known_are_no_near_miss(tmp_path: Path) -> None:
    group = OPEN.partition('resource "aws_vpc_endpoint"')[0].replace(
        'ingress {\n    protocol    = "-1"\n    from_port   = 0\n    to_port     = 0\n    cidr_blocks = ["0.0.0.0/0"]',
        'ingress {\n    protocol    = "tcp"\n    from_port   = 1024\n    to_port     = 65535\n    cidr_blocks = {peers}',
    )
    known = findings(tmp_path, INSPECTED + WEB + group.replace("{peers}", '["0.0.0.0/0"]'))
    assert [found.rule for found in known] == ["reply-ports-narrow", "tracked-workload"]
    unknown = findings(tmp_path, INSPECTED + WEB + 'variable "peers" {}\n' + group.replace("{peers}", "var.peers"))
    assert {found.rule for found in unknown} == {"tracked-workload"}


EDGE = (
    SPOKE
    + """
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.spoke.id
}
resource "aws_route" "out" {
  count                  = 2
  route_table_id         = aws_route_table.app[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.out.id
}
resource "aws_route" "inside" {
  count                  = 2
  route_table_id         = aws_route_table.app[count.index].id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = "tgw-1"
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
)


def instance(public: str) -> str:
    """Return an instance that has a public address, or has none, or may have one."""
    return f"""
resource "aws_instance" "app" {{
  subnet_id                   = aws_subnet.app[0].id
  vpc_security_group_ids      = [aws_security_group.app.id]
  associate_public_ip_address = {public}
}}
"""


def acl(*rules: str) -> str:
    """Return a network ACL with these rules in, which lets everything out: `allow tcp 1024 65535 10.0.0.0/8`."""
    blocks = []
    for number, rule in enumerate((*rules, "out -1 0 0 0.0.0.0/0"), 1):
        action, protocol, first, last, cidr = rule.split()
        way, does = ("egress", "allow") if action == "out" else ("ingress", action)
        blocks.append(f"""
  {way} {{
    rule_no    = {number}
    action     = "{does}"
    protocol   = "{protocol}"
    from_port  = {first}
    to_port    = {last}
    cidr_block = "{cidr}"
  }}""")
    named = 'resource "aws_network_acl" "app" {\n  vpc_id = aws_vpc.spoke.id\n  subnet_ids = aws_subnet.app[*].id'
    return f"\n{named}{''.join(blocks)}\n}}\n"


def advice(folder: Path, text: str) -> tuple[str, ...]:
    """Return what the one finding that advises an opening says about it."""
    (found,) = findings(folder, text)
    return found.advice


def test_what_the_internet_reaches_is_not_to_be_opened(tmp_path: Path) -> None:
    why, instead = advice(tmp_path, EDGE + instance("true"))
    assert why == (
        "do not open aws_security_group.app: with ingress TCP and UDP 0-65535 from 0.0.0.0/0 "
        "the whole internet can newly reach it through internet gateway aws_internet_gateway.out"
    )
    assert instead.startswith("first give these flows an interface without a public address")


def test_what_the_internet_may_reach_is_not_to_be_opened_either(tmp_path: Path) -> None:
    why, _ = advice(tmp_path, EDGE + 'variable "open" {\n  type = bool\n}\n' + instance("var.open"))
    assert why.startswith("do not open")
    assert "the whole internet may newly reach it" in why
    assert why.endswith("(not decided: var.open has no default and no value is given)")


def test_without_a_public_address_the_internet_gateway_lets_nobody_in(tmp_path: Path) -> None:
    add, who = advice(tmp_path, EDGE + instance("false"))
    assert add.startswith("to leave them untracked, add to aws_security_group.app: ingress")
    assert who == (
        "only these can newly reach it: its own VPC; 10.0.0.0/8 through transit gateway tgw-1; filter them with a network ACL"
    )


def test_a_network_acl_in_front_says_who_can_come(tmp_path: Path) -> None:
    narrowed = acl("deny -1 0 0 10.7.0.0/16", "allow tcp 1024 65535 10.0.0.0/8")
    _, who = advice(tmp_path, EDGE + instance("true") + narrowed)
    assert who == (
        "only these can newly reach it: its own VPC; "
        "10.0.0.0/8 but 10.7.0.0/16 through transit gateway tgw-1 (TCP 1024-65535); aws_network_acl.app keeps out the rest"
    )


def test_the_neighbours_meet_no_network_acl(tmp_path: Path) -> None:
    _, who = advice(tmp_path, EDGE + instance("true") + acl("allow tcp 443 443 203.0.113.0/24"))
    assert who == (
        "only these can newly reach it: 10.1.0.0/24 of its own VPC; "
        "203.0.113.0/24 through internet gateway aws_internet_gateway.out (TCP 443); aws_network_acl.app keeps out the rest"
    )


def test_a_network_acl_that_lets_in_only_who_was_let_in_keeps_all_out(tmp_path: Path) -> None:
    rule = """
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {"""
    _, who = advice(tmp_path, EDGE.replace("\n  egress {", rule) + instance("true") + acl("allow -1 0 0 10.0.0.0/8"))
    assert who == "nothing new can reach it: aws_network_acl.app stops all that the rules do not admit already"


def test_a_network_acl_that_is_not_in_the_text_may_let_in_everyone(tmp_path: Path) -> None:
    text = EDGE + instance("false")
    looked_up = text.replace('resource "aws_subnet" "app" {\n  count      = 2', 'data "aws_subnet" "app" {\n  count = 2')
    looked_up = looked_up.replace("aws_subnet.app", "data.aws_subnet.app")
    (found,) = (one for one in findings(tmp_path, looked_up) if one.advice)
    assert "only these may newly reach it" in found.advice[1]
    assert "(not decided: data.aws_subnet.app[0] is not made by this text" in found.advice[1]


def test_the_internet_may_come_by_way_of_the_inspection(tmp_path: Path) -> None:
    gateway = 'resource "aws_internet_gateway" "out" {\n  vpc_id = aws_vpc.spoke.id\n}\n'
    group = EDGE[EDGE.index('resource "aws_security_group"') :]
    _, who = advice(tmp_path, INSPECTED + gateway + group + instance("true"))
    assert who == (
        "only these can newly reach it: its own VPC; 0.0.0.0/0 through Gateway Load Balancer endpoint "
        "aws_vpc_endpoint.inspect[0], the internet with it; filter them with a network ACL"
    )
    _, inside = advice(tmp_path, INSPECTED + gateway + group + instance("false"))
    assert "internet" not in inside


def test_the_own_vpc_comes_in_though_its_range_is_not_known(tmp_path: Path) -> None:
    text = (EDGE + instance("false")).replace('cidr_block = "10.1.0.0/16"', "ipv4_ipam_pool_id = var.pool")
    _, who = advice(tmp_path, text + 'variable "pool" {\n  type = string\n}\n')
    assert who.startswith("only these can newly reach it: its own VPC; 10.0.0.0/8 through transit gateway tgw-1")


BALANCED = """
resource "aws_lb" "app" {
  internal        = true
  subnets         = aws_subnet.app[*].id
  security_groups = [aws_security_group.app.id]
}
resource "aws_lb_listener" "app" {
  load_balancer_arn = aws_lb.app.arn
  port              = 443
  protocol          = "HTTPS"
}
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


def test_a_balancer_opens_connections_of_tcp_alone_and_lets_in_only_what_it_listens_to(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, INSPECTED + BALANCED)
    assert "track TCP that it opens" in found.message
    assert found.advice[0].endswith("ingress TCP 0-65535 from 0.0.0.0/0")
    assert found.advice[1] == "nothing new can reach it: the rules admit all that it listens to already"


ANSWERS = {
    "mount target": """
resource "aws_efs_mount_target" "app" {
  file_system_id  = "fs-0123456789abcdef0"
  subnet_id       = aws_subnet.app[0].id
  security_groups = [aws_security_group.app.id]
}
""",
    "endpoint": """
resource "aws_vpc_endpoint" "app" {
  vpc_id              = aws_vpc.spoke.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.eu-west-1.ssm"
  subnet_ids          = aws_subnet.app[*].id
  security_group_ids  = [aws_security_group.app.id]
}
""",
}


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_what_only_answers_is_not_said_to_open_connections(answers: str, tmp_path: Path) -> None:
    group = BALANCED.partition('resource "aws_security_group"')
    narrow = group[1] + group[2].replace("0.0.0.0/0", "10.0.0.0/8", 1)
    (found,) = findings(tmp_path, INSPECTED + narrow + answers)
    tracked = "no security group changes that" if "Interface" in answers else "track TCP 443 from peers"
    assert tracked in found.message
    assert "opens" not in found.message
    assert findings(tmp_path, INSPECTED + group[1] + group[2] + answers) == ()


def test_ports_next_to_each_other_are_named_as_one_range(tmp_path: Path) -> None:
    rules = "".join(
        f"""
resource "aws_vpc_security_group_egress_rule" "{name}" {{
  security_group_id = aws_security_group.app.id
  ip_protocol       = "tcp"
  from_port         = {first}
  to_port           = {last}
  cidr_ipv4         = "{peer}"
}}
"""
        for name, first, last, peer in (
            ("low", 20, 21, "0.0.0.0/0"),
            ("next", 22, 22, "10.0.0.0/8"),
            ("web", 443, 443, "10.0.0.0/8"),
        )
    )
    group = 'resource "aws_security_group" "app" {\n  vpc_id = aws_vpc.spoke.id\n}\n'
    (found,) = findings(tmp_path, INSPECTED + group + rules + WEB)
    assert "TCP 20-22 and 443 that it opens" in found.message


BEHIND = """
resource "aws_lb_target_group" "app" {
  vpc_id   = aws_vpc.spoke.id
  port     = 80
  protocol = "HTTP"
}
"""
FORWARDS = """  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
"""
INWARD = """
resource "aws_route" "targets" {
  count                  = 2
  route_table_id         = aws_route_table.app[count.index].id
  destination_cidr_block = "10.1.9.0/24"
  vpc_endpoint_id        = aws_vpc_endpoint.inspect[count.index].id
}
"""


def test_what_a_balancer_opens_takes_only_the_routes_to_its_targets(tmp_path: Path) -> None:
    text = INSPECTED + BEHIND + BALANCED.replace('"HTTPS"\n', f'"HTTPS"\n{FORWARDS}')
    assert findings(tmp_path, text) == ()
    (found,) = findings(tmp_path, text + INWARD)
    assert "track TCP that it opens" in found.message
