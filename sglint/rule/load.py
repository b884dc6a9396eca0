"""
What a rule is, and how rules are found.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from sglint.finding import Label, Severity
from sglint.frozen import frozen
from sglint.model import Attachment, Interface, Timeouts
from sglint.rule.judged import Judged
from sglint.source import SglintError
from sglint.space import Bounds
from sglint.track import Verdict

SURE = Bounds(least=True, most=True)


@frozen
class Exposes:
    """
    A line of advice that says who can newly reach what, if one follows it.
    """

    text: str


Advice: TypeAlias = tuple[str | Exposes, ...]
"""Lines on what to do about something found, with those on the price of it told apart."""


@frozen
class Found:
    """
    One thing that a rule found: what it is about, what it says, and the places that explain it.

    `says` reads on after the address of the subject. `advice` are lines on what to do about it and at which price.
    `flows` are the tracked flows that it is about, for what they come to in the table of the instance. `lacking` are those
    that the advice is for, where these are not the same. `remedy` is False where no change of the groups makes them untracked.
    `alike` says that nobody can act on it, or on all that it is true of at once, so that a root is told once.
    `holds` are the bounds between which the unknowns leave it; whether the finding is certain follows from them.
    """

    subject: Interface | Attachment | Timeouts
    says: str
    labels: tuple[Label, ...] = ()
    advice: Advice = ()
    holds: Bounds[bool] = SURE
    flows: tuple[Verdict, ...] = ()
    lacking: tuple[Verdict, ...] = ()
    remedy: bool = True
    alike: bool = False

    @property
    def meant(self) -> tuple[Verdict, ...]:
        """
        The flows that the advice is for.
        """
        return self.lacking or self.flows

    @property
    def certain(self) -> bool:
        """
        Whether it holds in every completion of the unknowns.
        """
        return self.holds.least and self.subject.origin.maybe is None


Check: TypeAlias = Callable[[Judged], Iterable[Found]]


@frozen
class Rule:
    """
    A rule: its name, how bad what it finds is, since which version it exists, its page, the function that looks, and the file.

    One with `plan` looks at nothing but what a plan changes, and is not run where there is no plan.
    """

    slug: str
    severity: Severity
    since: str
    page: str
    check: Check
    plan: bool = False
    file: str = ""

    @property
    def title(self) -> str:
        """
        The first sentence of the page.
        """
        return self.page.strip().split("\n\n", 1)[0].replace("\n", " ")


@frozen
class Marked:
    """
    A function that `@rule` marked; the file it stands in makes it a `Rule`.
    """

    severity: Severity
    since: str
    check: Check
    plan: bool = False


def rule(*, severity: Severity, since: str, plan: bool = False) -> Callable[[Check], Marked]:
    """
    Mark the one function of a rule file that does the looking; with `plan`, at what a plan changes and nothing else.
    """

    def mark(check: Check) -> Marked:
        return Marked(severity, since, check, plan)

    return mark


def bundled() -> Path:
    """
    Return the folder of the rules that come with sglint: inside the package when installed, beside it in a checkout.
    """
    installed = Path(str(files("sglint"))) / "_rules"
    if installed.is_dir():
        return installed
    beside = Path(__file__).resolve().parent.parent.parent / "rules"
    if beside.is_dir() and (beside.parent / "pyproject.toml").is_file():
        return beside
    raise SglintError("the rules that come with sglint are missing; install it again")


def load(directories: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """
    Return the bundled rules and those in the given folders, sorted by name.
    """
    rules: dict[str, Rule] = {}
    for directory in (bundled(), *directories):
        if not directory.is_dir():
            raise SglintError(f"{directory} is not a folder of rules")
        for path in sorted(directory.glob("[!_.]*.py")):
            found = read(path)
            if found.slug in rules:
                raise SglintError(f"{path}: there is another rule {found.slug}; rename the file")
            rules[found.slug] = found
    return tuple(rules[slug] for slug in sorted(rules))


def find(rules: Iterable[Rule], slug: str) -> Rule:
    """
    Return the rule of that name, or say which one may have been meant.
    """
    by_slug = {rule.slug: rule for rule in rules}
    if slug not in by_slug:
        close = get_close_matches(slug, sorted(by_slug), 1)
        raise SglintError(f"there is no rule {slug}; " + (f"did you mean {close[0]}" if close else "sglint explain lists them"))
    return by_slug[slug]


def choose(rules: Iterable[Rule], select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """
    Return the selected rules, all when none is, without the ignored ones.
    """
    listed = tuple(rules)
    selected = {find(listed, slug).slug for slug in select} or {rule.slug for rule in listed}
    selected -= {find(listed, slug).slug for slug in ignore}
    if not selected:
        raise SglintError("no rule is left to run; select one that is not ignored")
    return tuple(rule for rule in listed if rule.slug in selected)


def read(path: Path) -> Rule:
    """
    Return the rule in the file; its name is that of the file.
    """
    module = execute(path)
    marked = [value for value in vars(module).values() if isinstance(value, Marked)]
    if len(marked) != 1:
        raise SglintError(f"{path}: a rule file has one function marked with @rule, this one has {len(marked)}")
    if not (module.__doc__ or "").strip():
        raise SglintError(f"{path}: a rule file begins with a docstring, which is the page of the rule")
    found = marked[0]
    slug, page = path.stem.replace("_", "-"), (module.__doc__ or "").strip()
    return Rule(slug, found.severity, found.since, page, found.check, found.plan, str(path.absolute()))


def execute(path: Path) -> ModuleType:
    """
    Run the file as a module of its own name, as `import` would.
    """
    name = f"sglint_rules.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SglintError(f"{path}: cannot be read as a rule")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SglintError(f"{path}: cannot be read as a rule: {type(error).__name__}: {error}") from error
    return module
