"""
`sglint graph`: the network itself, in each of its formats.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.command import REPOSITORY, sglint

HUB = REPOSITORY / "fixtures" / "stacks" / "resolver-hub" / "main.tf"
HOSTILE = """
resource "aws_vpc" "v" {
  for_each   = toset(["a\\u001b[2J\\"]; x --> y %%", "<b>&"])
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  for_each   = aws_vpc.v
  vpc_id     = each.value.id
  cidr_block = "10.0.1.0/24"
}
"""


def test_every_format_has_the_same_nodes_and_edges() -> None:
    (root,) = json.loads(sglint("graph", "--format", "json", HUB).out)["roots"]
    wanted = len(root["nodes"]), len(root["edges"])
    dot = sglint("graph", "--format", "dot", HUB).out
    mermaid = sglint("graph", HUB).out
    xml = ElementTree.fromstring(sglint("graph", "--format", "graphml", HUB).out)  # noqa: S314 -- our own output
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert (len(re.findall(r"^    n\d+_\d+ \[", dot, re.MULTILINE)), dot.count(" -> ")) == wanted
    assert (len(re.findall(r"^    n\d+_\d+\[", mermaid, re.MULTILINE)), len(re.findall(r"-->|-\.->", mermaid))) == wanted
    assert (len(list(xml.iter(f"{space}node"))), len(list(xml.iter(f"{space}edge")))) == wanted


def test_the_edges_say_where_an_interface_leads() -> None:
    (root,) = json.loads(sglint("graph", "--format", "json", HUB).out)["roots"]
    names = [f"{node['kind']} {node['address']}" for node in root["nodes"]]
    said = {f"{names[edge['from']]} {edge['says']} {names[edge['to']]}" for edge in root["edges"]}
    assert "interface aws_route53_resolver_endpoint.inbound has security group aws_security_group.inbound" in said
    assert any(text.startswith("route table aws_route_table.dns leads ") and "transit-gateway" in text for text in said)


@pytest.mark.parametrize("format_", ["json", "dot", "graphml", "mermaid"])
def test_hostile_names_stay_names(tmp_path: Path, format_: str) -> None:
    (tmp_path / "main.tf").write_text(HOSTILE, encoding="utf-8")
    run = sglint("graph", "--format", format_, cwd=tmp_path)
    assert run.code == 0
    assert not {letter for letter in run.out if ord(letter) < 32 and letter != "\n"}
    assert "<b>" not in run.out or format_ in ("json", "dot")
    if format_ == "json":
        assert len(json.loads(run.out)["roots"][0]["nodes"]) >= 4
    if format_ == "graphml":
        ElementTree.fromstring(run.out)  # noqa: S314 -- our own output
    if format_ == "mermaid":
        assert all(
            re.fullmatch(r"flowchart LR|  (subgraph r0\[\"[^\"]*\"\]|end)|    n0_\d+.*", line) for line in run.out.splitlines()
        )
        assert not re.search(r"x -->", run.out)
