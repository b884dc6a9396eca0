"""
The straight line from files to a report; read this first.

    text --parse--> Block --evaluate--> Resource --lower--> Network --graph--> Path --track--> Verdict
    Verdict --rules--> Finding --projected--> Finding --triage--> Report
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sglint import graph, lower, track
from sglint.baseline import Baseline, forgotten, read_baseline, set_aside, within
from sglint.config import EMPTY, Chosen, Configuration, configuration, left_out
from sglint.config import chosen as chosen_rules
from sglint.deadline import Deadline, TimeUpError, limited
from sglint.evaluate.cloudformation import (
    Templates,
    configured,
    evaluate_template,
    find_templates,
    given_parameters,
    misconfigured,
    parameter_files,
)
from sglint.evaluate.cloudformation import undeclared as undeclared_parameters
from sglint.evaluate.plan import evaluate_plan, plan_root, read_plan
from sglint.evaluate.root import Root
from sglint.evaluate.terraform import (
    Inputs,
    Library,
    States,
    configured_inputs,
    evaluate_root,
    find_roots,
    undeclared,
    variable_files,
)
from sglint.finding import Finding, Identity, Report, Severity, Status, places
from sglint.model import Network
from sglint.projected import projected
from sglint.request import Request
from sglint.rule import Judged, Rule, gathered, looked_at, run, settled
from sglint.source import (
    NOTHING,
    Discovery,
    Overlay,
    Problem,
    SglintError,
    Source,
    Tree,
    discover,
    in_order,
    located,
    overlay,
    passed_over,
    read,
    read_all,
    real_path,
)
from sglint.syntax import Document, all_blocks
from sglint.template import TemplateDocument, heads, ignores
from sglint.triage import Remarks, remarks, triage


@dataclass(frozen=True, slots=True)
class Networks:
    """
    The judged network of each root module and template, what could not be read, and the documents that all of it was read from.

    `templates` counts how many of them are templates; `said` is the configuration.
    """

    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    documents: tuple[Document | TemplateDocument, ...]
    tree: Tree
    templates: int = 0
    said: Configuration = EMPTY


def lint(wanted: Request, rules: Iterable[Rule], known: Iterable[Rule]) -> Report:
    """
    Return what the rules find; `known` are all rules there are, which a comment may name.
    """
    return conclude(wanted, judge(wanted), rules, known)


def conclude(
    wanted: Request, networks: Networks, rules: Iterable[Rule], known: Iterable[Rule], *, traffic: str | None = None
) -> Report:
    """
    Return what the rules find in the judged networks; `traffic` is the profile to project with, that of the role where None.
    """
    planned = any(one.before is not None for one in networks.judged)
    known, said = tuple(known), networks.said
    how = chosen_rules(said, [rule.slug for rule in known])
    running = [one for one in rules if planned or not one.plan]
    chosen = tuple(one for one in running if wanted.selected or one.slug in how.rules)
    found, failed = run(chosen, networks.judged, debug=wanted.debug)
    comments = [commented(networks.tree, document) for document in networks.documents]
    findings, wrong = triage(projected(found, traffic), comments, chosen, known=[rule.slug for rule in known])
    findings = adjusted(findings, how, networks, selected=wanted.selected)
    findings = identified(gathered(findings), networks.tree)
    problems = (*networks.problems, *failed, *wrong, *how.problems)
    accepted = accepted_before(wanted, networks)
    if accepted is not None:
        if not any(problem.hides for problem in problems):
            told = within(accepted.entries, *looked(wanted, chosen, networks))
            problems = (*problems, *forgotten(findings, accepted, told))
        findings = set_aside(findings, accepted)
    off = {one.slug for one in running} - {one.slug for one in chosen}
    return Report(
        findings=findings,
        problems=in_order(problems),
        seen=looked_at(networks.judged, files=len(networks.documents), templates=networks.templates),
        sources=read_all(networks.tree, {span.path for span in places(findings)}),
        roots=tuple(one.network.root for one in networks.judged),
        off=tuple((slug, place) for slug, place in how.off if slug in off),
    )


def adjusted(findings: Iterable[Finding], how: Chosen, networks: Networks, *, selected: bool) -> tuple[Finding, ...]:
    """
    Return the findings as bad as the configuration says, those marked that do not count where they are.
    """
    if not how.severity and not how.overrides:
        return tuple(findings)
    listed = tuple(findings)
    top = os.path.realpath(networks.said.directory)
    places = {path: str((Path(networks.tree.base) / path).resolve()) for path in {one.span.path for one in listed}}

    def adjust(one: Finding) -> Finding:
        level = how.severity.get(one.rule)
        found = one if level is None else replace(one, severity=Severity(level))
        for other in how.overrides:
            if other.inside(os.path.relpath(places[one.span.path], top).replace(os.sep, "/")):
                if one.rule in other.severity:
                    found = replace(found, severity=Severity(other.severity[one.rule]))
                if not selected and other.counts is not None and one.rule not in other.counts and one.status is Status.OPEN:
                    found = replace(found, status=Status.IGNORED, status_reason=f"by {other.span.path}:{other.span.line}")
        return found

    return tuple(map(adjust, listed))


def accepted_before(wanted: Request, networks: Networks) -> Baseline | None:
    """
    Return the baseline that is given, or the one of the configuration, which lies inside of what is scanned.
    """
    if wanted.baseline is not None:
        return given_baseline(wanted.baseline, networks.tree.overlay) if wanted.baseline else None
    found = networks.said.one("baseline")
    return None if found is None else read_baseline(networks.tree, networks.said.resolve(found.value))


def given_baseline(path: str, over: Overlay) -> Baseline:
    """
    Return the baseline that is given, which may lie anywhere.
    """
    directory = str(Path(real_path(over, path)).parent)
    return read_baseline(Tree(str(Path.cwd()), (directory,), over), path)


def looked(
    wanted: Request, rules: Iterable[Rule], networks: Networks
) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """
    Return what a run can tell of: its rules, its paths, and its root modules and templates.
    """
    tree = networks.tree
    roots = located(tree, (one.network.root for one in networks.judged), tree.base)
    paths = located(tree, wanted.paths or (".",), tree.base)
    return frozenset(rule.slug for rule in rules), tuple(paths.values()), frozenset(roots.values())


def identified(findings: Iterable[Finding], tree: Tree) -> tuple[Finding, ...]:
    """
    Return the findings with identities that are the same wherever sglint is started.
    """
    listed = tuple(findings)
    paths = {path for one in listed for path in (one.span.path, *one.roots)}
    here = located(tree, sorted(paths), tree.base)

    def identity(one: Finding) -> Identity:
        return Identity(one.rule, tuple(sorted(here[root] for root in one.roots)), here[one.span.path], one.subjects)

    return tuple(replace(one, located=identity(one)) for one in listed)


def judge(wanted: Request) -> Networks:
    """
    Return the networks of all root modules and templates among the paths, with the verdict on every flow of every interface.
    """
    over = overlay(wanted.overlay) if wanted.overlay else NOTHING
    base = str(Path.cwd())
    said = configuration(wanted.config, base=base, root=wanted.root, over=over)
    try:
        with limited(wanted.deadline):
            discovery = discover(wanted.paths or (".",), base=base, root=wanted.root, over=over, left_out=left_out(said))
            readers = (templates(wanted, discovery, said), root_modules(wanted, discovery, said))[wanted.plan is not None :]
    except TimeUpError as up:
        where = up.place or "looking for files"
        raise SglintError(f"{late(wanted.deadline)} in {where}; give fewer paths, or more time") from None
    problems = [*discovery.problems, *passed_over(discovery)] if discovery.files or wanted.plan is None else []
    judged: list[Judged] = []
    templates_judged = 0
    documents: dict[str, Document | TemplateDocument] = {}
    total = sum(len(reader.roots) for reader in readers)
    done = 0
    for reader in readers:
        templates_judged = len(judged)
        found: list[Outcome] = []
        for unread in reader.roots:
            found.append(judge_root(unread, wanted))
            done += 1
            wanted.progress(done, total)
        judged += (one.judged for one in found if one.judged)
        documents.update((document.path, document) for one in found for document in one.documents)
        problems += (*reader.problems, *(problem for one in found for problem in one.problems))
        if all(one.evaluated for one in found):
            problems += reader.undeclared({name for one in found for name in one.variables})
    return Networks(
        tuple(sorted(judged, key=lambda one: one.network.root)),
        in_order(problems),
        tuple(documents[path] for path in sorted(documents)),
        discovery.tree,
        templates_judged,
        said,
    )


@dataclass(slots=True)
class Outcome:
    """
    What came of one root module or template: as much of it as there was when its time was up, or a bug of ours ended it.
    """

    problems: list[Problem] = field(default_factory=list)
    documents: tuple[Document | TemplateDocument, ...] = ()
    variables: frozenset[str] = frozenset()
    evaluated: bool = False
    judged: Judged | None = None


def judge_root(one: Unread, wanted: Request) -> Outcome:
    """
    Return what comes of one root module or template; what goes wrong with it does not hide the others.
    """
    found = Outcome()
    try:
        with limited(wanted.deadline):
            root = one.evaluate()
            found.documents, found.variables, found.evaluated = tuple(root.documents), frozenset(root.variables), True
            network, hidden = lower.lower(root.path, root.resources, root.beside)
            found.problems += (*root.problems, *hidden)
            result = seen(network, None if root.before is None else seen(lower.lower(root.path, root.before)[0]))
            found.judged = settled(replace(result, worlds=worlds(root, result)))
    except SglintError:
        raise
    except TimeUpError as up:
        found.problems.append(unfinished(one, wanted.deadline, up))
    except Exception as error:  # noqa: BLE001 -- a bug of ours in one root must not hide the others
        found.problems.append(internal(one, error, debug=wanted.debug))
    return found


def seen(network: Network, before: Judged | None = None) -> Judged:
    """
    Return the network with the verdict on every flow of every interface, beside the one that a plan starts from.
    """
    return Judged(network, track.judge(network, graph.build(network)), before)


def worlds(root: Root, judged: Judged) -> tuple[Judged, ...]:
    """
    Return the networks of the cases that undecided conditions leave, where something in scope may depend on them.
    """
    if not any(judgement.in_scope.most for judgement in judged.judgements):
        return ()
    return tuple(seen(lower.lower(root.path, resources())[0]) for resources in root.worlds)


@dataclass(frozen=True, slots=True)
class Unread:
    """
    A root module or template, and the function that evaluates it.
    """

    name: str
    evaluate: Callable[[], Root]


@dataclass(frozen=True, slots=True)
class Reader:
    """
    What there is to evaluate of one format, what is wrong with what was given for it, and which of that nobody declares.
    """

    roots: tuple[Unread, ...]
    problems: tuple[Problem, ...]
    undeclared: Callable[[set[str]], Iterable[Problem]]


def root_modules(wanted: Request, discovery: Discovery, said: Configuration) -> Reader:
    """
    Return the root modules of Terraform, or the one that a plan is of.
    """
    library = Library(discovery.tree)
    inputs = Inputs(wanted.assignments, wanted.workspace)
    files = variable_files(inputs, discovery.tree.overlay)
    unknown = partial(undeclared, inputs)
    if wanted.plan is None:
        found = find_roots(library, discovery)
        states = States(library, found)
        configured = configured_inputs(inputs, said, discovery.tree)
        roots = tuple(
            Unread(
                f"the root module {library.shown(path)}",
                partial(
                    evaluate_root,
                    library,
                    path,
                    inputs=configured.of(path),
                    wanted=lower.WORDS,
                    named={**files, **configured.files},
                    states=states,
                ),
            )
            for path in found
        )
        return Reader(roots, configured.problems, partial(undeclared_of, (unknown, configured.undeclared)))
    plan = read_plan(wanted.plan)
    if isinstance(plan, Problem):
        return Reader((), (plan,), unknown)
    found = plan_root(library, discovery, wanted.paths)
    evaluate = partial(evaluate_plan, library, inputs=inputs, wanted=lower.WORDS, named=files, plan=plan)
    roots = tuple(Unread(f"the root module {library.shown(path)}", partial(evaluate, path)) for path in found)
    return Reader(roots, (), unknown)


def undeclared_of(several: Iterable[Callable[[set[str]], Iterable[Problem]]], declared: set[str]) -> Iterable[Problem]:
    """
    Yield what is given for variables that there are not.
    """
    for one in several:
        yield from one(declared)


def templates(wanted: Request, discovery: Discovery, said: Configuration) -> Reader:
    """
    Return the templates of CloudFormation that no other one nests.
    """
    library = Templates.of(discovery)
    files = parameter_files(wanted.parameter_files, discovery.tree.overlay)
    given, problems = given_parameters(wanted.parameters, files, defaults=wanted.defaults)
    parameters = configured(given, said, discovery.tree)
    found = find_templates(library, discovery, parameters)
    evaluate = partial(evaluate_template, library, parameters=parameters, wanted=lower.WORDS, roots=found)
    roots = tuple(Unread(f"the template {library.shown(path)}", partial(evaluate, path)) for path in found)
    unknown = partial(undeclared_parameters, parameters, unless=said.path if discovery.named else "")
    return Reader(roots, (*problems, *misconfigured(said, library)), unknown)


def internal(root: Unread, error: Exception, *, debug: bool) -> Problem:
    """
    Return the problem that a root module or template could not be judged: there is not enough memory, or a bug in sglint.
    """
    if isinstance(error, MemoryError):
        return Problem(f"{root.name} needs more memory than there is", hint="give fewer paths, or more memory")
    message = f"internal error while reading {root.name}: {type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error)).rstrip()
    return Problem(message, hint=trace if debug else "please report it; --debug shows where it comes from")


def late(end: Deadline | None) -> str:
    """
    Return in words that the time is up.
    """
    return f"the {end.seconds:g} seconds of --timeout are over" if end else "the time is over"


def unfinished(root: Unread, end: Deadline | None, up: TimeUpError) -> Problem:
    """
    Return the problem that a root module or template could not be judged in time.
    """
    place = f" in {up.place}" if up.place else ""
    return Problem(f"{root.name} is not read: {late(end)}{place}", hint="give fewer paths, or more time")


def commented(tree: Tree, document: Document | TemplateDocument) -> Remarks:
    """
    Return the comments of a document that concern sglint, with the blocks that they may stand at the head of.
    """
    comments = [(comment.text, comment.span) for comment in document.comments]
    stated = [] if isinstance(document, Document) else list(ignores(document))
    if not stated and not any("sglint" in text.lower() for text, _ in comments):
        return Remarks(document.path, (), ())
    source = read(tree, document.path)
    text = source.text if isinstance(source, Source) else ""
    if isinstance(document, Document):
        return remarks(document.path, text, comments, [(block.header, block.span) for block in all_blocks(document.blocks)])
    return remarks(document.path, text, comments, heads(document), stated)
