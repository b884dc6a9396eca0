"""
Records again, from the real Terraform on PATH, what the expressions in fixtures/eval come to.

Run as `python tests/evaluate/record.py` after adding `{"expression": "..."}` to a fixture file or, in convert.json,
`{"type": "...", "value": "..."}`. A case says `"error": true` where Terraform refuses it or comes to infinity, otherwise
`answer` and its `type` (in convert.json its `kind`). A case with `"unknown": true` differs between runs or machines; only
that Terraform accepts it is checked.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures" / "eval"
Case = dict[str, Any]
RECORDED = ("convert", "functions", "operators", "specification")
MARK = "@@number@@"
"""Stands around a number with a fraction, so that it is written again exactly as it was read."""


def main() -> None:
    """
    Rewrite every fixture file with fresh answers.
    """
    for name in RECORDED:
        path = FIXTURES / f"{name}.json"
        cases: list[Case] = json.loads(path.read_text("utf-8"))
        record_types(cases) if "value" in cases[0] else record(cases, {f"c{n}": output(case) for n, case in enumerate(cases)})
        lines = ",\n".join(map(written, cases))
        path.write_text(f"[\n{lines}\n]\n", "utf-8")
        errors = sum("error" in case for case in cases)
        print(f"{path.name}: {len(cases)} cases, {errors} of them errors")  # noqa: T201


def written(case: Case) -> str:
    """
    Return the case as a line of JSON, numbers exact.
    """
    text = json.dumps(case, ensure_ascii=False, default=lambda number: f"{MARK}{number:f}{MARK}")
    return re.sub(rf'"{MARK}(.*?){MARK}"', r"\1", text)


def output(case: Case) -> str:
    """
    Return the body of the output block that records an expression.
    """
    return f'{{\n sensitive = true\n value = try([{case["expression"]}\n], "error")\n}}'


def record_types(cases: list[Case]) -> None:
    """
    Record what a variable of a type makes of a value: one module for each case, called with the value.
    """
    bodies = {f"c{n}": f"{{ value = [module.c{n}.v] }}" for n in range(len(cases))}
    record(cases, bodies, modules=True)


def record(cases: list[Case], outputs: dict[str, str], *, modules: bool = False) -> list[Case]:
    """
    Fill in the answers of the cases, which are the outputs of one configuration, numbers exact, and return them.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(FIXTURES / "files", root, dirs_exist_ok=True)
        for number, (name, body) in enumerate(outputs.items()):
            text = f'output "{name}" {body}\n'
            if modules:
                _module(root / name, cases[number])
                text += f'module "{name}" {{\n source = "./{name}"\n v = {cases[number]["value"]}\n}}\n'
            (root / f"{name}.tf").write_text(text, "utf-8")
        answers = _apply(root)
    for number, case in enumerate(cases):
        _fill(case, answers.get(f"c{number}"))
    return cases


def _module(folder: Path, case: Case) -> None:
    folder.mkdir()
    body = f'variable "v" {{\n type = {case["type"]}\n}}\noutput "v" {{ value = var.v }}\n'
    (folder / "main.tf").write_text(body, "utf-8")


def _apply(root: Path) -> dict[str, Case]:
    """
    Apply the configuration, leaving out the files that Terraform refuses, and return its outputs.
    """
    while True:
        (root / "terraform.tfstate").unlink(missing_ok=True)
        command = ["terraform", "init", "-input=false", "-no-color"]
        failed = failing(subprocess.run(command, cwd=root, capture_output=True, text=True, check=False))
        if not failed:
            command = ["terraform", "apply", "-auto-approve", "-no-color"]
            failed = failing(subprocess.run(command, cwd=root, capture_output=True, text=True, check=False))
        if not failed:
            break
        for name in failed:
            (root / f"{name}.tf").unlink(missing_ok=True)
    command = ["terraform", "output", "-json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    result: dict[str, Case] = json.loads(done.stdout, parse_float=Decimal)
    return result


def failing(done: subprocess.CompletedProcess[str]) -> set[str]:
    if done.returncode == 0:
        return set()
    errors = [
        part for part in re.split(r"^(?=Error: |Warning: )", done.stdout + done.stderr, flags=re.MULTILINE) if part[0] == "E"
    ]
    found = set(re.findall(r"on (?:\./)?(c\d+)(?:\.tf|/main\.tf) line", "".join(errors)))
    found |= set(re.findall(r'output\s+value\s+"(c\d+)":\s+cannot\s+serialize\s+infinity', done.stdout + done.stderr))
    found |= set(re.findall(r"failed to encode\s+terraform_data\.(c\d+)\s+in\s+state", done.stdout + done.stderr))
    if not found:
        raise SystemExit(done.stdout + done.stderr)
    return found


def _fill(case: Case, answer: Case | None) -> None:
    unknown = case.get("unknown", False)
    key = "kind" if "value" in case else "type"
    for stale in ("answer", "error", key):
        case.pop(stale, None)
    if answer is None or answer["value"] == "error":
        case["error"] = True
    elif answer["value"] is None:
        case["unknown"] = True
    elif not unknown:
        case["answer"] = answer["value"][0]
        case[key] = answer["type"][1][0]


if __name__ == "__main__":
    main()
