"""
What is known of an instance's table: timeouts and allowance, by the type of the instance.
"""

from __future__ import annotations

import pytest

from sglint.facts import nitro
from sglint.simulator.bounds import exactly
from sglint.simulator.exports import Provenance, Range, settings
from sglint.simulator.table import vcpus
from sglint.source import SglintError


@pytest.mark.parametrize(
    ("instance_type", "seconds"),
    [
        ("m7i.large", exactly(432_000)),
        ("m8g.large", exactly(432_000)),
        ("c7gn.xlarge", exactly(432_000)),
        ("m8i.large", exactly(350)),
        ("c8gn.48xlarge", exactly(350)),
        ("p6e-gb200.36xlarge", exactly(432_000)),
        ("zz9.large", Range(350, 432_000)),
        (None, Range(350, 432_000)),
    ],
)
def test_the_default_timeout_follows_the_family(instance_type: str | None, seconds: Range) -> None:
    timeouts = settings(instance_type).timeouts
    assert timeouts.tcp_established == seconds
    assert (timeouts.udp, timeouts.udp_stream, timeouts.other) == (exactly(30), exactly(180), exactly(600))


@pytest.mark.parametrize(
    ("instance_type", "least", "most", "provenance"),
    [
        ("m7i-flex.large", 76_957, 76_957, Provenance.OBSERVED),
        ("c7i-flex.large", 76_957, 76_957, Provenance.OBSERVED),
        ("m7i.large", 50_792, 76_957, Provenance.JUDGED),
        ("m7i.2xlarge", 203_167, 307_829, Provenance.JUDGED),
    ],
)
def test_an_allowance_is_an_estimate_unless_it_was_read(
    instance_type: str, least: int, most: int, provenance: Provenance
) -> None:
    allowance = settings(instance_type).allowance
    assert allowance is not None
    assert (allowance.range, allowance.provenance) == (Range(least, most), provenance)


@pytest.mark.parametrize(
    "instance_type", ["c7gn.large", "m6in.large", "m8idn.xlarge", "m5.large", "t3.micro", "m7i.metal-24xl"]
)
def test_nothing_is_said_of_an_allowance_that_nobody_saw(instance_type: str) -> None:
    assert settings(instance_type).allowance is None
    given = settings(instance_type, allowance=1_000).allowance
    assert given is not None and (given.range, given.provenance) == (exactly(1_000), Provenance.MEASURED)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tcp_established": 59}, "tcp_established is 59, less than 60"),
        ({"tcp_established": 432_001}, "tcp_established is 432001, more than 432000"),
        ({"udp": 29}, "udp is 29, less than 30"),
        ({"udp_stream": 181}, "udp_stream is 181, more than 180"),
        ({"udp": float("nan")}, "not a finite number"),
        ({"allowance": 0}, "allowance is 0, less than 1"),
    ],
)
def test_what_ec2_does_not_accept_is_refused(options: dict[str, float], says: str) -> None:
    with pytest.raises(SglintError, match=says):
        settings("m7i.large", **options)


@pytest.mark.parametrize("written", ["large", "m7i", "m7i.", ".large", "m7i.large.x", ""])
def test_what_is_no_instance_type_is_refused(written: str) -> None:
    with pytest.raises(SglintError, match=r"is no instance type; write it like m7i\.large"):
        settings(written)


def test_sizes_and_generations() -> None:
    assert [vcpus(f"m7i.{size}") for size in ("large", "xlarge", "24xlarge", "medium", "metal", "xxlarge")] == [
        2, 4, 96, None, None, None
    ]  # fmt: skip
    assert [nitro(family) for family in ("m5", "c5n", "m7a", "m8g", "c8gn", "t2")] == [2, 3, 4, 5, 6, None]
