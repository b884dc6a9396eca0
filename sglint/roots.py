"""
What there is to evaluate: the root modules and the templates among the files, each with what is given for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from sglint.config import Configuration
from sglint.deadline import Deadline, TimeUpError
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
from sglint.frozen import frozen
from sglint.lower import WORDS
from sglint.request import Request
from sglint.source import Discovery, Problem, digest, found_by


@frozen
class Unread:
    """
    A root module or template, the function that evaluates it, and a digest of what it is given beside the files.
    """

    name: str
    evaluate: Callable[[], Root]
    given: bytes = b""


@frozen
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
        found_by(discovery.tree, "backends", states.kept)
        configured = configured_inputs(inputs, said, discovery.tree)
        given = digest((files, configured))
        roots = tuple(
            Unread(
                f"the root module {library.shown(path)}",
                partial(
                    evaluate_root,
                    library,
                    path,
                    inputs=configured.of(path),
                    wanted=WORDS,
                    named={**files, **configured.files},
                    states=states,
                ),
                given,
            )
            for path in found
        )
        return Reader(roots, configured.problems, partial(undeclared_of, (unknown, configured.undeclared)))
    plan = read_plan(wanted.plan)
    if isinstance(plan, Problem):
        return Reader((), (plan,), unknown)
    found = plan_root(library, discovery, wanted.paths)
    evaluate = partial(evaluate_plan, library, inputs=inputs, wanted=WORDS, named=files, plan=plan)
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
    evaluate = partial(evaluate_template, library, parameters=parameters, wanted=WORDS, roots=found)
    found_by(discovery.tree, "templates", lambda _: digest(found))
    beside = digest(parameters)
    roots = tuple(Unread(f"the template {library.shown(path)}", partial(evaluate, path), beside) for path in found)
    unknown = partial(undeclared_parameters, parameters, unless=said.path if discovery.named else "")
    return Reader(roots, (*problems, *misconfigured(said, library)), unknown)


def internal(root: Unread, error: Exception, *, debug: bool) -> Problem:
    """
    Return the problem that a root module or template could not be judged: there is not enough memory, or a bug in sglint.
    """
    if isinstance(error, MemoryError):
        return Problem(f"{root.name} needs more memory than there is", hint="give fewer paths, or more memory")
    message = f"internal error while reading {root.name}: {type(error).__name__}: {error}"
    import traceback

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
