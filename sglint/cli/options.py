"""
What the commands have in common: which files to read, with which inputs, and where the result goes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import NoReturn, TextIO

import click

from sglint.cli.help import Helped
from sglint.cli.progress import shown
from sglint.deadline import Deadline, TimeUpError, deadline, ending, limited
from sglint.frozen import frozen
from sglint.output.plain import clean
from sglint.request import Assignment, Request
from sglint.source.replace import replaced

ORDER = "sglint.order"
STANDARD = frozenset({"-", "/dev/stdout"})
"""Names of standard output."""


class Ordered(Helped):
    """
    A command that remembers in which order its options were given, as Terraform does for variables.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """
        Note the order of the options, then read them as any command does.
        """
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


@frozen
class Output:
    """
    A format, and the file that it goes to; None is standard output.
    """

    format: str
    path: str | None


_OPTIONS = (
    click.argument("paths", nargs=-1, type=click.Path()),
    click.option("--var", multiple=True, metavar="NAME=VALUE", help="Value of a root variable, as in Terraform."),
    click.option("--var-file", multiple=True, metavar="FILE", help="File of root variables; later ones win."),
    click.option(
        "--var-env", is_flag=True, help="Take values of root variables from TF_VAR_NAME in the environment; all others win."
    ),
    click.option("--plan", metavar="FILE", help="A plan or state of terraform show -json; PATHS is its root module."),
    click.option("--workspace", metavar="NAME", help="Value of terraform.workspace; not known when not given."),
    click.option(
        "--parameter", multiple=True, metavar="NAME=VALUE", help="Value of a template's parameter, or of AWS::Region."
    ),
    click.option("--parameter-file", multiple=True, metavar="FILE", help="File of template parameters; later ones win."),
    click.option("--no-defaults", is_flag=True, help="Do not take the default of a template's parameter for its value."),
    click.option("--config", metavar="FILE", help="Configuration. Default: the nearest sglint.toml or pyproject.toml upwards."),
    click.option(
        "--root",
        metavar="DIR",
        help="Nothing outside this folder is read. Default: the git work tree around each path.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="What is not read by then is left out and said; after twice as long the run ends.",
    ),
    click.option(
        "--output", "-o", multiple=True, metavar="FILE", help="File to write to; of several formats, that of the one before it."
    ),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour. auto: on a terminal."
    ),
    click.option("--debug", is_flag=True, help="Show where an internal error comes from."),
)


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give the command the options of every command; those that say what to read come to it as one `Request`.
    """

    @wraps(command)
    def called(  # noqa: PLR0913 -- click passes every option
        *,
        paths: tuple[str, ...],
        var: tuple[str, ...],
        var_file: tuple[str, ...],
        var_env: bool,
        plan: str | None,
        workspace: str | None,
        parameter: tuple[str, ...],
        parameter_file: tuple[str, ...],
        no_defaults: bool,
        config: str | None,
        root: str | None,
        timeout: float | None,
        debug: bool,
        **others: object,
    ) -> None:
        wanted = Request(
            paths,
            assignments(click.get_current_context(), var, var_file, environment=var_env),
            workspace,
            plan,
            parameter,
            parameter_file,
            not no_defaults,
            root,
            debug,
            config,
            progress=shown(sys.stderr),
            deadline=None if timeout is None else deadline(timeout),
        )
        try:
            with ended(wanted.deadline):
                command(wanted=wanted, **others)
        finally:
            wanted.progress(1, 1)

    options = called
    for option in reversed(_OPTIONS):
        options = option(options)
    return options


def assignments(
    ctx: click.Context, var: Iterable[str], var_file: Iterable[str], *, environment: bool
) -> tuple[Assignment, ...]:
    """
    Return the values and files of variables in the order in which they were given, after those of the environment.
    """
    values, files = iter(var), iter(var_file)
    found: list[Assignment] = []
    if environment:
        there = sorted((key.removeprefix("TF_VAR_"), value) for key, value in os.environ.items() if key.startswith("TF_VAR_"))
        found = [("env", f"{name}={value}") for name, value in there if name]
    for name in ctx.meta[ORDER]:
        if name == "var":
            found.append(("var", next(values)))
        elif name == "var_file":
            found.append(("file", next(files)))
    return tuple(found)


def outputs(ctx: click.Context, formats: Iterable[str], files: Iterable[str], default: str) -> tuple[Output, ...]:
    """
    Return each format with the file that follows it; a file named before the first format belongs to that.
    """
    format_names, file_names = iter(formats), iter(files)
    found: list[Output] = []
    early: str | None = None
    for name in ctx.meta[ORDER]:
        if name == "formats":
            found.append(Output(next(format_names), early))
            early = None
        elif name == "output":
            file = next(file_names)
            if found and found[-1].path is None:
                found[-1] = Output(found[-1].format, file)
            elif found or early is not None:
                raise click.UsageError(f"--output {file} has no --format before it")
            else:
                early = file
    found = found or [Output(default, early)]
    found = [Output(one.format, None if one.path in STANDARD else one.path) for one in found]
    if sum(one.path is None for one in found) > 1:
        raise click.UsageError("two formats would both go to standard output; give one of them an --output FILE")
    twice = [one.path for index, one in enumerate(found) if one.path in [other.path for other in found[:index]]]
    if twice:
        raise click.UsageError(f"two formats would both go to {twice[0]}; give each its own --output FILE")
    return tuple(found)


def rule_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 -- as click calls it
    """
    Return the names of the bundled rules that begin so, for the completion of a shell; none of them is run for that.
    """
    from sglint.rule.load import bundled

    done, comma, last = incomplete.rpartition(",")
    names = sorted(path.stem.replace("_", "-") for path in bundled().glob("[!_.]*.py"))
    return [f"{done}{comma}{name}" for name in names if name.startswith(last)]


def colored(choice: str, output: Output) -> bool:
    """
    Return whether to use colour there: never in a file unless asked, and by NO_COLOR and the terminal otherwise.
    """
    if choice != "auto":
        return choice == "always"
    return output.path is None and not os.environ.get("NO_COLOR") and sys.stdout.isatty()


@contextmanager
def guarded(*, debug: bool) -> Iterator[None]:
    """
    End the run with a message instead of a traceback when we were called wrongly, or have a bug; `debug` shows it all the same.
    """
    from sglint.source import SglintError

    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except SglintError as error:
        stop(str(error))
    except MemoryError:
        stop("there is not enough memory; give fewer paths, or more memory")
    except Exception as error:
        if isinstance(error, FileNotFoundError) and not here():
            stop("the current folder is not there any more; start sglint in one that is")
        end = ending(error)
        if end is not None:
            raise end from None
        if debug:
            raise
        message = f"internal error: {type(error).__name__}: {error}; please report it, --debug shows where it comes from"
        tell(f"Error: {clean(message)}")
        click.get_current_context().exit(2)


@contextmanager
def ended(end: Deadline | None) -> Iterator[None]:
    """
    End the run with a message when it goes on for as long again after its deadline.
    """
    try:
        with limited(end.later() if end else None):
            yield
    except TimeUpError:
        stop(f"the run is not over {end.seconds if end else 0:g} seconds after its --timeout; give fewer paths, or more time")


def here() -> bool:
    """
    Return whether the current folder is there.
    """
    try:
        return bool(Path.cwd())
    except OSError:
        return False


def stop(message: str) -> NoReturn:
    """
    End the run with a message and exit code 2: how sglint was called is wrong.
    """
    raise click.UsageError(clean(message))


def write(output: Output, text: str) -> None:
    """
    Write the text to where the output goes: a file has all of it then, or is as it was.
    """
    if output.path is None:
        say(text)
        return
    try:
        replaced(output.path, text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        stop(f"cannot write {output.path}: {reason}")


def say(text: str) -> None:
    """
    Write the text to standard output; a reader that goes away has seen what it wanted to see.
    """
    try:
        click.echo(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"), nl=False)
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        stop(f"cannot write to standard output: {error.strerror}")


def tell(text: str) -> None:
    """
    Write a line to standard error, where nobody need listen.
    """
    try:
        click.echo(text, err=True)
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """
    Let what is still buffered go nowhere, or it fails once more at the end, with an exit code of its own.
    """
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
