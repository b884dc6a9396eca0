"""
Reading takes time in proportion to the text: texts on which something once took the square of it, or more.
"""

from __future__ import annotations

import time

import pytest

from sglint.parse import parse
from sglint.source import Source
from sglint.syntax import Index, TupleExpr

N = 40_000


@pytest.mark.parametrize(
    "value",
    [
        "1" * N,
        "1." * N,
        "{ " + "/**/" * N + " x = 1 }",
        "{ " + "/*" * N + " x = 1 }",
        "{ " + "#\n" * N + " x = 1 }",
        "[" + "\n" * N + "1]",
        "[" + " " * N + "1]",
        "[" + "1,\n" * N + "1]",
        "a" + ".b" * N,
        "1" + " + 1" * N,
        '"' + "x${a}" * (N // 4) + '"',
        "<<E\n" + "x ${a}\n" * (N // 4) + "E",
        '"' * N,
    ],
)
def test_no_text_takes_long(value: str) -> None:
    start = time.process_time()
    parse(Source("main.tf", f"a = {value}\n"))
    assert time.process_time() - start < 8


@pytest.mark.parametrize("blank", [" " * 99, " " * 100, "\n" * 5_000, "/*" + "x" * 300 + "*/", "#" + "y" * 300 + "\n"])
def test_places_behind_many_blanks_are_those_of_the_text(blank: str) -> None:
    text = f"a = [{blank}b[0],{blank}c[1]{blank}]\n"
    found = parse(Source("main.tf", text))
    assert found.problems == ()
    value = found.attributes[0].expr
    assert isinstance(value, TupleExpr)
    lines = text.split("\n")
    for item, said in zip(value.items, ("b[0]", "c[1]"), strict=True):
        assert isinstance(item, Index)
        span = item.span
        assert span.line == span.end_line
        assert lines[span.line - 1][span.column - 1 : span.end_column - 1] == said
