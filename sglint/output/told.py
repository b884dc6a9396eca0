"""
What the outputs for other tools say in the same words: the verdict on a run, and all that there is to say of a finding.
"""

from __future__ import annotations

from sglint.finding import Finding, Report, Status
from sglint.output.plain import clean, counted
from sglint.output.text import fix_told, found, looked_at, named, projection_text
from sglint.source import Problem


def verdict(report: Report) -> str:
    """
    Return one sentence that says what came of the run; it is never the same for "clean" and for "did not look".
    """
    if not report.seen.files:
        return looked_at(report.seen)
    said = found(report.findings, maybe=True, since=report.since)
    hiding = sum(problem.hides for problem in report.problems)
    if hiding:
        return f"{said}; {counted(hiding, 'problem')}: part of the network is missing from this result"
    return said


def tracked_share(report: Report) -> str:
    """
    Return how many of the interfaces in scope have flows that surely are tracked, findings set aside or not; nothing for none.
    """
    certain = [one for one in report.findings if one.certain and one.tracked]
    those = {(root, subject) for one in certain for root in one.roots for subject in one.subjects}
    if not those or len(those) > report.seen.in_scope:
        return ""
    scope = counted(report.seen.in_scope, "interface")
    keeps = "has" if len(those) == 1 else "have"
    return f"{len(those)} of {scope} behind a transit gateway or Gateway Load Balancer {keeps} flows that EC2 tracks"


def aside(report: Report) -> str:
    """
    Return how many findings are set aside, or nothing.
    """
    same = sum(one.status is Status.UNCHANGED for one in report.findings)
    number = sum(one.status is not Status.OPEN for one in report.findings) - same
    said = [f"{counted(number, 'finding')} set aside"] if number else []
    if same and report.since:
        said.append(f"{counted(same, 'finding')} unchanged since {report.since.revision}")
    return ", ".join(said)


def explained(finding: Finding) -> list[str]:
    """
    Return, line by line, what there is to say of a finding after its message.
    """
    rows = [f"of: {named(finding.subjects)}"] if len(finding.subjects) > 1 else []
    if len(finding.roots) > 1:
        rows.append(f"in: {named(finding.roots)}")
    rows += (f"help: {line}" for line in finding.advice)
    rows += (f"note: {line}" for line in projection_text(finding.projections))
    rows += fix_told(finding.fix)
    rows += (f"not certain: {label.text} ({label.span})" for label in finding.unless)
    if finding.status is not Status.OPEN:
        rows.append(f"{finding.status.value}: {finding.status_reason}")
    return [clean(row) for row in rows]


def fails(report: Report, problem: Problem) -> bool:
    """
    Return whether a part of the network is missing for this problem, and was not at the revision compared with.
    """
    return problem.hides and (report.since is None or problem not in report.since.problems)


def problem_told(problem: Problem) -> str:
    """
    Return a problem with what to do next.
    """
    return clean(f"{problem.message}; {problem.hint}" if problem.hint else problem.message)
