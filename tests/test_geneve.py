"""
Which targets of a Gateway Load Balancer are not let have what it sends to them.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

import sglint
from sglint.graph import build
from sglint.model import (
    Appliance,
    Balancer,
    Group,
    HealthCheck,
    Link,
    ListPeer,
    Network,
    Permission,
    Role,
    Subnet,
    TargetGroup,
)
from sglint.rule import Judged, Shut, shut
from sglint.track import judge
from sglint.value import Unknown
from tests.networks import blurred, interface, network, origin, rule, unknown

HEALTH = rule("in", "tcp", "10.0.0.0/16", "8080", line=50)


def hub(
    *rules: Permission,
    subnets: tuple[Link, ...] = ("a",),
    own: str = "subnet",
    cross: bool = False,
    port: int | Unknown | None = 8080,
    group: Group | None = None,
    maybe: Unknown | None = None,
) -> list[Shut]:
    """
    Return what is found of a target in `own`, whose load balancer is in the subnets: `a` and `b` in zones of that name.
    """
    made = network(
        (*rules, HEALTH) if port == 8080 else rules,
        interfaces=[replace(interface(subnets=(own,)), role=Role.FORWARDER)],
        groups=() if group is None else (group,),
        appliances=[Appliance(origin("registered", maybe=maybe), "eni", "lb", "tg")],
    )
    zones = (
        Subnet(origin("a"), "vpc", (ip_network("10.0.10.0/24"),), "a"),
        Subnet(origin("b"), "vpc", (ip_network("10.0.11.0/24"),), "b"),
        Subnet(origin("vague"), "vpc", (unknown("var.range has no default"),)),
    )
    full = replace(
        made,
        subnets=(*made.subnets, *zones),
        balancers=(Balancer(origin("lb"), "gateway", subnets, cross_zone=cross),),
        target_groups=(TargetGroup(origin("tg"), "geneve", health=HealthCheck(port=port)),),
    )
    return list(shut(judged(full)))


def judged(net: Network) -> Judged:
    """
    Return a network with its verdicts.
    """
    return Judged(net, judge(net, build(net)))


def test_what_is_let_in_from_the_subnets_is_not_found() -> None:
    for peer in ("0.0.0.0/0", "10.0.0.0/16", "10.0.10.0/24", "10.0.10.32/28"):
        assert hub(rule("in", "udp", peer, "6081")) == []
    assert hub(rule("in", "all", "10.0.0.0/8")) == []


@pytest.mark.parametrize(
    "wrong",
    [
        rule("in", "udp", "10.0.11.0/24", "6081"),
        rule("in", "udp", "10.0.10.0/24", "6080"),
        rule("in", "tcp", "10.0.10.0/24", "6081"),
        rule("out", "udp", "0.0.0.0/0"),
        rule("in", "udp", "::/0"),
        rule("in", "udp", "sg:sg", "6081"),
        rule("in", "udp", ListPeer("pl", (ip_network("10.0.11.0/24"),)), "6081"),
        rule("in", "udp", "10.0.10.0/24", "6081", group="sg2"),
    ],
)
def test_what_is_not_let_in_is_found_for_sure(wrong: Permission) -> None:
    (found,) = hub(wrong)
    assert found.holds.least
    assert [need.name for need in found.needs] == ["UDP 6081 (GENEVE)"]
    assert found.ranges == (ip_network("10.0.10.0/24"),)


@pytest.mark.parametrize(
    "doubtful",
    [
        blurred("in", "udp", "0.0.0.0/0", "6081"),
        rule("in", "udp", "10.0.10.0/24", "6081", maybe=unknown()),
        rule("in", "udp", "10.0.10.0/24", "6081", group=unknown()),
        rule("in", "udp", "pl:pl", "6081"),
    ],
)
def test_a_rule_that_may_let_it_in_leaves_it_open(doubtful: Permission) -> None:
    (found,) = hub(doubtful)
    assert not found.holds.least
    assert found.holds.because


def test_rules_that_are_not_in_the_text_and_targets_that_need_not_be_there_leave_it_open() -> None:
    (found,) = hub(group=Group(origin("sg"), "vpc", hidden=unknown()))
    assert (found.holds.least, found.holds.because) == (False, (unknown(),))
    (found,) = hub(maybe=unknown())
    assert (found.holds.least, found.holds.because) == (False, (unknown(),))


def test_a_subnet_whose_range_is_not_known_is_somewhere_in_its_vpc() -> None:
    assert hub(rule("in", "udp", "10.0.0.0/16", "6081"), subnets=("vague",)) == []
    (part,) = hub(rule("in", "udp", "10.0.10.0/24", "6081"), subnets=("vague",))
    assert (part.holds.least, part.holds.because) == (False, (unknown("var.range has no default"),))
    (outside,) = hub(rule("in", "udp", "10.1.0.0/16", "6081"), subnets=("vague",))
    assert outside.holds.least


def test_which_nodes_must_be_let_in_hangs_on_zones() -> None:
    only_b = rule("in", "udp", "10.0.11.0/24", "6081")
    both: tuple[Link, ...] = ("a", "b")
    assert hub(only_b, subnets=both, own="b") == []
    (other,) = hub(only_b, subnets=both, own="a")
    assert other.holds.least
    assert other.ranges == (ip_network("10.0.10.0/24"), ip_network("10.0.11.0/24"))
    assert hub(only_b, subnets=both) == [], "the zone of the target is not known, and some node is let in"
    (crossed,) = hub(only_b, subnets=both, own="b", cross=True)
    assert crossed.holds.least


def test_the_port_of_the_health_check() -> None:
    wrapped = rule("in", "udp", "0.0.0.0/0", "6081")

    def tcp(ports: str) -> Permission:
        return rule("in", "tcp", "10.0.10.0/24", ports, line=51)

    (found,) = hub(wrapped, port=443)
    assert [need.name for need in found.needs] == ["TCP 443 (the health check)"]
    assert hub(wrapped, tcp("443"), port=443) == []
    assert hub(wrapped, tcp("80"), port=None) == [] == hub(wrapped, tcp("6081"), port=None)
    (usual,) = hub(wrapped, tcp("443"), port=None)
    assert usual.needs[0].name == "TCP 80 or 6081 (the health check)"
    assert hub(wrapped, tcp("0-65535"), port=unknown()) == []
    (some,), (none,) = hub(wrapped, tcp("443"), port=unknown()), hub(wrapped, port=unknown())
    assert (some.holds.least, none.holds.least) == (False, True)


def test_what_is_sure_is_told_without_what_is_not() -> None:
    (found,) = hub(blurred("in", "udp", "0.0.0.0/0", "6081"), port=443)
    assert found.holds.least
    assert [need.name for need in found.needs] == ["TCP 443 (the health check)"]


def test_a_rule_for_the_range_of_the_load_balancers_own_vpc_lets_it_in(tmp_path: Path) -> None:
    text = """
      data "aws_vpc" "hub" { default = false }
      resource "aws_subnet" "data" {
        vpc_id     = data.aws_vpc.hub.id
        cidr_block = cidrsubnet(data.aws_vpc.hub.cidr_block, 8, 1)
      }
      resource "aws_lb" "gwlb" {
        load_balancer_type = "gateway"
        subnets            = [aws_subnet.data.id]
      }
      resource "aws_lb_target_group" "tg" {
        protocol = "GENEVE"
        port     = 6081
      }
      resource "aws_lb_listener" "l" {
        load_balancer_arn = aws_lb.gwlb.arn
        default_action {
          type             = "forward"
          target_group_arn = aws_lb_target_group.tg.arn
        }
      }
      resource "aws_security_group" "fw" {
        vpc_id = data.aws_vpc.hub.id
        ingress {
          protocol    = "-1"
          from_port   = 0
          to_port     = 0
          cidr_blocks = [data.aws_vpc.NAME.cidr_block]
        }
      }
      data "aws_vpc" "other" { default = true }
      resource "aws_instance" "fw" {
        subnet_id              = aws_subnet.data.id
        vpc_security_group_ids = [aws_security_group.fw.id]
      }
      resource "aws_lb_target_group_attachment" "fw" {
        target_group_arn = aws_lb_target_group.tg.arn
        target_id        = aws_instance.fw.id
      }
    """
    for name, found in (("hub", []), ("other", [False])):
        (tmp_path / "main.tf").write_text(text.replace("NAME", name), encoding="utf-8")
        report = sglint.lint([str(tmp_path)])
        assert [one.certain for one in report.findings if one.rule == "geneve-blocked"] == found
