"""
The straight line from files to a report; read this first.

    text --parse--> Block --evaluate--> Resource --lower--> Network --graph--> Path --track--> Verdict
    Verdict --rules--> Finding --triage--> Report
"""

from __future__ import annotations

import posixpath
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from sglint import graph, lower, track
from sglint.evaluate.terraform import Inputs, Library, evaluate_root, find_roots
from sglint.finding import Finding, Report, Seen
from sglint.rule import Judged, Rule, run
from sglint.source import Discovery, Problem, SglintError, Source, Span, Tree, discover, read, whole
from sglint.syntax import Block, Document
from sglint.triage import Remarks, remarks, triage

Assignment: TypeAlias = tuple[Literal["var", "file"], str]


@dataclass(frozen=True, slots=True)
class Request:
    """
    What to look at: paths, the variables and workspace given, and the folder that nothing is read outside of.
    """

    paths: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    workspace: str | None = None
    root: str | None = None
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Networks:
    """
    The judged network of each root module, what could not be read, and the documents that all of it was read from.
    """

    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    documents: tuple[Document, ...]
    tree: Tree


def request(
    paths: Iterable[str], variables: Mapping[str, str], variable_files: Iterable[str], workspace: str | None
) -> Request:
    """
    Return what a program asks for: files of variables first, single variables win over them.
    """
    files: list[Assignment] = [("file", name) for name in variable_files]
    values: list[Assignment] = [("var", f"{name}={value}") for name, value in variables.items()]
    return Request(tuple(paths), (*files, *values), workspace)


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
        seen=seen(networks),
        sources=tuple(sources(networks.tree, findings)),
        roots=tuple(one.network.root for one in networks.judged),
    )


def judge(wanted: Request) -> Networks:
    """
    Return the networks of all root modules among the paths, with the verdict on every flow of every interface.
    """
    discovery = discover(wanted.paths or (".",), base=str(Path.cwd()), root=wanted.root)
    library = Library(discovery.tree)
    inputs = Inputs(wanted.assignments, wanted.workspace)
    files = {name: variable_file(name) for kind, name in wanted.assignments if kind == "file"}
    judged: list[Judged] = []
    problems = [*discovery.problems, *passed_over(discovery)]
    documents: dict[str, Document] = {}
    declared: set[str] = set()
    for directory in find_roots(library, discovery):
        try:
            root = evaluate_root(library, directory, inputs, lower.KINDS, files)
            documents.update((document.path, document) for document in root.documents)
            declared.update(root.variables)
            network, hidden = lower.lower(root.path, root.resources)
            problems += (*root.problems, *hidden)
            judged.append(Judged(network, track.judge(network, graph.build(network))))
        except SglintError:
            raise
        except Exception as error:  # noqa: BLE001 -- a bug of ours in one root must not hide the others
            problems.append(internal(library.shown(directory), error, debug=wanted.debug))
    problems += (undeclared(name) for name in inputs.names if name not in declared)
    return Networks(tuple(judged), in_order(problems), tuple(documents[path] for path in sorted(documents)), discovery.tree)


def passed_over(discovery: Discovery) -> Iterator[Problem]:
    """
    Yield the files that were recognised and are not read.
    """
    modules = {posixpath.dirname(file.real) for file in discovery.files if file.format == "terraform"}
    for file in discovery.files:
        if file.format == "cloudformation":
            message = f"{file.path} is a CloudFormation template, which sglint does not read yet"
            yield Problem(message, whole(file.path), "its interfaces are missing from this result")
    for file in discovery.named:
        if file.format == "tfvars" and posixpath.dirname(file.real) not in modules:
            message = f"{file.path} lies in no module, so nothing reads it by itself"
            yield Problem(message, whole(file.path), "give it with --var-file", hides=False)


def variable_file(name: str) -> Source:
    """
    Return the text of a file given with `--var-file`, which may lie anywhere.
    """
    path = Path(name).resolve()
    source = read(Tree(str(Path.cwd()), (str(path.parent),)), name)
    if isinstance(source, Problem):
        raise SglintError(f"--var-file {name}: {source.message}")
    return source


def undeclared(name: str) -> Problem:
    """
    Return the problem that a value was given for a variable that there is not.
    """
    return Problem(f"--var {name}: no root module here declares this variable", hint="see how it is spelt", hides=False)


def internal(root: str, error: Exception, *, debug: bool) -> Problem:
    """
    Return the problem that a root module could not be judged because of a bug in sglint.
    """
    message = f"internal error while reading the root module {root}: {type(error).__name__}: {error}"
    trace = "".join(traceback.format_exception(error)).rstrip()
    return Problem(message, hint=trace if debug else "please report it; --debug shows where it comes from")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """
    Return the problems sorted, each once.
    """
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.order, problem.hint, problem.hides)))


def commented(tree: Tree, document: Document) -> Remarks:
    """
    Return the comments of a document that concern sglint, with the blocks that they may stand at the head of.
    """
    comments = [(comment.text, comment.span) for comment in document.comments]
    if not any("sglint" in text for text, _ in comments):
        return Remarks(document.path, (), ())
    source = read(tree, document.path)
    text = source.text if isinstance(source, Source) else ""
    return remarks(document.path, text, comments, [(block.header, block.span) for block in within(document.blocks)])


def within(blocks: Iterable[Block]) -> Iterator[Block]:
    """
    Yield the blocks and all blocks inside of them.
    """
    waiting = list(blocks)
    while waiting:
        block = waiting.pop()
        waiting += block.blocks
        yield block


def sources(tree: Tree, findings: Iterable[Finding]) -> Iterator[Source]:
    """
    Yield the text of the files that findings point into.
    """
    spans: set[Span] = {span for one in findings for span in (one.span, *(label.span for label in one.labels))}
    for path in sorted({span.path for span in spans}):
        source = read(tree, path)
        if isinstance(source, Source):
            yield source


def seen(networks: Networks) -> Seen:
    """
    Return what was looked at.
    """
    judgements = [judgement for one in networks.judged for judgement in one.judgements]
    return Seen(
        roots=len(networks.judged),
        files=len(networks.documents),
        resources=sum(dict(one.network.seen).get("resources", 0) for one in networks.judged),
        interfaces=len(judgements),
        in_scope=sum(judgement.in_scope.least for judgement in judgements),
        maybe_in_scope=sum(judgement.in_scope.most and not judgement.in_scope.least for judgement in judgements),
    )
