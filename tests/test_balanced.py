"""
What is said of flows that arrive through a Network Load Balancer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from sglint.graph import build
from sglint.model import Balanced, Permission
from sglint.space import Bounds, Family, Protocol
from sglint.track import NO_BALANCER, State, Verdict, judge
from sglint.value import Unknown
from tests.command import sglint
from tests.networks import blurred, network, origin, rule, unknown

WEB = rule("in", "tcp", "0.0.0.0/0", "443")
OUT = rule("out", "all", "0.0.0.0/0")
SENT = Balanced(
    origin("attachment", 30), origin("attachment", 30).span, "eni", "aws_lb.x", origin("group", 31), (), (Protocol.TCP,), 443
)


def judged(permissions: Iterable[Permission], *sent: Balanced) -> tuple[Verdict, ...]:
    net = replace(network(permissions), balanced=sent or (SENT,))
    (found,) = judge(net, build(net))
    return found.balanced


def surely(state: State) -> Bounds[State]:
    return Bounds(state, state)


@pytest.mark.parametrize(
    ("admitted", "state", "groups"),
    [
        ([WEB, OUT], State.TRACKED, State.UNTRACKED),
        ([WEB], State.TRACKED, State.TRACKED),
        ([rule("in", "tcp", "10.0.0.0/8", "443"), OUT], State.TRACKED, State.TRACKED),
        ([rule("in", "tcp", "sg:balancer", "443"), OUT], State.TRACKED, State.TRACKED),
        ([rule("in", "tcp", "0.0.0.0/0", "80"), OUT], State.DENIED, State.DENIED),
    ],
)
def test_what_is_let_in_is_tracked_however_open_the_groups_are(admitted: list[Permission], state: State, groups: State) -> None:
    (found,) = judged(admitted)
    assert (found.state, found.by_groups) == (surely(state), surely(groups))
    assert (found.peer, str(found.ports), found.automatic) == ("aws_lb.x", "443", ("Network Load Balancer",))


def test_the_reason_is_the_attachment() -> None:
    (found,) = judged([WEB, OUT])
    words = "attachment makes it a target: through a Network Load Balancer every flow is tracked automatically"
    assert (found.reasons[0].text, found.reasons[0].span) == (words, SENT.place)
    assert [one.text for one in found.reasons[1:]] == ["tcp 443 from 0.0.0.0/0 is admitted here"]


def test_a_rule_that_is_not_known_leaves_open_whether_it_is_let_in() -> None:
    (found,) = judged([blurred("in", "tcp", "0.0.0.0/0", "443"), OUT])
    assert (found.state.least, found.state.most) == (State.DENIED, State.TRACKED)
    assert [one.why for one in found.state.because] == ["var.cidr has no default"]


def test_a_port_that_is_not_known_may_be_one_that_is_let_in() -> None:
    (found,) = judged([WEB, OUT], replace(SENT, port=unknown("var.port has no default")))
    assert (found.state.least, found.state.most) == (State.DENIED, State.TRACKED)
    assert [one.why for one in found.state.because] == ["var.port has no default"]
    (open_to_all,) = judged([rule("in", "tcp", "0.0.0.0/0"), OUT], replace(SENT, port=unknown()))
    assert open_to_all.state == surely(State.TRACKED)


def test_a_load_balancer_that_need_not_be_a_network_one_leaves_the_groups_their_say() -> None:
    (found,) = judged([WEB, OUT], replace(SENT, network=unknown("var.type has no default")))
    assert (found.state.least, found.state.most, found.automatic) == (State.TRACKED, State.UNTRACKED, ())
    assert [one.why for one in found.state.because] == ["var.type has no default"]


def test_a_load_balancer_that_is_not_in_the_text_is_told_as_not_known() -> None:
    (found,) = judged([WEB, OUT], replace(SENT, balancer=Unknown("no listener in the text forwards to group")))
    assert (found.peer, found.state) == (NO_BALANCER, surely(State.TRACKED))
    assert any("no listener in the text forwards to group" in one.text for one in found.reasons)


def test_an_attachment_that_may_not_exist_says_what_decides_that() -> None:
    (found,) = judged([WEB, OUT], replace(SENT, origin=origin("attachment", 30, unknown())))
    assert "whether it is a target is not decided, because var.x has no default" in [one.text for one in found.reasons]


def test_attachments_to_one_port_are_one_class_and_each_port_is_its_own() -> None:
    again = replace(SENT, origin=origin("other", 32), place=origin("other", 32).span)
    found = judged([WEB, OUT], SENT, again, replace(SENT, port=80))
    assert [str(one.ports) for one in found] == ["443", "80"]
    assert sum("makes it a target" in one.text for one in found[0].reasons) == 2


def test_a_family_that_the_interface_does_not_have_gets_nothing() -> None:
    assert judged([WEB, OUT], replace(SENT, families=(Family.IPV6,))) == ()


TERRAFORM = """
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_route_table" "r" { vpc_id = aws_vpc.v.id }
resource "aws_route_table_association" "r" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.r.id
}
resource "aws_route" "tgw" {
  route_table_id         = aws_route_table.r.id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = "tgw-1"
}
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.open.id]
}
"""
BALANCED = """
resource "aws_lb" "x" {
  load_balancer_type = "network"
  subnets            = [aws_subnet.s.id]
}
resource "aws_lb_target_group" "t" {
  port     = 443
  protocol = "TCP"
}
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.x.arn
  port              = 443
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
}
"""
ATTACHED = """resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_instance.web.id
}
"""


def test_inspect_shows_the_class_with_the_place_of_the_attachment_and_check_finds_nothing_new(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM + BALANCED, encoding="utf-8")
    before = json.loads(sglint("inspect", str(tmp_path), "--interface", "aws_instance.web", "--format", "json").out)
    checked = sglint("check", str(tmp_path), "--format", "json").out
    (tmp_path / "lb.tf").write_text(ATTACHED, encoding="utf-8")
    text = sglint("inspect", str(tmp_path), "--interface", "aws_instance.web").out
    assert "  in  ipv4 tcp   443         via network load balancer aws_lb.x: tracked automatically\n" in text
    after = json.loads(sglint("inspect", str(tmp_path), "--interface", "aws_instance.web", "--format", "json").out)
    *others, one = after["interfaces"][0]["flows"]
    assert others == before["interfaces"][0]["flows"]
    told = {name: one[name] for name in ("direction", "protocol", "ports", "peer", "via", "state", "by_groups", "automatic")}
    assert told == {
        "direction": "in",
        "protocol": "tcp",
        "ports": "443",
        "peer": "aws_lb.x",
        "via": "network-load-balancer",
        "state": "tracked",
        "by_groups": "untracked",
        "automatic": ["Network Load Balancer"],
    }
    assert (Path(one["reasons"][0]["file"]).name, one["reasons"][0]["line"]) == ("lb.tf", 1)
    assert json.loads(checked)["findings"] == json.loads(sglint("check", str(tmp_path), "--format", "json").out)["findings"]


SERVED = """resource "aws_ecs_service" "api" {
  network_configuration {
    subnets         = [aws_subnet.s.id]
    security_groups = [aws_security_group.open.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.t.arn
    container_name   = "api"
    container_port   = 8443
  }
}
resource "aws_lb" "web" {
  internal        = true
  subnets         = [aws_subnet.s.id]
  security_groups = [aws_security_group.open.id]
}
resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_lb.web.arn
}
"""


@pytest.mark.parametrize(("address", "port"), [("aws_ecs_service.api", "8443"), ("aws_lb.web", "443")])
def test_tasks_and_application_load_balancers_are_targets_too(address: str, port: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM + BALANCED + SERVED, encoding="utf-8")
    text = sglint("inspect", str(tmp_path), "--interface", address).out
    assert f"  in  ipv4 tcp   {port:11} via network load balancer aws_lb.x: tracked automatically\n" in text


ACCELERATED = """
resource "aws_globalaccelerator_accelerator" "edge" {
  name = "edge"
}
resource "aws_globalaccelerator_listener" "edge" {
  accelerator_arn = aws_globalaccelerator_accelerator.edge.id
  protocol        = "UDP"
  port_range {
    from_port = 53
    to_port   = 53
  }
  port_range {
    from_port = 8000
    to_port   = 8010
  }
}
resource "aws_globalaccelerator_endpoint_group" "edge" {
  listener_arn = aws_globalaccelerator_listener.edge.id
  endpoint_configuration {
    endpoint_id = %s
  }
  port_override {
    listener_port = 53
    endpoint_port = 5353
  }
}
resource "aws_eip" "web" {
  instance = aws_instance.web.id
}
"""


@pytest.mark.parametrize("endpoint", ["aws_instance.web.id", "aws_eip.web.id"])
def test_what_comes_by_global_accelerator_is_tracked_automatically(endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM + ACCELERATED % endpoint, encoding="utf-8")
    flows = json.loads(sglint("inspect", str(tmp_path), "--format", "json").out)["interfaces"][0]["flows"]
    sent = [one for one in flows if one["via"] == "global-accelerator"]
    told = [(one["protocol"], one["ports"], one["peer"], one["state"], one["by_groups"], one["automatic"]) for one in sent]
    whole = ("aws_globalaccelerator_accelerator.edge", "tracked", "untracked", ["Global Accelerator"])
    assert told == [("udp", "5353", *whole), ("udp", "8000-8010", *whole)]
    text = sglint("inspect", str(tmp_path)).out
    assert " via global accelerator aws_globalaccelerator_accelerator.edge: tracked automatically\n" in text


TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: x, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}]}
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Subnets: [!Ref Subnet], SecurityGroups: [!Ref Open]}
  Tcp:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: network, Subnets: [!Ref Subnet], SecurityGroups: [!Ref Open]}
  Endpoints:
    Type: AWS::GlobalAccelerator::EndpointGroup
    Properties: {ListenerArn: !ImportValue listener, EndpointConfigurations: [{EndpointId: !Ref Web}, {EndpointId: !Ref Tcp}]}
"""


def test_an_accelerator_that_is_not_in_the_text_may_send_to_any_port(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    shown = json.loads(sglint("inspect", str(tmp_path), "--format", "json").out)["interfaces"]
    sent = {one["address"]: [flow for flow in one["flows"] if flow["via"] == "global-accelerator"] for one in shown}
    assert [(one["protocol"], one["ports"], one["peer"], one["state"]) for one in sent["Web"]] == [
        ("tcp", "0-65535", "an accelerator that is not known", "tracked"),
        ("udp", "0-65535", "an accelerator that is not known", "tracked"),
    ]
    assert sent["Tcp"] == []
