"""
Makes expressions at random and compares what they come to here and in the real Terraform on PATH.

Run as `python -m tests.evaluate.generate --count 20000 --seed 7`. Every expression on which the two differ is shown with both
answers; the exit code says whether there was one. The same seed gives the same expressions.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import get_args

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import unmark_deep
from sglint.evaluate.terraform.number import parse_number
from sglint.evaluate.terraform.typed import bare, type_of
from sglint.evaluate.terraform.unknown import same
from sglint.source import Span
from sglint.value import Map, Seq, Value, to_json
from tests.evaluate.grammar import expressions
from tests.evaluate.oracle import Case, evaluate, expected, parse, refused, told, typed_outcome
from tests.evaluate.record import output, record

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    An expression with what Terraform says and what is said here.
    """

    expression: str
    terraform: object
    here: Value
    reason: str

    def __str__(self) -> str:
        return f"{self.reason or 'WRONG'}: {self.expression}\n  terraform: {self.terraform}\n  here:      {self.here}"


def _agree(result: Value, case: Case) -> bool:
    if case.get("unknown"):
        return True
    if "answer" not in case:
        return refused(result)
    return (
        not refused(result)
        and same(bare(result), expected(case["answer"], case["type"]))
        and told(type_of(result)) == case["type"]
    )


def reason(text: str, case: Case, result: Value) -> str:
    """
    Return which known limit explains that the two differ, "" when none does.

    A value here shows its type, and does not carry it: what is null or empty has every type, also where that changes a value
    (`==` of two empty lists, a list that is made of them). And a number that a function
    calculated in 53 bits goes on as the shortest decimal that prints like it. What the left side of `&&` or `||` decides
    stands here whatever is wrong on the right, as it does in Terraform from 1.12 on.
    """
    if re.search(r"&&|\|\|", text) and "answer" not in case and not refused(result):
        return "short circuit"
    if re.search(r"\b(?:log|pow)\(", text):
        return "numbers of 53 bits"
    if "Infinity" in str(result):
        return "infinity, which cannot be recorded"
    if "-0" in str(case.get("answer")) and str(case["answer"]).replace("-0", "0") == str(to_json(result)):
        return "negative zero"
    if not hides(text):
        return ""
    alike = not refused(result) and ("answer" not in case or plainly(case["answer"]) == plainly(to_json(result)))
    return "hidden types" if alike else "hidden types, another value"


def hides(text: str) -> bool:
    """
    Return whether a part of the expression is null, empty or an error, so that its type is hidden here.
    """
    return any(map(_hides, _parts(parse(text))))


def plainly(answer: object) -> object:
    """
    Return JSON with every leaf as text and every list sorted, since a set of texts has another order than one of numbers.
    """
    if isinstance(answer, list):
        return sorted(map(plainly, answer), key=repr)
    if isinstance(answer, dict):
        return {key: plainly(item) for key, item in answer.items()}
    text = str(answer).lower() if isinstance(answer, bool) else str(answer)
    number = parse_number(text)
    return text if number is None else str(float(number))


def _parts(node: object) -> Iterator[syntax.Expr]:
    """Yield every expression inside, the names that loops bind left alone."""
    if isinstance(node, tuple):
        for item in node:
            yield from _parts(item)
    elif is_dataclass(node) and not isinstance(node, (type, Span)):
        if isinstance(node, get_args(syntax.Expr)):
            yield node
        for field in fields(node):
            if not (isinstance(node, syntax.Splat) and field.name == "body"):
                yield from _parts(getattr(node, field.name))


def _hides(expr: syntax.Expr) -> bool:
    try:
        value = evaluate(expr)
    except EvaluationError:
        return not any(isinstance(part, syntax.Variable) for part in _parts(expr))
    return _empty(value)


def _empty(value: Value) -> bool:
    value, _ = unmark_deep(value)
    if isinstance(value, (Seq, Map)):
        inner = value.items if isinstance(value, Seq) else tuple(value.values())
        return not inner or any(map(_empty, inner))
    return value is None


def compare(texts: list[str]) -> tuple[list[Disagreement], int]:
    """
    Return the expressions on which the two differ, and how many of them Terraform accepts.
    """
    found: list[Disagreement] = []
    accepted = 0
    for start in range(0, len(texts), BATCH):
        cases: list[Case] = [{"expression": text} for text in texts[start : start + BATCH]]
        for case in record(cases, {f"c{number}": output(case) for number, case in enumerate(cases)}):
            accepted += "answer" in case
            result = typed_outcome(case["expression"])
            if not _agree(result, case):
                why = reason(case["expression"], case, result)
                found.append(Disagreement(case["expression"], case.get("answer", "refused"), result, why))
    return found, accepted


def main() -> None:
    """
    Compare as many expressions as asked for.
    """
    parser = argparse.ArgumentParser(description=str(__doc__).strip().splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="show also those that a known limit explains")
    options = parser.parse_args()
    texts = list(dict.fromkeys(expressions(options.seed, options.count)))
    found, accepted = compare(texts)
    for one in found:
        if options.all or not one.reason:
            sys.stdout.write(f"{one}\n")
    reasons = Counter(one.reason or "no known reason" for one in found)
    told = ", ".join(f"{number} for {why}" for why, number in sorted(reasons.items())) or "0"
    sys.stdout.write(f"seed {options.seed}: {len(texts)} expressions, {accepted} accepted by terraform; differ: {told}\n")
    sys.exit(1 if any(not one.reason for one in found) else 0)


if __name__ == "__main__":
    main()
