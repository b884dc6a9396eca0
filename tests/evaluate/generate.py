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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sglint.evaluate.terraform.number import parse_number
from sglint.evaluate.terraform.typed import bare, type_of
from sglint.evaluate.terraform.unknown import same
from sglint.value import Value
from tests.evaluate.grammar import expressions
from tests.evaluate.oracle import Case, expected, refused, stored, told, typed_outcome
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
    if refused(result) or told(type_of(result)) != case["type"]:
        return False
    return same(stored(bare(result)), expected(case["answer"], case["type"]))


def reason(text: str, case: Case, result: Value) -> str:
    """
    Return why the two differ where they are meant to, "" where they are not.

    What the left side of `&&` or `||` decides stands here whatever is wrong on the right, as it does in Terraform from 1.12 on.
    """
    decided = re.search(r"&&|\|\|", text) and "answer" not in case and not refused(result)
    return "short circuit" if decided else ""


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


Compare: TypeAlias = Callable[[list[str]], tuple[list[Disagreement], int]]


def main(make: Callable[[int, int], Iterable[str]] = expressions, compared: Compare = compare, count: int = 1000) -> None:
    """
    Compare as many expressions as asked for.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="show also those that are meant to differ")
    options = parser.parse_args()
    texts = list(dict.fromkeys(make(options.seed, options.count)))
    found, accepted = compared(texts)
    for one in found:
        if options.all or not one.reason:
            sys.stdout.write(f"{one}\n")
    reasons = Counter(one.reason or "no reason" for one in found)
    told = ", ".join(f"{number} for {why}" for why, number in sorted(reasons.items())) or "0"
    sys.stdout.write(f"seed {options.seed}: {len(texts)} expressions, {accepted} accepted by terraform; differ: {told}\n")
    sys.exit(1 if any(not one.reason for one in found) else 0)


if __name__ == "__main__":
    main()
