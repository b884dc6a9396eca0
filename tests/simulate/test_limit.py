"""
The rate that fills a table, against what the whole simulator says of the same traffic.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sglint.simulator.exports import TRACKED, UNTRACKED, Constant, Options, filling, filling_rate, load, settings, simulate
from sglint.simulator.traffic import mean_rate
from sglint.space import Protocol

CLOSED_FORMS = Options(flows=0)


@pytest.mark.parametrize("profile", ["dns-resolver", "internet-egress-firewall", "iot-long-lived"])
@pytest.mark.parametrize("instance_type", ["m7i.xlarge", "m8i.xlarge"])
def test_it_is_what_the_simulator_says_can_be_sustained(profile: str, instance_type: str) -> None:
    traffic, table = load(profile), settings(instance_type)
    found, sustainable = filling_rate(traffic, table, TRACKED), simulate(traffic, table, TRACKED, None, CLOSED_FORMS).today
    assert found is not None and sustainable.sustainable is not None
    assert found.least == pytest.approx(sustainable.sustainable.least, rel=0.15)
    assert found.most == pytest.approx(sustainable.sustainable.most, rel=0.02)


@pytest.mark.parametrize("profile", ["dns-resolver", "internet-egress-firewall", "web-front-end", "east-west-inspection"])
def test_at_the_least_rate_the_worst_case_just_fits(profile: str) -> None:
    """
    Kept up, that rate leaves no headroom in the worst case; flows of the same mix at the most rate leave none in the best.
    """
    traffic, table = load(profile), settings("m8i.large")
    found = filling_rate(traffic, table, TRACKED)
    assert found is not None
    rates = [mean_rate(one.rate) for one in traffic.classes]
    for rate, end in ((found.least, "least"), (found.most, "most")):
        steady = (
            replace(one, rate=Constant(mean * rate / sum(rates))) for one, mean in zip(traffic.classes, rates, strict=True)
        )
        headroom = simulate(replace(traffic, classes=tuple(steady)), table, TRACKED, None, CLOSED_FORMS).today.headroom
        assert headroom is not None
        assert getattr(headroom, end) == pytest.approx(0.0, abs=0.01)


def test_only_flows_of_the_protocols_count() -> None:
    profiles = (load("web-front-end"), load("dns-resolver"))
    both = filling(profiles, (Protocol.TCP, Protocol.UDP), "m7i.large", {})
    names = filling(profiles, (Protocol.UDP,), "m7i.large", {})
    assert both is not None and (both.profile, both.protocols) == ("web-front-end", (Protocol.TCP,))
    assert names is not None and (names.profile, names.protocols) == ("dns-resolver", (Protocol.UDP,))
    assert filling(profiles, (Protocol.OTHER,), "m7i.large", {}) is None


def test_a_shorter_timeout_leaves_room_for_more() -> None:
    profile = (load("web-front-end"),)
    usual = filling(profile, (Protocol.TCP,), "m7i.large", {})
    shorter = filling(profile, (Protocol.TCP,), "m7i.large", {"tcp_established": 350})
    assert usual is not None and shorter is not None
    assert usual.rate.least < shorter.rate.least


@pytest.mark.parametrize(
    ("instance_type", "timeouts"), [("c5n.2xlarge", {}), ("t3.micro", {}), ("large", {}), ("m7i.large", {"udp": 5})]
)
def test_nothing_is_said_where_nothing_is_known(instance_type: str, timeouts: dict[str, int]) -> None:
    assert filling((load("dns-resolver"),), (Protocol.UDP,), instance_type, timeouts) is None


def test_what_is_untracked_fills_nothing() -> None:
    assert filling_rate(load("dns-resolver"), settings("m7i.large"), UNTRACKED) is None
