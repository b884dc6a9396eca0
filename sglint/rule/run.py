"""
Rules over judged networks: findings, and what went wrong in a rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sglint.finding import Finding, Label, Tracked, named
from sglint.model import Interface, Timeouts
from sglint.resource import block_name
from sglint.rule.judged import GENEVE, Judged
from sglint.rule.load import Exposes, Found, Rule
from sglint.rule.words import join
from sglint.source import Problem, Span
from sglint.space import Protocol
from sglint.value import Unknown

MOST_NAMED = 3
"""How many instances the advice for several things names one by one."""


def run(
    rules: Iterable[Rule], networks: Iterable[Judged], *, debug: bool = False
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """
    Return what the rules find in the networks, sorted; a rule that raises becomes one problem, and the others run.
    """
    listed = tuple(rules)
    found = [found_in(listed, judged, debug=debug) for judged in networks]
    problems = dict.fromkeys(problem for _, failures in found for problem in failures)
    return merge(one for findings, _ in found for one in findings), tuple(problems)


def found_in(rules: Iterable[Rule], judged: Judged, *, debug: bool) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """
    Return what the rules find in one network, as they find it, and which of them fail.
    """
    findings: list[Finding] = []
    problems: list[Problem] = []
    for rule in rules:
        try:
            found = list(rule.check(judged))
            sure = everywhere(rule, judged) if judged.worlds and not all(one.certain for one in found) else frozenset()
            findings += [finding(rule, one, judged.network.root, sure) for one in found]
        except Exception as error:  # noqa: BLE001 - a rule is a plug-in, and one that fails must not silence the others
            problems.append(failed(rule, error, debug=debug))
    return tuple(findings), tuple(problems)


def failed(rule: Rule, error: Exception, *, debug: bool) -> Problem:
    """
    Return the problem that a rule failed, which is a bug in the rule.
    """
    import traceback

    message = f"internal error in the rule {rule.slug}: {type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error)).rstrip()
    return Problem(message, hint=trace if debug else "please report it; --debug shows where, --ignore skips the rule")


def everywhere(rule: Rule, judged: Judged) -> frozenset[str]:
    """
    Return the addresses of the subjects about which the rule finds something certain in every world.
    """
    certain = [
        frozenset(found.subject.origin.address for found in rule.check(world) if found.certain) for world in judged.worlds
    ]
    return frozenset.intersection(*certain)


def finding(rule: Rule, found: Found, root: str, sure: frozenset[str] = frozenset()) -> Finding:
    """
    Return what the rule found as a finding about one interface, which is certain if it is among the `sure` ones.
    """
    subject = found.subject
    certain = found.certain or subject.origin.address in sure
    unless = () if certain else doubts(found, subject.origin.span)
    return Finding(
        rule=rule.slug,
        severity=rule.severity,
        certain=certain,
        message=found.says,
        subjects=(subject.origin.address,),
        span=subject.origin.span,
        labels=found.labels,
        advice=tuple(line.text if isinstance(line, Exposes) else line for line in found.advice),
        exposes=tuple(line.text for line in found.advice if isinstance(line, Exposes)),
        unless=unless,
        roots=(root,),
        calls=(subject.origin.callers,) if subject.origin.callers else (),
        tracked=tracked(found),
        alike=found.alike,
    )


def tracked(found: Found) -> tuple[Tracked, ...]:
    """
    Return whose tracked flows the finding is about, with the reason where nothing can be worked out of them.

    The packets of a Gateway Load Balancer alone say nothing: how many flows they are is not known. Nor is anything said
    where a timeout is written and not known.
    """
    interface = found.subject
    if not isinstance(interface, Interface) or not found.flows:
        return ()
    met = {one.protocol for one in found.flows if one.ports != GENEVE}
    protocols = tuple(one for one in Protocol if one in met)
    types = tuple(one for one in interface.instance_types if isinstance(one, str))
    written = () if interface.timeouts is None else seconds(interface.timeouts)
    missing = "" if types else unknown_type(interface)
    if written is None:
        missing = "an idle timeout is written, and not known"
    if not protocols:
        missing = "how many flows the packets of a Gateway Load Balancer carry is not known"
    untyped = not types and written is not None and bool(protocols)
    return (Tracked(interface.role, protocols, types, written or (), found.remedy, missing, untyped, named(interface)),)


def unknown_type(interface: Interface) -> str:
    """
    Return why the type of the instance that has the interface is not known.
    """
    why = next((one.why for one in interface.instance_types if isinstance(one, Unknown)), "the text names no instance of it")
    return f"the type of the instance is not known: {why}"


def seconds(timeouts: Timeouts) -> tuple[tuple[str, int], ...] | None:
    """
    Return the idle timeouts that are written by their names, None where one of them is not known.
    """
    named = (("tcp_established", timeouts.tcp_established), ("udp_stream", timeouts.udp_stream), ("udp", timeouts.udp))
    written = [(name, one.value) for name, one in named if one is not None]
    known = tuple((name, value) for name, value in written if isinstance(value, int))
    return known if len(known) == len(written) else None


def doubts(found: Found, place: Span) -> tuple[Label, ...]:
    """
    Return what stands between an uncertain finding and certainty, and where it is written.
    """
    maybe = found.subject.origin.maybe
    because: tuple[Unknown, ...] = (*(() if maybe is None else (maybe,)), *found.holds.because)
    return tuple(dict.fromkeys(Label(unknown.span or place, unknown.why) for unknown in because))


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings sorted, those that say the same about instances of one block as one finding with all subjects.

    The same is what differs in nothing but the keys of instances; these are left out of what is said about several.
    """
    same: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        said = (*map(block_name, (one.message, *one.advice)), *(label.span for label in one.labels))
        same.setdefault((one.rule, one.span, one.certain, len(one.exposes), said), []).append(one)
    merged = (together(sorted(group, key=lambda one: (one.subjects, one.roots))) for group in same.values())
    return tuple(sorted(merged, key=lambda one: (one.order, one.message)))


def together(group: list[Finding]) -> Finding:
    """
    Return the findings of a group as one.
    """

    def common(texts: Iterable[str]) -> str:
        several = list(dict.fromkeys(texts))
        return several[0] if len(several) == 1 else block_name(several[0])

    first = group[0]
    subjects = tuple(sorted({subject for one in group for subject in one.subjects}))
    return replace(
        first,
        subjects=subjects,
        roots=tuple(sorted({root for one in group for root in one.roots})),
        message=f"{title(subjects)}: {common(one.message for one in group)}",
        advice=tuple(each(texts) for texts in zip(*(one.advice for one in group), strict=True)),
        exposes=tuple(each(texts) for texts in zip(*(one.exposes for one in group), strict=True)),
        labels=tuple(
            Label(labels[0].span, common(label.text for label in labels))
            for labels in zip(*(one.labels for one in group), strict=True)
        ),
        unless=tuple(dict.fromkeys(label for one in group for label in one.unless)),
        calls=tuple(dict.fromkeys(calls for one in group for calls in one.calls)),
        tracked=tuple(dict.fromkeys(tracked for one in group for tracked in one.tracked)),
    )


def each(texts: Iterable[str]) -> str:
    """
    Return texts that differ in nothing but the keys of instances as one, which lists few different words and counts many.

    >>> each(['open g["a"]: x', 'open g["b"]: x']), each([f"open g[{n}]: x" for n in range(9)])
    ('open g["a"] and g["b"]: x', 'open g (9 instances): x')
    """
    several = list(dict.fromkeys(texts))
    rows = [text.split(" ") for text in several]
    if len({len(row) for row in rows}) > 1:
        return block_name(several[0])
    return " ".join(one_word(list(dict.fromkeys(column))) for column in zip(*rows, strict=True))


def one_word(words: list[str]) -> str:
    """
    Return the same word of several texts as one, with the punctuation that follows it.
    """
    if len(words) == 1:
        return words[0]
    bare = [word.rstrip(":;,)") for word in words]
    end = words[0][len(bare[0]) :]
    return (join(bare) if len(bare) <= MOST_NAMED else f"{block_name(bare[0])} ({len(bare)} instances)") + end


def title(subjects: tuple[str, ...]) -> str:
    """
    Return what the finding is about in few words.

    >>> title(("aws_instance.a[0]", "aws_instance.a[1]")), title(("module.a.aws_lb.b", "module.c.aws_lb.b"))
    ('aws_instance.a (2 instances)', 'module.a.aws_lb.b and 1 more')
    """
    if len(subjects) == 1:
        return subjects[0]
    names = {block_name(subject) for subject in subjects}
    return f"{names.pop()} ({len(subjects)} instances)" if len(names) == 1 else f"{subjects[0]} and {len(subjects) - 1} more"
