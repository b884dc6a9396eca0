"""
Plans and states of `terraform show -json`, alone and beside the module that they are of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from fuzz.archive import head, laid, packed, unpacked
from fuzz.everything import everything
from fuzz.target import FIXTURES, Target
from sglint.request import Request

WORDS = (
    "planned_values prior_state resource_changes configuration root_module child_modules after after_unknown before actions create "
    "delete no-op sensitive_values module_calls expressions references constant_value count_expression for_each_expression"
).split()


def seeds() -> Iterator[bytes]:
    """
    Yield the plans among the fixtures, as short as JSON can be, with and without their modules.
    """
    for path in sorted((FIXTURES / "plans").rglob("*.json")):
        data = json.dumps(json.loads(path.read_bytes()), separators=(",", ":")).encode()
        if len(data) < 400_000:
            yield head("plan.json") + data
            yield head("plan.json") + data + b"\n" + packed(path.parent, "*.tf")


def run(data: bytes) -> str:
    """
    Return what every command says about it.
    """
    files = unpacked(data, "plan.json")
    files.setdefault("plan.json", b"")
    with laid(files) as folder:
        return everything(Request((".",), plan="plan.json", root=".", debug=True)).replace(str(folder), "HERE")


TARGET = Target("plan", seeds, run, tuple(WORDS))
