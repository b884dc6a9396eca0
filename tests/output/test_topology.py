"""
The picture of the network: everything in it stands where it can be read, has the page's names, and cannot act.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from sglint.graph import layout
from sglint.output.html import node_id, topology
from sglint.output.html.topology import cut
from sglint.rule import Judged
from sglint.space import Bounds
from tests.output.made import interface, judged, judgement, verdict
from tests.output.test_html import EVIL, network

SVG = "{http://www.w3.org/2000/svg}"


@given(st.data())
def test_no_box_covers_another(data: st.DataObject) -> None:
    tiers = {f"n{place}": tier for place, tier in enumerate(data.draw(st.lists(st.integers(0, 4), max_size=25)))}
    ends = st.sampled_from(sorted(tiers) or ["n0"])
    edges = data.draw(st.lists(st.tuples(ends, ends), max_size=40 if tiers else 0))
    rows = layout(tiers, edges)
    assert rows.keys() == tiers.keys()
    for tier in set(tiers.values()):
        places = sorted(rows[node] for node in tiers if tiers[node] == tier)
        assert all(after - before > 1 - 1e-6 for before, after in pairwise(places))
    assert rows == layout(tiers, list(reversed(edges)))


def test_ways_are_straight_where_they_can_be() -> None:
    tiers = {"a": 0, "b": 0, "y": 1, "x": 1}
    rows = layout(tiers, [("a", "x"), ("b", "y")])
    assert rows["a"] == rows["x"]
    assert rows["b"] == rows["y"]


def drawn(*nets: Judged) -> list[ElementTree.Element]:
    """
    Return the drawings of the picture, read as what they are.
    """
    found = re.findall(r"<svg(.*?</svg>)", str(topology(nets)), re.DOTALL)
    return [ElementTree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg"{part}') for part in found]  # noqa: S314 -- our own


def test_the_way_of_a_finding_is_in_the_picture() -> None:
    (drawing,) = drawn(judged(judgement(verdict(), of=interface())))
    names = [one.get("data-node") for one in drawing.iter(f"{SVG}g") if one.get("data-node")]
    assert node_id(".", "interface", "aws_instance.app") in names
    assert node_id(".", "target", "transit-gateway aws_ec2_transit_gateway.hub") in names
    assert max(Counter(names).values()) == 1
    ends = [(one.get("data-edge") or "").split(" ") for one in drawing.iter(f"{SVG}g") if one.get("data-edge")]
    assert {end for pair in ends for end in pair} <= set(names)
    assert "0.0.0.0/0" in "".join(drawing.itertext())


def test_the_letters_of_an_interface_are_those_of_its_flows() -> None:
    (drawing,) = drawn(judged(judgement(verdict(), of=interface())))
    assert [one.text for one in drawing.iter(f"{SVG}text") if one.get("class") == "letters"] == ["T"]


def test_names_cannot_act() -> None:
    text = str(topology([judged(judgement(verdict(), of=interface(EVIL)))]))
    assert "<script" not in text.lower()
    assert "onerror=" not in re.sub(r"&[^;]+;", "", re.sub(r">[^<]*<", "><", text))


def test_networks_that_nothing_is_in_scope_of_have_no_picture() -> None:
    away = judgement(verdict(), of=interface(), in_scope=Bounds(least=False, most=False))
    assert topology([judged(away)]) == ""


def test_what_is_not_drawn_is_counted() -> None:
    text = str(topology([network(*[True] * 55)]))
    assert text.count('class="letters"') == 40
    assert "15 more interfaces of it not drawn" in text


def test_interfaces_with_nothing_in_common_are_drawn_as_far_as_they_stay_readable() -> None:
    apart = []
    for number, one in enumerate(network(*[True] * 30).judgements):
        ways = [replace(way, subnet=f"aws_subnet.s{number}", table=f"aws_route_table.t{number}") for way in one.paths]
        apart.append(replace(one, paths=tuple(ways)))
    text = str(topology([judged(*apart)]))
    drawn = text.count('class="letters"')
    assert 10 < drawn < 20
    assert text.count("<rect") < 60
    assert f"{30 - drawn} more interfaces of it not drawn" in text


def test_a_long_address_is_cut_where_one_of_its_names_begins() -> None:
    assert cut("aws_network_interface.appliance-of-the-east", 220) == "…appliance-of-the-east"
    assert cut("module.a.aws_instance.b", 220) == "module.a.aws_instance.b"
    assert cut(f"aws_instance.{'x' * 60}", 220).startswith("…xxx")
