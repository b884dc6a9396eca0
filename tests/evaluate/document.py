"""
Writes docs/evaluates.md from what is recorded in fixtures/eval: what is evaluated, what stays unknown and why.

Run as `python -m tests.evaluate.document` after recording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sglint.evaluate.terraform.functions import NAMES
from sglint.value import Ref, Seq, Unknown, Value, unknowns
from tests.evaluate.oracle import Case, cases, outcome
from tests.evaluate.record_modules import MODULES, options
from tests.evaluate.replay_modules import Part, parts, recorded, replay

DOCUMENT = Path(__file__).parents[2] / "docs" / "evaluates.md"
HEAD = """# What is evaluated

This page is generated from the cases in `fixtures/eval`, whose answers are recorded from the real Terraform 1.11.4; the tests
replay them without it. Write the page again with

    python -m tests.evaluate.document

after recording with `python tests/evaluate/record.py`, `python -m tests.evaluate.record_marks` and
`python -m tests.evaluate.record_modules`. Where terraform is installed, the tests also compare fresh expressions; long
comparisons, the second one of what is sensitive, are

    python -m tests.evaluate.generate --count 20000 --seed 7
    python -m tests.evaluate.generate_marks --count 20000 --seed 7

A value that is sensitive or ephemeral is followed like any other, and so is what makes it so: which parts of a result are
sensitive is the same as in Terraform. Whatever is still so where it gets to a resource is unknown to all that follows, with the
variable or call that says so as the reason. No message, finding or problem has the value, nor why it is refused.
"""
LIMITS = """## Where the two are known to differ

* What the left side of `&&` or `||` decides alone stands here whatever is wrong on the right, as it does in Terraform from 1.12
  on; Terraform 1.11 refuses that.
* The type of what only a provider knows is not known here. Where Terraform converts or refuses because of it, the value stays
  as it is written.
* A number may have at most 4000 digits before or after the point.
* The output of a module that says `sensitive = true` is sensitive to its caller, as Terraform documents it; Terraform 1.11.4
  only finds it so when its value is. And an output of the root module that should say so and does not is no problem here.
* A dynamic block over something sensitive has as many blocks as there are elements; what is sensitive in them is what comes
  from the element.
* Whether an argument of a resource may be ephemeral is known to its provider only; an ephemeral value there is unknown.
* Known here and not in a plan: an operation on unknown values whose result is the same whatever they are.
"""


def main() -> None:
    """
    Write the page.
    """
    DOCUMENT.write_text(text(), "utf-8")


def text() -> str:
    """
    Return the page.
    """
    return "\n".join([HEAD, *_counts(), *_configurations(), *_functions(), *_reasons(), LIMITS])


def _counts() -> Iterator[str]:
    rows = [(name, cases(name)) for name in ("operators", "functions", "convert")]
    yield "## What is recorded\n"
    yield "| cases | | of them refused by Terraform, and here |\n|---|---|---|"
    titles = {"operators": "expressions", "functions": "calls of functions", "convert": "conversions to the type of a variable"}
    for name, found in rows:
        yield f"| {len(found)} | {titles[name]} | {sum('error' in case for case in found)} |"
    found = recorded()
    found_marks = cases("marks")
    refused = sum("error" in case for case in found_marks)
    yield f"| {len(found_marks)} | expressions with something sensitive, and what of the result is | {refused} |"
    yield f"| {len(found)} | configurations with {sum(len(case['instances']) for case in found)} instances | |\n"


def _configurations() -> Iterator[str]:
    yield "## Configurations\n"
    yield "Each is planned by Terraform. *known* counts the values that the plan knows, all of which are the same here;"
    yield "*unknown* those that neither knows; *more* those that the plan does not know and that are known here, wholly or as"
    yield "the identity of an attribute; *sensitive* those that both keep back; *not followed* those that are known to the plan"
    yield "and not here.\n"
    yield "| construct | fixture | instances | known | unknown | more | sensitive | not followed |"
    yield "|---|---|---|---|---|---|---|---|"
    rows = []
    for case in recorded():
        title = (MODULES / case["name"] / "main.tf").read_text("utf-8").splitlines()[0].removeprefix("# ")
        counted = Counter(_standing(part) for part in _parts(case))
        numbers = " | ".join(str(counted[key] or "") for key in ("known", "unknown", "more", "sensitive", "not followed"))
        rows.append(f"| {title} | `{case['name']}` | {len(case['instances'])} | {numbers} |")
    yield from sorted(rows)
    yield ""


def _parts(case: Case) -> Iterator[Part]:
    found = {resource.address: resource for resource in replay(case["name"]).resources}
    for address, instance in case["instances"].items():
        yield from (leaf for part in parts(instance, found[address].values.get("input")) for leaf in _leaves(part))


def _leaves(part: Part) -> Iterator[Part]:
    """Yield the parts below one that the plan knows or not as a whole."""
    whole = part.unknown or part.sensitive
    if isinstance(part.here, Seq) and isinstance(part.planned, list) and not whole and part.here.items:
        for planned, here in zip(part.planned, part.here, strict=True):
            yield from _leaves(Part(part.path, planned, unknown=False, here=here))
    else:
        yield part


def _standing(part: Part) -> str:
    plainly = not isinstance(part.here, Unknown)
    if part.sensitive:
        return "sensitive" if part.agrees else "not followed"
    if part.unknown:
        return "more" if plainly else "unknown"
    return "known" if part.agrees else "not followed"


def _functions() -> Iterator[str]:
    yield "## Functions\n"
    yield "All functions of Terraform 1.11, with the number of recorded calls."
    yield "Those in *italics* always stay unknown, as told below.\n"
    found = Counter(_called(case["expression"]) for case in cases("functions"))
    hidden = set(_hidden())
    names = sorted(NAMES)
    yield ", ".join(f"*{name}*" if name in hidden else f"`{name}` {found[name] or ''}".strip() for name in names) + "\n"


def _called(expression: str) -> str:
    match = re.match(r"(?:core::)?(\w+)\(", expression)
    return match[1] if match else ""


def _hidden() -> dict[str, str]:
    """Return why functions stay unknown though all arguments are known."""
    found: dict[str, str] = {}
    known: set[str] = set()
    for case in cases("functions"):
        value, name = outcome(case["expression"]), _called(case["expression"])
        if isinstance(value, Unknown) and name:
            found.setdefault(name, value.why)
        elif "answer" in case:
            known.add(name)
    return {name: why for name, why in found.items() if name not in known}


def _reasons() -> Iterator[str]:
    yield "## What stays unknown, and why\n"
    yield "| what | because |\n|---|---|"
    for name, why in sorted(_hidden().items()):
        yield f"| `{name}(…)` | {why} |"
    rows: dict[str, str] = {}
    for case in recorded():
        for address, value in _values(case["name"]):
            for one in unknowns(value):
                if not one.why.endswith("its value is not shown"):
                    rows.setdefault(one.why, f"`{address}` of `{case['name']}`")
    yield from (f"| {what} | {why} |" for why, what in sorted(rows.items()))
    yield "| `path.cwd` | path.cwd differs between machines |"
    yield "| `terraform.workspace` | terraform.workspace is not given (`--workspace`) |"
    yield "| a variable without a default | no value is given |"
    yield "| what is sensitive or ephemeral | `var.password` is sensitive, and its value is not shown |"
    yield "| a module that is not beside its caller | it is not in this scan (`terraform init` makes it readable) |\n"


def _values(name: str) -> Iterator[tuple[str, Value]]:
    said = options(MODULES / name)
    for resource in replay(name).resources:
        value = resource.values.get("input")
        if not isinstance(value, Ref) or said:
            yield resource.address, value


if __name__ == "__main__":
    main()
