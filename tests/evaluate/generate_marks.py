"""
Makes expressions over sensitive values at random, and compares what they come to, and what of it is sensitive, with Terraform.

Run as `python -m tests.evaluate.generate_marks --count 20000 --seed 7`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from sglint.value import Seq
from tests.evaluate.generate import BATCH, Disagreement, main, reason
from tests.evaluate.grammar import Maker
from tests.evaluate.record_marks import agrees, outcome_marks, record_marks

MARKED = {
    "s": 'sensitive("a")|sensitive("b,c")|sensitive("x")',
    "c": 'sensitive("10.0.0.0/16")',
    "n": "sensitive(1)|sensitive(2)",
    "b": "sensitive(true)|sensitive(false)",
    "l": 'sensitive(["a", "b"])|[sensitive("a"), "b"]|tolist([sensitive("x"), "y"])|sensitive(["p", sensitive("q")])',
    "L": "sensitive([1, 2])|[1, sensitive([2])]|[[1], [sensitive(2)]]",
    "S": 'sensitive(toset(["a", "x"]))|toset(["a", sensitive("b")])',
    "m": 'sensitive(tomap({a = "x"}))|tomap({a = "x", b = sensitive("y")})|{a = "x", k = sensitive("y")}',
    "o": 'sensitive({a = 1, b = "x"})|{a = {b = sensitive("x")}}|sensitive({a = sensitive(1)})|{(sensitive("k")) = 1}',
}
"""Sensitive values of each kind."""

NAMES = tuple((text, kind) for kind, texts in MARKED.items() for text in texts.split("|"))


def marked_expressions(seed: int, count: int) -> Iterator[str]:
    """
    Yield so many expressions of which a part is sensitive; one in ten asks whether the whole is.
    """
    random = Random(seed)  # noqa: S311
    while count:
        text = Maker(random, random.choice([1, 1, 2, 2, 3]), NAMES).make("a")
        if any(name in text for name, _ in NAMES):
            count -= 1
            yield f"issensitive({text}\n)" if random.random() < 0.1 else text


def compare(texts: list[str]) -> tuple[list[Disagreement], int]:
    """
    Return the expressions on which the two differ, and how many of them Terraform accepts.
    """
    found: list[Disagreement] = []
    accepted = 0
    for start in range(0, len(texts), BATCH):
        for case in record_marks([{"expression": text} for text in texts[start : start + BATCH]]):
            accepted += "answer" in case
            result, marks = outcome_marks(case["expression"])
            if not agrees(case, result, marks):
                why = reason(case["expression"], case, result)
                told = (case["answer"], case["sensitive"]) if "answer" in case else "refused"
                found.append(Disagreement(case["expression"], told, Seq((result, str(marks))), why))
    return found, accepted


if __name__ == "__main__":
    main(marked_expressions, compare, 5000)
