"""
Rules of one's own: the example of the page runs, a broken one breaks nothing else, and none is run unasked.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sglint import rule as api
from tests.command import REPOSITORY, Run, sglint

EXAMPLE = REPOSITORY / "fixtures" / "rules" / "firewall_tracked.py"
PAGE = (REPOSITORY / "docs" / "private-rules.md").read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
Json = Any

NETWORK = """
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "inside" {
  subnet_id      = aws_subnet.inside.id
  route_table_id = aws_route_table.inside.id
}

variable "clients" {
  type = string
}

resource "aws_security_group" "inside" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = [var.clients]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_network_interface" "inside" {
  subnet_id       = aws_subnet.inside.id
  security_groups = [aws_security_group.inside.id]
  tags            = { role = "ROLE" }
}
"""

BROKEN = '''"""
It fails.
"""

from sglint.rule import Found, Severity, rule


@rule(severity=Severity.ERROR, since="1.0")
def check(net):
    for judgement in net.judgements:
        yield Found(judgement.interface, "is half looked at")
    raise KeyError("no such thing")
'''


def check(folder: Path, *options: str | Path, role: str = "firewall") -> Run:
    """
    Return how a check of the network ends, in which the interface has this role.
    """
    (folder / "main.tf").write_text(NETWORK.replace("ROLE", role), encoding="utf-8")
    return sglint("check", folder, "--format", "json", *options)


def found(run: Run, slug: str = "firewall-tracked") -> list[Json]:
    return [one for one in json.loads(run.out)["findings"] if one["rule"] == slug]


def test_the_example_of_the_page_is_the_rule_that_is_run_here() -> None:
    assert f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```" in PAGE


def test_what_the_page_lists_is_there_and_the_example_needs_no_more() -> None:
    assert set(api.__all__) >= DOCUMENTED
    imports = [node for node in ast.walk(ast.parse(EXAMPLE.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    assert {alias.name for node in imports if node.module == "sglint.rule" for alias in node.names} <= DOCUMENTED
    assert {node.module for node in imports} == {"sglint.rule", "collections.abc"}


@pytest.mark.parametrize(
    ("role", "clients", "certain"),
    [
        ("firewall", ("--var", "clients=10.0.0.0/8"), [True]),
        ("firewall", ("--var", "clients=0.0.0.0/0"), []),
        ("firewall", (), [False]),
        ("proxy", ("--var", "clients=10.0.0.0/8"), []),
    ],
)
def test_firewalls_must_be_untracked_for_https(
    role: str, clients: tuple[str, ...], certain: list[bool], tmp_path: Path
) -> None:
    run = check(tmp_path, "--rules", EXAMPLE.parent, "--maybe", *clients, role=role)
    assert [one["certain"] for one in found(run)] == certain
    for one in found(run):
        assert one["subject"] == "aws_network_interface.inside"
        assert "a firewall must not track HTTPS, and this one tracks TCP" in one["message"]


def test_its_page_is_printed() -> None:
    run = sglint("explain", "--rules", EXAMPLE.parent, "firewall-tracked")
    assert run.out.startswith("# firewall-tracked (error, since 1.0)\n\nA firewall keeps HTTPS connections")


def test_a_rule_that_fails_is_one_problem_and_the_others_are_run(tmp_path: Path) -> None:
    rules, scanned = tmp_path / "rules", tmp_path / "network"
    rules.mkdir()
    scanned.mkdir()
    (rules / "broken.py").write_text(BROKEN, encoding="utf-8")
    (rules / "firewall_tracked.py").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    run = check(scanned, "--rules", rules, "--var", "clients=10.0.0.0/8")
    assert run.code == 1
    assert len(found(run)) == 1
    assert found(run, "broken") == []
    problems = [one["message"] for one in json.loads(run.out)["problems"]]
    assert problems == ["internal error in the rule broken: KeyError: 'no such thing'"]
    assert "Traceback" not in run.said
    assert check(scanned, "--rules", rules, "--select", "broken").code == 2


def test_rules_in_the_scanned_folder_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", encoding="utf-8")
    (tmp_path / "sglint.toml").write_text("", encoding="utf-8")
    check(tmp_path)
    assert not (tmp_path / "ran").exists()
