"""
The straight line from files to a report; read this first.

    text --parse--> Block --evaluate--> Resource --lower--> Network --graph--> Path --track--> Verdict
    Verdict --rules--> Finding --projected--> Finding --triage--> Report
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sglint import graph, lower, track
from sglint.baseline import forgotten, set_aside, within
from sglint.config import EMPTY, Configuration, configuration, left_out, useless
from sglint.config import chosen as chosen_rules
from sglint.deadline import TimeUpError, limited
from sglint.evaluate.root import Root
from sglint.finding import Report, named, places
from sglint.model import Network
from sglint.projected import projected, traffic_told
from sglint.request import Request
from sglint.roots import Unread, internal, late, root_modules, templates, unfinished
from sglint.rule import Judged, Rule, gathered, looked_at, run, settled
from sglint.source import (
    NOTHING,
    Problem,
    SglintError,
    Source,
    Tree,
    discover,
    in_order,
    overlay,
    passed_over,
    read,
    read_all,
    vanished,
)
from sglint.standing import accepted_before, adjusted, identified, looked
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
    assumed = traffic_told(said, networks.tree)
    how = chosen_rules(said, [rule.slug for rule in known])
    running = [one for one in rules if planned or not one.plan]
    chosen = tuple(one for one in running if wanted.selected or one.slug in how.rules)
    found, failed = run(chosen, networks.judged, debug=wanted.debug)
    comments = [commented(networks.tree, document) for document in networks.documents]
    findings, wrong = triage(projected(found, traffic, assumed), comments, chosen, known=[rule.slug for rule in known])
    findings = adjusted(findings, how, said, networks.tree, selected=wanted.selected)
    findings = identified(gathered(findings), networks.tree)
    problems = (*networks.problems, *failed, *wrong, *how.problems)
    if everything(wanted, said) and not any(problem.hides for problem in problems):
        there = {named(interface) for one in networks.judged for interface in one.network.interfaces}
        problems = (*problems, *useless((one.table for one in assumed), there))
    accepted = accepted_before(wanted, said, networks.tree)
    if accepted is not None:
        if not any(problem.hides for problem in problems):
            told = within(accepted.entries, *looked(wanted, chosen, networks.judged, networks.tree))
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


def everything(wanted: Request, said: Configuration) -> bool:
    """
    Return whether all that the configuration is about is looked at.
    """
    here = f"{os.path.realpath(said.directory)}/"
    looked = (f"{os.path.realpath(path)}/".replace("//", "/") for path in wanted.paths or (".",))
    return wanted.plan is None and any(here.startswith(path) for path in looked)


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
    problems += vanished(discovery, documents)
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
