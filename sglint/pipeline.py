"""
The straight line from files to a report; read this first.

    text --parse--> Block --evaluate--> Resource --lower--> Network --graph--> Path --track--> Verdict
    Verdict --rules--> Finding --triage--> Report
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sglint import graph, lower, track
from sglint.evaluate.plan import evaluate_plan, plan_root, read_plan
from sglint.evaluate.terraform import Inputs, Library, evaluate_root, find_roots, undeclared, variable_files
from sglint.finding import Report, places
from sglint.request import Request
from sglint.rule import Judged, Rule, looked_at, run
from sglint.source import Problem, SglintError, Source, Tree, discover, in_order, passed_over, read, read_all
from sglint.syntax import Document, all_blocks
from sglint.template import TemplateDocument, heads
from sglint.triage import Remarks, remarks, triage


@dataclass(frozen=True, slots=True)
class Networks:
    """
    The judged network of each root module, what could not be read, and the documents that all of it was read from.
    """

    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    documents: tuple[Document | TemplateDocument, ...]
    tree: Tree


def lint(wanted: Request, rules: Iterable[Rule], known: Iterable[Rule]) -> Report:
    """
    Return what the rules find; `known` are all rules there are, which a comment may name.
    """
    chosen = tuple(rules)
    networks = judge(wanted)
    found, failed = run(chosen, networks.judged, debug=wanted.debug)
    comments = [commented(networks.tree, document) for document in networks.documents]
    findings, wrong = triage(found, comments, chosen, known=[rule.slug for rule in known])
    return Report(
        findings=findings,
        problems=in_order((*networks.problems, *failed, *wrong)),
        seen=looked_at(networks.judged, files=len(networks.documents)),
        sources=read_all(networks.tree, {span.path for span in places(findings)}),
        roots=tuple(one.network.root for one in networks.judged),
    )


def judge(wanted: Request) -> Networks:
    """
    Return the networks of all root modules among the paths, with the verdict on every flow of every interface.
    """
    discovery = discover(wanted.paths or (".",), base=str(Path.cwd()), root=wanted.root)
    library = Library(discovery.tree)
    inputs = Inputs(wanted.assignments, wanted.workspace)
    files = variable_files(inputs)
    judged: list[Judged] = []
    problems = [*discovery.problems, *passed_over(discovery)] if discovery.files or wanted.plan is None else []
    documents: dict[str, Document | TemplateDocument] = {}
    declared: set[str] = set()
    plan = None if wanted.plan is None else read_plan(wanted.plan)
    if isinstance(plan, Problem):
        return Networks((), in_order((*problems, plan)), (), discovery.tree)
    for directory in find_roots(library, discovery) if plan is None else plan_root(library, discovery, wanted.paths):
        try:
            if plan is None:
                root = evaluate_root(library, directory, inputs, lower.WORDS, files)
            else:
                root = evaluate_plan(library, directory, inputs, lower.WORDS, files, plan)
            documents.update((document.path, document) for document in root.documents)
            declared.update(root.variables)
            network, hidden = lower.lower(root.path, root.resources)
            problems += (*root.problems, *hidden)
            judged.append(Judged(network, track.judge(network, graph.build(network))))
        except SglintError:
            raise
        except Exception as error:  # noqa: BLE001 -- a bug of ours in one root must not hide the others
            problems.append(internal(library.shown(directory), error, debug=wanted.debug))
    problems += undeclared(inputs, declared)
    return Networks(tuple(judged), in_order(problems), tuple(documents[path] for path in sorted(documents)), discovery.tree)


def internal(root: str, error: Exception, *, debug: bool) -> Problem:
    """
    Return the problem that a root module could not be judged because of a bug in sglint.
    """
    message = f"internal error while reading the root module {root}: {type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error)).rstrip()
    return Problem(message, hint=trace if debug else "please report it; --debug shows where it comes from")


def commented(tree: Tree, document: Document | TemplateDocument) -> Remarks:
    """
    Return the comments of a document that concern sglint, with the blocks that they may stand at the head of.
    """
    comments = [(comment.text, comment.span) for comment in document.comments]
    if not any("sglint" in text.lower() for text, _ in comments):
        return Remarks(document.path, (), ())
    source = read(tree, document.path)
    text = source.text if isinstance(source, Source) else ""
    if isinstance(document, Document):
        return remarks(document.path, text, comments, [(block.header, block.span) for block in all_blocks(document.blocks)])
    return remarks(document.path, text, comments, heads(document))
