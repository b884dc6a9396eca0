"""
Names as a stranger could write them, to see that they are only read.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from sglint.finding import Fix, Label, Report, Severity
from sglint.source import Problem
from tests.output.made import at, finding, report

HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    "--><b>x</b>",
    "</details></td></table>",
    "@octocat",
    "x@example.org",
    "octo/cat#1",
    "GH-1",
    "#1",
    "0123456789abcdef",
    "https://example.org/?a=1&b=2",
    "www.example.org",
    "![x](https://example.org/x.png)",
    "[x](javascript:alert(1))",
    "`` ` ```",
    "a|b\\|c\\",
    "|---|",
    "***",
    "1. one",
    "- two",
    "# three",
    ":tada:",
    "~~gone~~",
    "\r\n::error::x",
    "\n##[add-matcher]x.json",
    "100%25%0A::x",
    "]]>&amp;&#x1;",
    "\x00\x01\x1b[31m\x7f\ufffe\uffff\ud800\u202e",
    "\"quoted\" 'so'",
)
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(min_size=1, max_size=40),
    st.tuples(st.sampled_from(HOSTILE), st.text(max_size=8)).map("".join),
)


def about(name: str) -> Report:
    """
    Return a report in which everything that a stranger writes is this name.
    """

    made = finding(
        f"{name}: flows are tracked",
        severity=Severity.WARNING,
        subjects=(name, f"{name}[1]"),
        span=at(1, path=f"{name}.tf"),
        labels=(Label(at(2, path=name), name),),
        advice=(name, f"open {name}"),
        roots=(name, "."),
        fix=Fix(diff=f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{name}\n+{name}\n", steps=(name,), blocked=name),
    )
    doubt = replace(made, certain=False, unless=(Label(at(3, path=name), f"{name} is not known"),))
    return Report(
        (made, doubt),
        (Problem(f"{name} cannot be read", at(1, path=name), f"give {name}"), Problem(name, hides=False)),
        report().seen,
        roots=(name,),
    )
