"""
Records again, from the real Terraform on PATH, what the configurations in fixtures/eval/modules plan.

Run as `python -m tests.evaluate.record_modules` after changing one. They are written with the built-in `terraform_data`, so
that no provider is needed: its `input` holds the value under test. For each instance `input` has what the plan knows and
`unknown` which parts it does not, `sensitive` which it keeps back. An `options.json` beside a configuration says what it is
run with.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.evaluate.record import FIXTURES, written

MODULES = FIXTURES / "modules"
Json = Any


def options(directory: Path) -> dict[str, Json]:
    """
    Return what is said about the configuration in its options.json, of which it may have none.
    """
    path = directory / "options.json"
    found: dict[str, Json] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def main() -> None:
    """
    Rewrite the recorded plans.
    """
    rows = [written({"name": each.name, "instances": plan(each)}) for each in sorted(MODULES.iterdir())]
    (FIXTURES / "modules.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", "utf-8")
    sys.stdout.write(f"modules.json: {len(rows)} configurations\n")


def plan(directory: Path) -> dict[str, Json]:
    """
    Return the instances that Terraform plans for the configuration, by address.
    """
    flags = {"var": "-var", "file": "-var-file"}
    given = [f"{flags[kind]}={text}" for kind, text in options(directory).get("assignments", [])]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        shutil.copytree(directory, root)
        _terraform(root, "init", "-input=false")
        _terraform(root, "plan", "-input=false", "-out=plan", *given)
        shown = json.loads(_terraform(root, "show", "-json", "plan"), parse_float=Decimal)
    changes = [one for one in shown.get("resource_changes", []) if one["change"]["actions"] == ["create"]]
    return {change["address"]: _instance(change["change"]) for change in changes}


def _instance(change: Json) -> Json:
    row = {"input": change["after"].get("input")}
    unknown, sensitive = (change[key].get("input", False) for key in ("after_unknown", "after_sensitive"))
    told = {"unknown": unknown, "sensitive": sensitive}
    return {**row, **{key: parts for key, parts in told.items() if _any(parts)}}


def _any(unknown: Json) -> bool:
    if isinstance(unknown, bool):
        return unknown
    return any(map(_any, unknown.values() if isinstance(unknown, dict) else unknown))


def _terraform(root: Path, *arguments: str) -> str:
    command = ["terraform", *arguments, "-no-color"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{root}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
