"""
The report as JUnit XML, which most servers for continuous integration show.

Each root module and template that was looked at is a suite with a test of its own, so that a clean result has tests that
passed. What fails the run is a failure there, a problem that hides a part of the network an error; what else is said was
"skipped", with the reason.
"""

from __future__ import annotations

from collections import Counter
from html import escape

from sglint.finding import Finding, Report, Severity, Status
from sglint.output.plain import clean, root_name
from sglint.output.text import looked_at
from sglint.output.told import explained, fails, problem_told
from sglint.source import Problem

Case = tuple[str, str]
"""What came of a test, `failure`, `error`, `skipped` or nothing, and its XML."""


def render(report: Report, *, fail_on: Severity | None = Severity.WARNING) -> str:
    """
    Return the report as JUnit XML; findings as bad as `fail_on` are failures.
    """
    by_root: dict[str, list[Finding]] = {root: [] for root in report.roots}
    for one in report.findings:
        by_root.setdefault((one.roots or (one.span.path,))[0], []).append(one)
    suites = [_suite(root_name(root), _cases(root, found, fail_on)) for root, found in by_root.items()]
    if not report.roots:
        suites.append(_suite("sglint", [_case("sglint", "looked at", "skipped", looked_at(report.seen))]))
    if report.problems:
        suites.append(_suite("problems", [_problem(one, fails=fails(report, one)) for one in report.problems]))
    counts = _counted([case for _, cases in suites for case in cases])
    rows = [f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sglint" {counts}>']
    rows += (xml for xml, _ in suites)
    return "\n".join([*rows, "</testsuites>"]) + "\n"


def _suite(name: str, cases: list[Case]) -> tuple[str, list[Case]]:
    rows = [f"  <testsuite name={_quoted(name)} {_counted(cases)}>", *(xml for _, xml in cases), "  </testsuite>"]
    return "\n".join(rows), cases


def _counted(cases: list[Case]) -> str:
    kinds = [kind for kind, _ in cases]
    numbers = {"failures": kinds.count("failure"), "errors": kinds.count("error"), "skipped": kinds.count("skipped")}
    return " ".join(f'{name}="{number}"' for name, number in {"tests": len(kinds), **numbers}.items())


def _cases(root: str, findings: list[Finding], fail_on: Severity | None) -> list[Case]:
    found = [_case(root, "looked at")]
    names: Counter[str] = Counter()
    for one in findings:
        name = f"{one.rule}: {', '.join(one.subjects)}"
        names[name] += 1  # a test is known by its name, so equal ones are numbered
        found.append(_finding(root, name if names[name] == 1 else f"{name} ({names[name]})", one, fail_on))
    return found


def _finding(root: str, name: str, one: Finding, fail_on: Severity | None) -> Case:
    level = one.severity.value
    body = [f"{level}[{one.rule}] {one.message}", f"at {one.span}", *explained(one)]
    body += (f"{label.span}: {label.text}" for label in one.labels)
    why = _why_not(one, fail_on)
    if not why:
        return _case(root, name, "failure", one.message, kind=level, body=body, file=one.span.path, line=one.span.line)
    return _case(root, name, "skipped", f"{why}: {level}: {one.message}", body=body, file=one.span.path, line=one.span.line)


def _why_not(one: Finding, fail_on: Severity | None) -> str:
    """Return why the finding does not fail the run, or nothing where it does."""
    if one.status is Status.UNCHANGED:
        return "not new"
    if one.status is not Status.OPEN:
        return f"set aside ({one.status_reason})" if one.status_reason else "set aside"
    if not one.certain:
        return "may hold"
    return "" if fail_on is not None and one.severity.reaches(fail_on) else "below --fail-on"


def _problem(one: Problem, *, fails: bool) -> Case:
    path, line = (one.span.path, one.span.line) if one.span else ("", 0)
    name = f"{one.message} ({one.span})" if one.span else one.message
    kind = "problem"
    if fails:
        return _case("problems", name, "error", problem_told(one), kind=kind, body=[problem_told(one)], file=path, line=line)
    before = "was there before: " if one.hides else ""
    return _case("problems", name, "skipped", f"{before}{problem_told(one)}", file=path, line=line)


def _case(  # noqa: PLR0913 -- the parts of one element
    classname: str,
    name: str,
    outcome: str = "",
    message: str = "",
    *,
    kind: str = "",
    body: list[str] | None = None,
    file: str = "",
    line: int = 0,
) -> Case:
    place = f' file={_quoted(file)} line="{line}"' if file else ""
    start = f"    <testcase classname={_quoted(classname)} name={_quoted(name)}{place}"
    if not outcome:
        return outcome, f"{start}/>"
    typed = f" type={_quoted(kind)}" if kind else ""
    text = escape("\n".join(clean(row) for row in body or ()), quote=False)
    inside = f"      <{outcome} message={_quoted(message)}{typed}>{text}</{outcome}>"
    return outcome, f"{start}>\n{inside}\n    </testcase>"


def _quoted(text: str) -> str:
    return f'"{escape(clean(text))}"'
