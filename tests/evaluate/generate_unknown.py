"""
Makes expressions over values that are unknown at plan, and compares what the real Terraform plans for them.

Run as `python -m tests.evaluate.generate_unknown --count 2000 --seed 7`. Wherever the plan knows a value, it must be the same
here; where it does not, anything may be. Terraform knows the types of unknown values, which are not known here: what it
refuses is left out, and what it decides by the type alone is counted.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from sglint.evaluate.terraform.inputs import Inputs
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.root import evaluate_root
from sglint.source import discover
from sglint.value import Ref, Unknown, to_json
from tests.evaluate.generate import plainly
from tests.evaluate.grammar import expressions
from tests.evaluate.record import failing
from tests.evaluate.replay_modules import Part, parts

BATCH = 400
ATOMS = ("terraform_data.text.output", "terraform_data.text.id", "terraform_data.many[*].id", "terraform_data.many[1].id")
BASE = """
resource "terraform_data" "text" { input = "x" }
resource "terraform_data" "many" {
  count = 2
  input = count.index
}
"""


def compare(texts: list[str]) -> tuple[list[str], int, int]:
    """
    Return what differs, how many of the expressions Terraform accepts, and how much is unknown here only.
    """
    found: list[str] = []
    accepted = unknown = 0
    for start in range(0, len(texts), BATCH):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "base.tf").write_text(BASE, "utf-8")
            for number, text in enumerate(texts[start : start + BATCH]):
                (root / f"c{number}.tf").write_text(f'resource "terraform_data" "c{number}" {{\n input = {text}\n}}\n', "utf-8")
            planned = _plan(root)
            library = Library(discover([folder], base=folder).tree)
            here = evaluate_root(library, str(root.resolve()), Inputs(), {"terraform_data"}, {})
        values = {resource.address: resource.values.get("input") for resource in here.resources}
        for number, text in enumerate(texts[start : start + BATCH]):
            instance = planned.get(f"terraform_data.c{number}")
            if instance is not None:
                accepted += 1
                wrong = [
                    part
                    for part in parts(instance, values.get(f"terraform_data.c{number}"))
                    if not (part.agrees or _alike(part))
                ]
                unknown += sum(isinstance(part.here, (Ref, Unknown)) for part in wrong)
                found.extend(_told(text, part) for part in wrong if not isinstance(part.here, (Ref, Unknown)))
    return found, accepted, unknown


def _alike(part: Part) -> bool:
    """Return whether only the type differs, or the order of a set, which depends on what is not known."""
    return plainly(part.planned) == plainly(to_json(part.here)) or bool(re.search(r"\[\d+\]$", part.path))


def _told(text: str, part: Part) -> str:
    return f"{text}\n  {part.path} in the plan: {part.planned}\n  here: {part.here}"


def _plan(root: Path) -> dict[str, dict[str, Any]]:
    """Plan, leaving out the files that Terraform refuses."""
    command = ["terraform", "plan", "-input=false", "-no-color", "-out=plan"]
    while failed := failing(subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)):
        for name in failed:
            (root / f"{name}.tf").unlink(missing_ok=True)
    command = ["terraform", "show", "-json", "plan"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    changes = json.loads(done.stdout, parse_float=Decimal)["resource_changes"]
    return {
        change["address"]: {
            "input": change["change"]["after"].get("input"),
            "unknown": change["change"]["after_unknown"].get("input", False),
        }
        for change in changes
    }


def main() -> None:
    """
    Compare as many expressions as asked for.
    """
    parser = argparse.ArgumentParser(description=str(__doc__).strip().splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = [text for text in dict.fromkeys(expressions(options.seed, options.count, ATOMS)) if "terraform_data" in text]
    found, accepted, unknown = compare(texts)
    sys.stdout.write("".join(f"{one}\n" for one in found))
    counts = f"{len(texts)} expressions, {accepted} accepted by terraform, {len(found)} differ, {unknown} unknown here only"
    sys.stdout.write(f"seed {options.seed}: {counts}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
