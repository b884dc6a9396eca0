"""
What the configuration says about rules and files: which run, how bad what they find is, and where that is otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches

from sglint.config.read import Configuration, Setting
from sglint.frozen import frozen
from sglint.source import Problem, Span
from sglint.source.pattern import bytewise, opinion_of, read_pattern


@frozen
class Override:
    """
    What is otherwise for some files: the rules that count there, all when None, and how bad they are.
    """

    span: Span
    inside: Callable[[str], bool]
    counts: frozenset[str] | None
    severity: Mapping[str, str]


@frozen
class Chosen:
    """
    The rules that run, those that the configuration switches off with the place, how bad they are, and what is otherwise where.
    """

    rules: frozenset[str]
    off: tuple[tuple[str, Span], ...]
    severity: Mapping[str, str]
    overrides: tuple[Override, ...]
    problems: tuple[Problem, ...]


def chosen(said: Configuration, known: Collection[str]) -> Chosen:
    """
    Return what the configuration says about rules; `known` are all that there are.
    """
    select, ignore = said.one("select"), said.one("ignore")
    off: dict[str, Span] = {}
    if select is not None:
        off.update((slug, select.span) for slug in known if slug not in select.items)
    if ignore is not None:
        off.update((slug, ignore.span) for slug in known if slug in ignore.items)
    overrides = tuple(_override(said, number, known) for number in sorted({key[0] for key, _ in _overriding(said)}, key=int))
    return Chosen(
        frozenset(known) - off.keys(),
        tuple(sorted(off.items())),
        {slug: one.value for (slug,), one in said.of("severity.*")},
        overrides,
        tuple(_unknown(said, known)),
    )


def _overriding(said: Configuration) -> list[tuple[tuple[str, ...], Setting]]:
    return [found for name in ("paths", "select", "ignore", "severity.*") for found in said.of(f"override.#.{name}")]


def _override(said: Configuration, number: str, known: Collection[str]) -> Override:
    found = {one.key[2]: one for key, one in _overriding(said) if key[0] == number and one.key[2] != "severity"}
    severity = {key[1]: one.value for key, one in said.of("override.#.severity.*") if key[0] == number}
    first = next(one for key, one in _overriding(said) if key[0] == number)
    counts = None
    if "select" in found or "ignore" in found:
        counts = frozenset(found["select"].items if "select" in found else known)
        counts -= frozenset(found["ignore"].items if "ignore" in found else ())
    paths = found["paths"].items if "paths" in found else ()
    place = found.get("ignore", found.get("select", first)).span
    return Override(place, patterns(paths), counts, severity)


def patterns(lines: Iterable[str]) -> Callable[[str], bool]:
    """
    Return whether a path, as seen from where the patterns hold, matches one of them; one that is no pattern matches nothing.
    """
    read = [found for line in lines if (found := read_pattern(bytewise(line))) is not None]

    def matches(path: str) -> bool:
        parts = bytewise(path.removesuffix("/")).split("/")
        return opinion_of(read, parts, directory=path.endswith("/")) is True

    return matches


def left_out(said: Configuration) -> Callable[[str], bool] | None:
    """
    Return what says whether an absolute path, a directory's with a slash at its end, is not looked at; None when everything is.
    """
    found = said.one("exclude")
    if found is None:
        return None
    top, matches = f"{said.directory}/", patterns(found.items)
    return lambda path: path.startswith(top) and matches(path.removeprefix(top))


def _unknown(said: Configuration, known: Collection[str]) -> Iterable[Problem]:
    """Yield the rules that are named and that there are not."""
    named = [(slug, one) for key in ("select", "ignore") for _, one in said.of(key) for slug in one.items]
    named += [(slug, one) for key in ("select", "ignore") for _, one in said.of(f"override.#.{key}") for slug in one.items]
    named += [(slug, one) for (slug,), one in said.of("severity.*")]
    named += [(slug, one) for (_, slug), one in said.of("override.#.severity.*")]
    there = {key[0] for key, _ in said.of("override.#.paths")}
    for number, one in {key[0]: one for key, one in _overriding(said) if key[0] not in there}.items():
        message = f"the override {int(number) + 1} names no paths, so it is for nothing"
        yield Problem(message, one.span, "write paths = [...] into it", hides=False)
    for slug, one in named:
        if slug not in known:
            close = get_close_matches(slug, sorted(known), 1)
            hint = (
                f"did you mean {close[0]}" if close else "sglint explain lists them; give the folder of your own with --rules"
            )
            yield Problem(f"there is no rule {slug}", one.span, hint, hides=False)
