"""
The straight line from files to a report; read this first.

    text --parse--> Block --evaluate--> Resource --lower--> Network --graph--> Path --track--> Verdict
    Verdict --rules--> Finding --projected--> Finding --triage--> Report
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sglint import graph, lower, track
from sglint.baseline import forgotten, set_aside, within
from sglint.cache import MOST_NOTED, Cache, keep, opened, recalled
from sglint.config import EMPTY, Configuration, configuration, left_out, useless
from sglint.deadline import TimeUpError, limited
from sglint.evaluate.root import Root
from sglint.finding import Report, Seen, named, places
from sglint.frozen import frozen
from sglint.model import Network
from sglint.projected import projected, traffic_told
from sglint.request import Request
from sglint.roots import Reader, Unread, internal, late, root_modules, templates, unfinished
from sglint.rule import Judged, Rule, counted, counts, found_in, gathered, looked_at, merge, run, settled
from sglint.source import (
    NOTHING,
    Discovery,
    Journal,
    Noted,
    Problem,
    SglintError,
    Source,
    Tree,
    discover,
    discovered,
    holds,
    in_order,
    overlay,
    passed_over,
    read,
    read_all,
    vanished,
)
from sglint.spread import several, spread
from sglint.standing import accepted_before, adjusted, identified, looked
from sglint.syntax import Document, all_blocks
from sglint.template import TemplateDocument, heads, ignores
from sglint.told import Heard, Running, Told, settings
from sglint.triage import Remarks, remarks, triage


@dataclass(slots=True)
class Outcome:
    """
    What came of one root module or template: as much of it as there was when its time was up, or a bug of ours ended it.

    `noted` is what was looked at for that, and `given` tells apart what it was given beside the files.
    """

    problems: list[Problem] = field(default_factory=list)
    documents: tuple[Document | TemplateDocument, ...] = ()
    variables: frozenset[str] = frozenset()
    evaluated: bool = False
    judged: Judged | None = None
    noted: Noted = field(default_factory=dict)
    given: bytes = b""


@frozen
class Networks:
    """
    The judged network of each root module and template, what could not be read, and the documents that all of it was read from.

    `templates` counts how many of them are templates; `said` is the configuration; `outcomes` is what came of each by its name.
    """

    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    documents: tuple[Document | TemplateDocument, ...]
    tree: Tree
    templates: int = 0
    said: Configuration = EMPTY
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    discovery: Discovery | None = None

    @property
    def roots(self) -> tuple[str, ...]:
        """
        The root modules and templates that were judged.
        """
        return tuple(one.network.root for one in self.judged)


def lint(wanted: Request, rules: Iterable[Rule], known: Iterable[Rule]) -> Report:
    """
    Return what the rules find; `known` are all rules there are, which a comment may name.

    What the rules say of a root module or template is all that stays of it, and all that another process need tell.
    """
    scan = look(wanted)
    running = settings(wanted, scan.said, rules, known)
    before = recalled(scan.cache, scan.roots, running.rules, wanted.deadline)
    left = [number for number in range(len(scan.roots)) if number not in before]
    processes = several(wanted.jobs, len(left), len(scan.discovery.files) * len(left) // max(1, len(scan.roots)))
    each = partial(overheard, wanted, scan, running.rules, left)
    found = spread(each, len(left), processes, lambda done: wanted.progress(len(before) + done, len(scan.roots)))
    new = dict(zip(left, found, strict=True))
    keep(scan.cache, scan.roots, running.rules, new)
    told = {**before, **{number: one for number, (one, _) in new.items()}}
    return report(wanted, heard(scan, [told[number] for number in sorted(told)]), running)


def conclude(
    wanted: Request, networks: Networks, rules: Iterable[Rule], known: Iterable[Rule], *, traffic: str | None = None
) -> Report:
    """
    Return what the rules find in the judged networks; `traffic` is the profile to project with, that of the role where None.
    """
    running = settings(wanted, networks.said, rules, known)
    planned = any(one.before is not None for one in networks.judged)
    found, failed = run(running.of(planned=planned), networks.judged, debug=wanted.debug)
    told = Heard(
        found,
        (*networks.problems, *failed),
        tuple(commented(networks.tree, document) for document in networks.documents),
        looked_at(networks.judged, files=len(networks.documents), templates=networks.templates),
        networks.roots,
        networks.tree,
        networks.said,
        planned,
        frozenset(named(interface) for one in networks.judged for interface in one.network.interfaces),
    )
    return report(wanted, told, running, traffic)


def report(wanted: Request, told: Heard, running: Running, traffic: str | None = None) -> Report:
    """
    Return the report of what the rules say.
    """
    how, chosen, tree = running.how, running.of(planned=told.planned), told.tree
    assumed = traffic_told(told.said, tree)
    findings, wrong = triage(projected(told.findings, traffic, assumed), told.comments, chosen, known=running.known)
    findings = adjusted(findings, how, told.said, tree, selected=wanted.selected)
    findings = identified(gathered(findings), tree)
    problems = (*told.problems, *wrong, *how.problems)
    if everything(wanted, told.said) and not any(problem.hides for problem in problems):
        problems = (*problems, *useless((one.table for one in assumed), told.interfaces))
    accepted = accepted_before(wanted, told.said, tree)
    if accepted is not None:
        if not any(problem.hides for problem in problems):
            here = within(accepted.entries, *looked(wanted, chosen, told.roots, tree))
            problems = (*problems, *forgotten(findings, accepted, here))
        findings = set_aside(findings, accepted)
    off = {one.slug for one in running.out if told.planned or not one.plan}
    return Report(
        findings=findings,
        problems=in_order(problems),
        seen=told.seen,
        sources=read_all(tree, {span.path for span in places(findings)}),
        roots=told.roots,
        off=tuple((slug, place) for slug, place in how.off if slug in off),
    )


def everything(wanted: Request, said: Configuration) -> bool:
    """
    Return whether all that the configuration is about is looked at.
    """
    here = f"{os.path.realpath(said.directory)}/"
    looked = (f"{os.path.realpath(path)}/".replace("//", "/") for path in wanted.paths or (".",))
    return wanted.plan is None and any(here.startswith(path) for path in looked)


@frozen
class Scan:
    """
    What there is to judge: the files, the readers of the formats with their root modules and templates, and what is said of it.

    `cache` is what earlier runs have found of it, None where that is not asked for.
    """

    discovery: Discovery
    readers: tuple[Reader, ...]
    roots: tuple[Unread, ...]
    said: Configuration
    problems: tuple[Problem, ...]
    cache: Cache | None = None


def look(wanted: Request, journal: Journal | None = None, before: Networks | None = None) -> Scan:
    """
    Return what there is to judge among the paths; what is looked at is noted where there is a journal or a cache.

    Where files and what leads where are as they were `before`, they are not looked for again.
    """
    if wanted.cache and wanted.plan is None and not wanted.overlay:
        journal = journal or Journal()
    old = None if before is None else before.discovery
    if journal is not None and old is not None and old.tree.overlay.journal is not None:
        journal.before = old.tree.overlay.journal.after
    over = replace(overlay(wanted.overlay) if wanted.overlay else NOTHING, journal=journal)
    base = str(Path.cwd())
    said = configuration(wanted.config, base=base, root=wanted.root, over=over)
    try:
        with limited(wanted.deadline):
            discovery = (None if old is None else discovered(old, over)) or discover(
                wanted.paths or (".",), base=base, root=wanted.root, over=over, left_out=left_out(said)
            )
            cache = opened(wanted, said, discovery.tree) if wanted.cache else None
            readers = (templates(wanted, discovery, said), root_modules(wanted, discovery, said))[wanted.plan is not None :]
    except TimeUpError as up:
        where = up.place or "looking for files"
        raise SglintError(f"{late(wanted.deadline)} in {where}; give fewer paths, or more time") from None
    problems = (*discovery.problems, *passed_over(discovery)) if discovery.files or wanted.plan is None else ()
    return Scan(discovery, readers, tuple(one for reader in readers for one in reader.roots), said, problems, cache)


def judge(wanted: Request, journal: Journal | None = None, before: Networks | None = None) -> Networks:
    """
    Return the networks of all root modules and templates among the paths, with the verdict on every flow of every interface.

    With a journal, what is as it was `before`, when the same was wanted with other texts, is not judged again.
    """
    scan = look(wanted, journal, before)
    found: list[Outcome] = []
    for unread in scan.roots:
        found.append(outcome(unread, wanted, scan.discovery.tree, before))
        wanted.progress(len(found), len(scan.roots))
    documents = {document.path: document for one in found for document in one.documents}
    return Networks(
        tuple(sorted((one.judged for one in found if one.judged), key=lambda one: one.network.root)),
        in_order(all_problems(scan, found, documents)),
        tuple(documents[path] for path in sorted(documents)),
        scan.discovery.tree,
        templates_in(scan, [one.judged is not None for one in found]),
        scan.said,
        {unread.name: one for unread, one in zip(scan.roots, found, strict=True)},
        scan.discovery,
    )


def outcome(one: Unread, wanted: Request, tree: Tree, before: Networks | None) -> Outcome:
    """
    Return what comes of one root module or template, or came of it before where all that was looked at for that is as it was.
    """
    journal = tree.overlay.journal
    if journal is None:
        return judge_root(one, wanted)
    old = None if before is None else before.outcomes.get(one.name)
    if old is not None and old.judged is not None and old.given == one.given and holds(journal, tree, old.noted):
        return old
    with journal.noting() as noted:
        found = judge_root(one, wanted)
    found.noted, found.given = noted, one.given
    return found


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


def overheard(wanted: Request, scan: Scan, rules: Sequence[Rule], numbers: Sequence[int], index: int) -> tuple[Told, Noted]:
    """
    Return what the rules say of the root module or template of one of these numbers, and what was looked at for that.
    """
    journal = scan.discovery.tree.overlay.journal
    if journal is None:
        return tell(wanted, scan, rules, numbers[index])[0], {}
    with journal.noting() as noted:
        told, whole = tell(wanted, scan, rules, numbers[index])
        if not whole:
            journal.doubt()
    return told, noted if len(noted) <= MOST_NOTED else {}


def tell(wanted: Request, scan: Scan, rules: Sequence[Rule], number: int) -> tuple[Told, bool]:
    """
    Return what the rules say of the root module or template of this number, and whether they could say all of it.
    """
    one = judge_root(scan.roots[number], wanted)
    net = one.judged
    planned = net is not None and net.before is not None
    found, failed = (
        ((), ()) if net is None else found_in([one for one in rules if planned or not one.plan], net, debug=wanted.debug)
    )
    told = Told(
        None if net is None else net.network.root,
        found,
        (*one.problems, *failed),
        tuple(commented(scan.discovery.tree, document) for document in one.documents),
        Seen() if net is None else counts(net),
        one.variables,
        one.evaluated,
        planned,
        frozenset() if net is None else frozenset(map(named, net.network.interfaces)),
    )
    return told, net is not None and not failed


def heard(scan: Scan, told: Sequence[Told]) -> Heard:
    """
    Return what the rules say of all root modules and templates.
    """
    judged = sorted((one for one in told if one.root is not None), key=lambda one: one.root or "")
    comments = {file.path: file for one in told for file in one.comments}
    templates_judged = templates_in(scan, [one.root is not None for one in told])
    return Heard(
        merge(finding for one in judged for finding in one.findings),
        in_order(all_problems(scan, told, comments)),
        tuple(comments[path] for path in sorted(comments)),
        counted((one.seen for one in judged), files=len(comments), templates=templates_judged),
        tuple(one.root for one in judged if one.root is not None),
        scan.discovery.tree,
        scan.said,
        any(one.planned for one in judged),
        frozenset(name for one in judged for name in one.interfaces),
    )


def all_problems(scan: Scan, found: Sequence[Outcome] | Sequence[Told], paths: Collection[str]) -> Iterator[Problem]:
    """
    Yield what could not be read, and what is given that nobody declares; `paths` are the paths that were read.
    """
    yield from scan.problems
    done = 0
    for reader in scan.readers:
        here = found[done : done + len(reader.roots)]
        done += len(reader.roots)
        yield from (*reader.problems, *(problem for one in here for problem in one.problems))
        if all(one.evaluated for one in here):
            yield from reader.undeclared({name for one in here for name in one.variables})
    yield from vanished(scan.discovery, paths)


def templates_in(scan: Scan, judged: Sequence[bool]) -> int:
    """
    Return how many of those that were judged are templates: all but those of the last reader.
    """
    return sum(judged[: len(scan.roots) - len(scan.readers[-1].roots)])


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
