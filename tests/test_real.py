"""
Whole architectures, modelled on ones that exist: what is said of every interface is what was worked out by hand.

Each is there in Terraform, most as a template beside it, and with a corrected twin in `fixed`, in which nothing is found.
A letter stands for all that is permitted in one direction of one protocol: U untracked, T tracked, B nothing is permitted,
? not decidable; several letters when it depends on the port or the peer. A cell is such as `tcp_in`, `tcp6_in` for IPv6,
or `tcp_in@transit-gateway` for what takes such a route.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sglint.output.inspect import interface_json
from sglint.pipeline import Networks, judge
from sglint.request import request
from sglint.rule import load, run
from tests.command import REPOSITORY

REAL = REPOSITORY / "fixtures" / "real"
LETTERS = {"untracked": "U", "tracked": "T", "unknown": "?"}
RULES = load()
ELSEWHERE = {"unused-ignore", "untracked-cut"}
"""Rules on comments and on plans, of which no architecture has any."""

Interfaces = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stack:
    """
    One version of an architecture in one language, and what is expected of its interfaces.
    """

    name: str
    paths: tuple[Path, ...]
    expected: Interfaces
    rules: tuple[str, ...] | None
    files: tuple[str, ...] = ()
    workspace: str | None = None


def stacks() -> Iterable[Stack]:
    """
    Return all of them: Terraform first, then the template, of each architecture and of its twin.
    """
    for case in sorted(REAL.glob("*/expected*.json")):
        said = json.loads(case.read_text(encoding="utf-8"))
        for version, place, rules in (("interfaces", said.get("root", "."), said.get("rules")), ("fixed", "fixed", [])):
            if version not in said:
                continue
            folder = case.parent / place
            files = tuple(str(path) for name in said.get("files", ()) for path in folder.glob(name))
            name = f"{case.parent.name}-{case.stem}-{version}"
            told = None if rules is None else tuple(rules)
            yield Stack(name, tuple(sorted(folder.glob("*.tf"))), said[version], told, files, said.get("workspace"))
            if (template := folder / "template.yaml").exists():
                translated = {cells["template"]: cells for cells in said[version].values()}
                yield Stack(f"{name}-template", (template,), translated, told)


STACKS = {stack.name: stack for stack in stacks()}


@cache
def networks(name: str) -> Networks:
    """
    Return the judged network of a stack.
    """
    stack = STACKS[name]
    wanted = request(
        stack.paths,
        variables={},
        variable_files=stack.files,
        workspace=stack.workspace,
        plan=None,
        parameters={},
        parameter_files=(),
        config=None,
    )
    found = judge(wanted)
    assert stack.rules is None or not found.problems
    return found


@cache
def inspected(name: str) -> Interfaces:
    """
    Return the interfaces of a stack by address, as `inspect` gives them.
    """
    return {one.interface.address: interface_json("", one) for judged in networks(name).judged for one in judged.judgements}


@cache
def flagged(name: str) -> Counter[tuple[str, str, bool]]:
    """
    Return how many interfaces each rule finds in a stack, certainly and perhaps.
    """
    found, failed = run(RULES, networks(name).judged)
    assert not failed
    return Counter((one.rule, one.severity.value, one.certain) for one in found for _ in one.subjects)


def letters(interface: Mapping[str, Any], cell: str) -> str:
    """
    Return the letters of one cell over the flows of an interface.
    """
    flow, _, via = cell.partition("@")
    protocol, direction = flow.split("_")
    family = "ipv6" if protocol.endswith("6") else "ipv4"
    states = {
        flow["state"]
        for flow in interface["flows"]
        if (flow["family"], flow["protocol"], flow["direction"]) == (family, protocol.removesuffix("6"), direction)
        and via in ("", flow["via"])
    }
    return "".join(sorted(LETTERS[state] for state in states - {"denied"})) or "B"


def differences(expected: Mapping[str, Any], interface: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """
    Return what is expected of the interface and what is said of it, where the two differ.
    """
    wrong = {}
    for cell, want in expected.items():
        if cell == "template":
            continue
        got = letters(interface, cell) if cell.partition("@")[0].endswith(("_in", "_out")) else interface[cell]
        if got not in (want if isinstance(want, list) else [want]):
            wrong[cell] = (want, got)
    return wrong


def flows(interface: Mapping[str, Any]) -> list[list[str]]:
    """
    Return the TCP and UDP flows of an interface without their reasons and the names of groups.
    """
    names = ("direction", "family", "protocol", "ports", "peer", "via", "state")
    told = [{**one, "peer": one["peer"] if "/" in one["peer"] else "a group"} for one in interface["flows"]]
    return sorted([str(one[name]) for name in names] for one in told if one["protocol"] in ("tcp", "udp"))


@pytest.mark.parametrize("name", STACKS)
def test_every_interface_is_judged_as_was_worked_out_by_hand(name: str) -> None:
    expected, interfaces = STACKS[name].expected, inspected(name)
    assert sorted(interfaces) == sorted(expected)
    wrong = {address: found for address, cells in expected.items() if (found := differences(cells, interfaces[address]))}
    assert wrong == {}


@pytest.mark.parametrize("name", [name for name, stack in STACKS.items() if stack.rules is not None])
def test_the_rules_find_what_is_wrong_and_nothing_in_the_twin(name: str) -> None:
    expected = set(STACKS[name].rules or ())
    assert {rule for rule, _, certain in flagged(name) if certain or not expected} == expected


@pytest.mark.parametrize("name", [name for name in STACKS if f"{name}-template" in STACKS])
def test_both_languages_say_the_same(name: str) -> None:
    template = f"{name}-template"
    assert flagged(name) == flagged(template)
    names = {address: cells["template"] for address, cells in STACKS[name].expected.items()}
    for address, logical in names.items():
        here, there = inspected(name)[address], inspected(template)[logical]
        assert [here["role"], here["in_scope"], here["exists"]] == [there["role"], there["in_scope"], there["exists"]]
        assert flows(here) == flows(there)


def test_every_rule_finds_something_in_an_architecture_that_has_a_corrected_twin() -> None:
    paired = [stack for stack in STACKS.values() if stack.rules and stack.name.replace("-interfaces", "-fixed") in STACKS]
    assert {rule for stack in paired for rule in stack.rules or ()} == {rule.slug for rule in RULES} - ELSEWHERE
