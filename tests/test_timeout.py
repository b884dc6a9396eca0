"""
How long idle connections of an interface, and of the load balancer that sends to it, are remembered.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import sglint
from sglint.facts import GWLB_IDLE_SECONDS, IDLE_TIMEOUTS, NITRO, XEN
from sglint.model import (
    Appliance,
    Interface,
    Listener,
    Network,
    Seconds,
    TargetGroup,
    Timeouts,
    accepts_timeouts,
    effective,
    gateway_idle,
)
from sglint.rule import find, load
from sglint.source import Span
from sglint.value import Unknown
from tests.networks import interface, origin, unknown

PLACE = Span("main.tf", 1, 1, 1, 9)
FIVE_DAYS = 432_000


def of(*types: str | Unknown, **written: int | Unknown) -> Interface:
    """
    Return an interface whose instances may be of these types, with timeouts that are written for it.
    """
    given = {name: Seconds(value, PLACE) for name, value in written.items()}
    return replace(interface(), instance_types=types, timeouts=Timeouts(origin("template"), **given) if given else None)


def among(*values: str | int) -> Unknown:
    """
    Return one of these values, not known which.
    """
    return Unknown("var.x has no default", among=values)


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ("m8i-flex.large", 350),
        ("C8GN.large", 350),
        ("i8ge.large", 350),
        ("p6e-gb200.36xlarge", FIVE_DAYS),
        ("m8g.large", FIVE_DAYS),
        ("x8g.large", FIVE_DAYS),
        ("c6in.large", FIVE_DAYS),
        ("t3.micro", FIVE_DAYS),
        ("t2.micro", FIVE_DAYS),
    ],
)
def test_the_default_for_tcp_hangs_on_the_family(kind: str, seconds: int) -> None:
    found = effective(of(kind))
    assert (found.tcp_established.least, found.tcp_established.most) == (seconds, seconds)
    assert (found.udp_stream.least, found.udp_stream.most, found.udp.least, found.udp.most) == (180, 180, 30, 30)
    assert not found.tcp_established.because


def test_no_family_is_listed_twice() -> None:
    listed = [*XEN, *(family for families in NITRO.values() for family in families)]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    "types", [(), ("z9.large",), (unknown(),), (among("c6in.large", "c8gn.large"),), ("c6in.large", "c8gn.large")]
)
def test_what_the_types_do_not_decide_is_between_the_two_defaults_and_says_why(types: tuple[str | Unknown, ...]) -> None:
    found = effective(of(*types)).tcp_established
    assert (found.least, found.most) == (350, FIVE_DAYS)
    assert found.because


def test_types_that_agree_decide_it() -> None:
    for types in (("c6in.large", "c7i.large"), (among("c6in.large", "c7i.large"),)):
        found = effective(of(*types)).tcp_established
        assert (found.least, found.most, found.because) == (FIVE_DAYS, FIVE_DAYS, ())


def test_what_is_written_counts_more_than_a_default_even_if_ec2_refuses_it() -> None:
    found = effective(of("c8gn.large", tcp_established=30, udp_stream=60))
    assert (found.tcp_established.least, found.tcp_established.most) == (30, 30)
    assert (found.udp_stream.least, found.udp.least) == (60, 30)


def test_a_written_value_that_is_not_known_is_within_what_ec2_accepts() -> None:
    found = effective(of("c8gn.large", tcp_established=unknown(), udp=among(30, 45))).tcp_established
    assert (found.least, found.most) == IDLE_TIMEOUTS["tcp_established"][:2]
    assert found.because == (unknown(),)
    udp = effective(of("c8gn.large", udp=among(30, 45))).udp
    assert (udp.least, udp.most) == (30, 45)


def test_instances_without_nitro_accept_no_timeouts() -> None:
    assert not accepts_timeouts(of("t2.micro", "x1e.xlarge"))
    for types in ((), ("t2.micro", "t3.micro"), (unknown(),), ("z9.large",)):
        assert accepts_timeouts(of(*types))


@pytest.mark.parametrize(
    ("idle", "stickiness", "bounds"),
    [
        (None, None, (350, 350)),
        (3600, None, (3600, 3600)),
        (3600, "source_ip_dest_ip", (350, 350)),
        (3600, "source_ip_dest_ip_proto", (350, 350)),
        (3600, unknown(), (350, 3600)),
        (unknown(), None, GWLB_IDLE_SECONDS[:2]),
        (unknown(), "source_ip_dest_ip", (350, 350)),
    ],
)
def test_the_timeout_of_a_listener_counts_where_flows_are_told_apart_by_five_parts(
    idle: int | Unknown | None, stickiness: str | Unknown | None, bounds: tuple[int, int]
) -> None:
    written = None if idle is None else Seconds(idle, PLACE)
    network = Network(
        ".",
        listeners=(
            Listener(origin("other"), "lb2", ("tg",), idle=Seconds(60, PLACE)),
            Listener(origin("listener"), "lb", ("tg",), idle=written),
        ),
        target_groups=(TargetGroup(origin("tg"), "geneve", stickiness=stickiness),),
    )
    found, place = gateway_idle(network, Appliance(origin("registered"), "eni", "lb", "tg"))
    assert (found.least, found.most) == bounds
    assert bool(found.because) == (bounds[0] != bounds[1])
    assert (place is None) == (bounds == (350, 350))


def example(slug: str, language: str = "yaml") -> str:
    """
    Return the bad example of a rule.
    """
    found = re.search(rf"^```{language} bad\n(.*?)^```$", find(load(), slug).page, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def certain(text: str, slug: str, folder: Path) -> list[bool]:
    """
    Return whether the findings of a rule in a template are certain.
    """
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    return [one.certain for one in sglint.lint([str(folder)]).findings if one.rule == slug]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", [True]),
        ("InstanceType: c6in.2xlarge", "InstanceType: c8gn.2xlarge", []),
        ("InstanceType: c6in.2xlarge", "InstanceType: t2.large", []),
        ("InstanceType: c6in.2xlarge", "InstanceType: z9.large", [False]),
        ("SourceDestCheck: false", "SourceDestCheck: true", []),
        ("NatGatewayId: !Ref Out", "TransitGatewayId: tgw-0123456789abcdef0", []),
        ("TransitGatewayId: tgw-0123456789abcdef0", "VpcPeeringConnectionId: pcx-1", []),
        (
            "SourceDestCheck: false",
            "SourceDestCheck: false\n      ConnectionTrackingSpecification: {TcpEstablishedTimeout: 432000}",
            [],
        ),
        (
            "SourceDestCheck: false",
            "SourceDestCheck: false\n      ConnectionTrackingSpecification: {UdpTimeout: 30}",
            [True],
        ),
    ],
)
def test_five_days_are_found_where_flows_must_be_tracked_and_a_timeout_can_be_set(
    old: str, new: str, found: list[bool], tmp_path: Path
) -> None:
    text = example("idle-timeout-default")
    assert old in text
    assert certain(text.replace(old, new), "idle-timeout-default", tmp_path) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", [True]),
        ("CidrIp: 10.9.0.0/16", "CidrIp: 0.0.0.0/0", []),
        ("c8gn.2xlarge", "c6in.2xlarge", []),
        ("c8gn.2xlarge", "z9.large", [False]),
        ('Value: "3600"', 'Value: "350"', []),
        ("Port: 6081\n", "Port: 6081\n      TargetGroupAttributes: [{Key: stickiness.enabled, Value: 'true'}, STICKY]\n", []),
    ],
)
def test_a_target_that_forgets_first_is_found_where_its_flows_are_tracked(
    old: str, new: str, found: list[bool], tmp_path: Path
) -> None:
    text = example("idle-timeout-below-gwlb")
    assert old in text
    changed = text.replace(old, new.replace("STICKY", "{Key: stickiness.type, Value: source_ip_dest_ip}"))
    assert certain(changed, "idle-timeout-below-gwlb", tmp_path) == found


def test_the_limits_themselves_are_accepted(tmp_path: Path) -> None:
    text = example("idle-timeout-range")
    for tcp, stream, udp, count in ((60, 60, 30, 0), (432_000, 180, 60, 0), (59, 59, 29, 3), (432_001, 181, 61, 3)):
        values = {"TcpEstablishedTimeout": tcp, "UdpStreamTimeout": stream, "UdpTimeout": udp}
        changed = text
        for name, value in values.items():
            changed = re.sub(rf"{name}: \d+", f"{name}: {value}", changed)
        assert len(certain(changed, "idle-timeout-range", tmp_path)) == count
