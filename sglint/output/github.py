"""
The report as workflow commands of GitHub Actions, which its runner shows as annotations.

GitHub shows ten of each level for a step, and all of them in its log; so what came of the run stands first, then what is worst.
"""

from __future__ import annotations

from sglint.finding import Finding, Report, Severity, Status
from sglint.output.plain import clean
from sglint.output.text import looked_at, summary
from sglint.output.told import explained, fails, problem_told
from sglint.source import Problem, Span

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, *, maybe: bool = False) -> str:
    """
    Return a command for what came of the run, one for each problem, and one for each open finding.

    Uncertain findings are notices when `maybe` is set, and otherwise counted in the first one.
    """
    hiding = any(fails(report, problem) for problem in report.problems)
    level = "error" if hiding else "notice" if report.seen.files else "warning"
    said = summary(report, maybe=maybe) if report.seen.files else looked_at(report.seen)
    rows = [command(level, said.split("\n"), title="sglint")]
    wrong = [(fails(report, one), one) for one in report.problems]
    rows += (_problem(one, error=error) for error, one in sorted(wrong, key=lambda pair: not pair[0]))
    shown = [one for one in report.findings if one.status is Status.OPEN and (maybe or one.certain)]
    rows += (_finding(one) for one in sorted(shown, key=lambda one: (not one.certain, list(Severity).index(one.severity))))
    return "\n".join(rows) + "\n"


def _finding(one: Finding) -> str:
    level = LEVELS[one.severity] if one.certain else "notice"
    first = one.message if one.certain else f"maybe: {one.message}"
    return command(level, [first, *explained(one)], title=f"sglint: {one.rule}", span=one.span)


def _problem(one: Problem, *, error: bool) -> str:
    return command("error" if error else "warning", [problem_told(one)], title="sglint: problem", span=one.span)


def command(level: str, lines: list[str], *, title: str, span: Span | None = None) -> str:
    """
    Return one workflow command, in one line; columns are told of a place in one line only, as GitHub takes them.

    >>> command("notice", ["100 % of", "it"], title="a: b, c")
    '::notice title=a%3A b%2C c::100 %25 of%0Ait'
    """
    properties: dict[str, object] = {}
    if span is not None:
        properties = {"file": span.path, "line": span.line, "endLine": span.end_line}
        if span.end_line == span.line:
            properties |= {"col": span.column, "endColumn": max(span.column, span.end_column - 1)}
    properties["title"] = title
    told = ",".join(f"{name}={_property(clean(str(value)))}" for name, value in properties.items())
    return f"::{level} {told}::{'%0A'.join(_data(clean(line)) for line in lines)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
