"""
Whole architectures, modelled on ones that exist: what `sglint inspect` says of every interface is what was worked out by hand.

A letter stands for all that is permitted in one direction of one protocol: U untracked, T tracked, B nothing is permitted,
? not decidable; several letters when it depends on the port or the peer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.command import REPOSITORY, sglint

REAL = REPOSITORY / "fixtures" / "real"
LETTERS = {"untracked": "U", "tracked": "T", "unknown": "?"}


def letters(interface: Mapping[str, Any], cell: str) -> str:
    """
    Return the letters of one cell, such as `tcp_in`, over the IPv4 flows of an interface as `inspect` gives it.
    """
    protocol, direction = cell.split("_")
    states = {
        flow["state"]
        for flow in interface["flows"]
        if (flow["family"], flow["protocol"], flow["direction"]) == ("ipv4", protocol, direction)
    }
    return "".join(sorted(LETTERS[state] for state in states - {"denied"})) or "B"


def differences(expected: Mapping[str, Any], interface: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """
    Return what is expected of the interface and what is said of it, where the two differ.
    """
    wrong = {}
    for cell, want in expected.items():
        got = letters(interface, cell) if cell.endswith(("_in", "_out")) else interface[cell]
        if got not in (want if isinstance(want, list) else [want]):
            wrong[cell] = (want, got)
    return wrong


@pytest.mark.parametrize("case", sorted(REAL.glob("*/expected*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_inspect_says_what_was_worked_out_by_hand(case: Path) -> None:
    expected = json.loads(case.read_text())
    run = sglint("inspect", expected.get("root", "."), *expected["arguments"], "--format", "json", cwd=case.parent)
    interfaces = {interface["address"]: interface for interface in json.loads(run.out)["interfaces"]}
    assert sorted(interfaces) == sorted(expected["interfaces"])
    wrong = {
        address: found
        for address, cells in expected["interfaces"].items()
        if (found := differences(cells, interfaces[address]))
    }
    assert wrong == {}
