"""
Records again, from the real Terraform on PATH, which values are sensitive in what the expressions of fixtures/eval/marks.json
come to.

Run as `python -m tests.evaluate.record_marks` after adding `{"expression": "..."}` to it. A case has the `answer` and its
`type`, and `sensitive`, which says it of the whole and of each part: first as it is, then after `nonsensitive`, which takes the
mark off the whole and leaves those below.
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

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import unmark, unmark_deep
from sglint.evaluate.terraform.typed import bare
from sglint.evaluate.terraform.unknown import same
from sglint.value import Map, Marked, Seq, Value
from tests.evaluate.oracle import evaluate, expected, parse, refused
from tests.evaluate.record import FIXTURES, failing, written

Json = Any
Case = dict[str, Json]
PATH = FIXTURES / "marks.json"


def main() -> None:
    """
    Rewrite the recorded cases.
    """
    cases = record_marks([{"expression": case["expression"]} for case in json.loads(PATH.read_text("utf-8"))])
    PATH.write_text("[\n" + ",\n".join(map(written, cases)) + "\n]\n", "utf-8")
    sys.stdout.write(f"{PATH.name}: {len(cases)} cases, {sum('error' in case for case in cases)} of them errors\n")


def record_marks(cases: list[Case]) -> list[Case]:
    """
    Fill in the answers of the cases and what is sensitive in them, numbers exact, and return them.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(FIXTURES / "files", root, dirs_exist_ok=True)
        for number, case in enumerate(cases):
            (root / f"c{number}.tf").write_text(_probe(f"c{number}", case["expression"]), "utf-8")
        plan = _plan(root)
    outputs = plan.get("planned_values", {}).get("outputs", {})
    changes = {change["name"]: change["change"] for change in plan.get("resource_changes", [])}
    for number, case in enumerate(cases):
        _fill(case, outputs.get(f"c{number}"), changes.get(f"c{number}"))
    return cases


def _probe(name: str, expression: str) -> str:
    tried = f'try([{expression}\n], "error")'
    both = f'try([{expression}\n, nonsensitive({expression}\n)], "error")'
    output = f'output "{name}" {{\n sensitive = true\n value = {tried}\n}}\n'
    return f'{output}resource "terraform_data" "{name}" {{\n input = {both}\n}}\n'


def _plan(root: Path) -> Json:
    """
    Return the plan of the configuration without the files that Terraform refuses.
    """
    while True:
        failed: set[str] = set()
        for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=plan"]):
            command = ["terraform", *arguments, "-no-color"]
            failed = failed or failing(subprocess.run(command, cwd=root, capture_output=True, text=True, check=False))
        if not failed:
            break
        for name in failed:
            (root / f"{name}.tf").unlink(missing_ok=True)
    command = ["terraform", "show", "-json", "plan"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout, parse_float=Decimal)


def _fill(case: Case, output: Json, change: Json) -> None:
    if output is None or change is None or output.get("value") == "error":
        case["error"] = True
        return
    if "value" not in output:
        case["unknown"] = True
        return
    case["answer"] = output["value"][0]
    case["type"] = output["type"][1][0]
    case["sensitive"] = [_sensitive(part) for part in (change["after_sensitive"]["input"] or [False, False])]


def _sensitive(part: Json) -> Json:
    """
    Return which parts are sensitive; of a part where none is, only that.
    """
    if isinstance(part, bool):
        return part
    if isinstance(part, list):
        found = [_sensitive(item) for item in part]
        return found if any(found) else False
    named = {key: _sensitive(item) for key, item in part.items()}
    return {key: item for key, item in named.items() if item} or False


def outcome_marks(text: str) -> tuple[Value, Json]:
    """
    Return what the expression comes to here, and what of it is sensitive, in the words of a case.
    """
    try:
        value = evaluate(parse(text))
    except EvaluationError as error:
        return f"refused: {error.message}", None
    return bare(unmark_deep(value)[0]), [_sensitive(_marks(value)), _sensitive(_marks(unmark(value)[0]))]


def agrees(case: Case, result: Value, marks: Json) -> bool:
    """
    Return whether what is said here is what the case says.
    """
    if "answer" not in case:
        return bool(case.get("unknown")) or refused(result)
    return not refused(result) and marks == case["sensitive"] and same(result, expected(case["answer"], case["type"]))


def _marks(value: Value) -> Json:
    if isinstance(value, Seq):
        return [_marks(item) for item in value.items]
    if isinstance(value, Map):
        return {key: _marks(item) for key, item in value.items()}
    return isinstance(value, Marked)


if __name__ == "__main__":
    main()
