"""
Traffic profiles: those that come with sglint, and what is said about those that cannot be read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.simulator.arrival import flows_until
from sglint.simulator.bounds import Range, exactly
from sglint.simulator.law import Deterministic, Exponential, Pareto
from sglint.simulator.profile import bundled, load, parse
from sglint.simulator.traffic import Constant, Daily, Exchange, Measured, mean_rate, peak_rate
from sglint.source import SglintError
from sglint.space import Protocol

NUMBERS = ("rate", "life", "packets", "packet_bytes", "closed", "unanswered", "retries", "burstiness")
DEFAULTS = {"life": Deterministic(0.0), "closed": exactly(0.0), "unanswered": 0.0, "retries": (), "burstiness": exactly(1.0)}


@pytest.mark.parametrize("name", bundled())
def test_every_number_of_a_bundled_profile_says_where_it_comes_from(name: str) -> None:
    traffic = load(name)
    assert traffic.name == name and traffic.says
    for one in traffic.classes:
        said = dict(one.sources)
        given = {field for field in NUMBERS if getattr(one, field) != DEFAULTS.get(field)}
        assert set(said) == given, f"{name}, {one.name}"


def test_the_profiles_of_the_usual_interfaces_are_bundled() -> None:
    assert bundled() == ("dns-resolver", "east-west-inspection", "internet-egress-firewall", "iot-long-lived", "web-front-end")


PROFILE = """\
name: mine
says: two kinds
classes:
  - name: a
    protocol: udp
    exchange: stream
    rate: {daily: [1, 2_000]}
    life: {pareto: {shape: 1.5, least: 2, most: 100}}
    burstiness: [1, 30]
    packets: 7
    direction: out
    destination: dynamodb-gateway-endpoint
  - name: b
    protocol: tcp
    rate: {every: 60, values: [0, 5e1]}
    closed: 0.25
    retries: [1, 2]
  - name: c
    protocol: udp
    rate: 5
    gap: {exponential: {mean: 20}}
"""


def test_a_profile_of_ones_own_is_read() -> None:
    first, second, third = parse(PROFILE, "mine.yaml").classes
    assert (first.protocol, first.exchange, first.rate) == (Protocol.UDP, Exchange.STREAM, Daily((1.0, 2000.0)))
    assert (first.life, first.burstiness, first.packets) == (Pareto(1.5, 2.0, 100.0), Range(1.0, 30.0), 7.0)
    assert (first.direction.value, first.destination) == ("out", "dynamodb-gateway-endpoint")
    assert (second.rate, second.closed) == (Measured(60.0, (0.0, 50.0)), exactly(0.25))
    assert (third.rate, third.gap) == (Constant(5.0), Exponential(20.0))
    assert second.retries == (1.0, 2.0)


PARETO = "8: classes[0].life.pareto: shape is 1: a pareto distribution has a mean only above 1; give it a most"
BOTH = "18: classes[2]: life and gap are both given; with a gap the life of a flow follows from its packets"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("least: 2,", "least: .nan,", "8: classes[0].life.pareto.least: is .nan, not a finite number"),
        ("least: 2,", "least: -2,", "8: classes[0].life.pareto: least is -2, less than 1e-09"),
        ("least: 2, most: 100", "most: 100", "8: classes[0].life.pareto: least is missing"),
        ("shape: 1.5, least: 2, most: 100", "shape: 1, least: 2", PARETO),
        ("{daily: [1, 2_000]}", "-5", "7: classes[0].rate: rate is -5, less than 0"),
        ("{daily: [1, 2_000]}", "many", "7: classes[0].rate: is many, not a number"),
        ("{daily: [1, 2_000]}", "{daily: []}", "7: classes[0].rate.daily: daily is empty; give at least one rate"),
        ("{daily: [1, 2_000]}", "{daily: [1, -1]}", "7: classes[0].rate.daily: daily[1] is -1, less than 0"),
        ("{daily: [1, 2_000]}", "{every: 5}", "7: classes[0].rate: is a number, or has daily, or has every and values"),
        ("[1, 30]", "[30, 1]", "9: classes[0].burstiness: the range 30 to 1 ends before it begins"),
        ("[1, 30]", "[1, 2, 3]", "9: classes[0].burstiness: has 3 numbers; a range is its least and its most"),
        ("[1, 30]", "0.5", "4: classes[0]: burstiness is 0.5, less than 1"),
        ("packets: 7", "packet: 7", "10: classes[0].packet: is not a known field; did you mean packets"),
        ("packets: 7", "packets: 7\n    packets: 8", "11: classes[0].packets: is given twice"),
        ("direction: out", "direction: up", "11: classes[0].direction: is up, and can be in, out"),
        ("direction: out", "closed: 0.5", "4: classes[0]: closed and unanswered are about tcp, and the protocol is udp"),
        ("closed: 0.25", "closed: 1.25", "13: classes[1]: closed is 1.25, more than 1"),
        ("rate: 5\n", "rate: 5\n    life: 5\n", BOTH),
        ("closed: 0.25", "exchange: stream", "13: classes[1]: exchange is about udp, and the protocol is tcp"),
        ("2_000", "2e9", "7: classes[0].rate.daily: daily[1] is 2e+09, more than 1e+09"),
        ("[1, 2]", "[1, 1e5]", "13: classes[1]: retries is 100000, more than 3600"),
        ("[1, 2]", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "13: classes[1]: retries has 17 waits, more than 16"),
        ("rate: 5\n", "closed: 1\n    rate: 5\n", "18: classes[2]: closed and gap are both given; "),
        ("name: b", "name: a", "4: classes: two classes have the name a"),
        ("name: mine", "name: ''", "1: name: is not a text"),
        ("name: mine", "name: [", "3: this is not valid yaml: "),
        ("    rate: {every: 60, values: [0, 5e1]}\n", "", "13: classes[1]: rate is missing"),
        ("gap: {exponential: {mean: 20}}", "gap: {}", "21: classes[2].gap: names 0 distributions; give one of "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_field(old: str, new: str, says: str) -> None:
    assert old in PROFILE
    with pytest.raises(SglintError) as caught:
        parse(PROFILE.replace(old, new), "mine.yaml")
    said = str(caught.value).removeprefix("mine.yaml:")
    assert said == says or (says.endswith(" ") and said.startswith(says))


@pytest.mark.parametrize(
    "text", ["", "5", "[]", "name: x\nclasses: 5", "name: x\nclasses: []", "a: &a [*a]", "\x00", "- " * 5_000]
)
def test_no_text_makes_it_stumble(text: str) -> None:
    with pytest.raises(SglintError, match=r"^p\.yaml:"):
        parse(text, "p.yaml")


def test_a_file_that_is_not_there_names_those_that_come_along(tmp_path: Path) -> None:
    with pytest.raises(SglintError, match="No such file or directory; bundled are dns-resolver, "):
        load(str(tmp_path / "no.yaml"))
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SglintError, match="it is not utf-8 text"):
        load(str(tmp_path / "binary.yaml"))
    (tmp_path / "mine.yaml").write_text(PROFILE, encoding="utf-8")
    assert load(str(tmp_path / "mine.yaml")).name == "mine"


def test_rates_add_up() -> None:
    import numpy as np

    t = np.array([0.0, 43_200.0, 86_400.0, 172_800.0])
    assert flows_until(Daily((1.0, 3.0)), t).tolist() == [0.0, 43_200.0, 172_800.0, 345_600.0]
    assert flows_until(Measured(10.0, (1.0, 2.0)), t).tolist() == [0.0, 30.0, 30.0, 30.0]
    assert flows_until(Constant(2.0), t).tolist() == [0.0, 86_400.0, 172_800.0, 345_600.0]
    assert (mean_rate(Daily((1.0, 3.0))), peak_rate(Daily((1.0, 3.0)))) == (2.0, 3.0)
