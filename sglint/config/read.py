"""
Reading `sglint.toml`, or `[tool.sglint]` in pyproject.toml: the settings in it with their places, or what is wrong with it.
"""

# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH119, PTH120
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from sglint.config.keys import ANY, EACH, KEYS, WIDEST
from sglint.frozen import frozen
from sglint.source import NOTHING, Overlay, Problem, SglintError, Source, Span, Tree, displayed, is_file, read, real_path, whole
from sglint.source.ignore import work_tree
from sglint.source.tree import inside

NAME = "sglint.toml"
LIMIT = 1_000_000
"""How many bytes a configuration may have."""

PARTS = 100
"""How many parts a key may have: it takes the square of that to read one."""

_TOKEN = re.compile(r"""([\w-]++|"(?:[^"\\]|\\.)*+"?|'[^']*+'?)|(\.)|[ \t]++|.""")
_DEEPEST = 20
"""How many tables may lie in one another."""
_SECTION = ("tool", "sglint")


@frozen
class Setting:
    """
    One value: its full key, what stands there as text, the place, and of a list its items.
    """

    key: tuple[str, ...]
    value: str
    span: Span
    items: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """
        The key as one writes it.
        """
        return _shown(self.key)


@frozen
class Configuration:
    """
    What a configuration says: the displayed path of its file, the absolute directory that its paths are relative to.

    Without a file it says nothing.
    """

    path: str = ""
    directory: str = ""
    settings: tuple[Setting, ...] = ()

    def of(self, pattern: str) -> Iterator[tuple[tuple[str, ...], Setting]]:
        """
        Yield the settings whose key has this pattern of `KEYS`, each with the names that its `*` stand for.
        """
        parts = pattern.split(".")
        for one in self.settings:
            if _matches(one.key, parts):
                yield tuple(name for name, part in zip(one.key, parts, strict=True) if part in (ANY, EACH)), one

    def one(self, key: str) -> Setting | None:
        """
        Return the setting of a key of `KEYS` that has no `*`, None where it is not given.
        """
        return next((one for _, one in self.of(key)), None)

    def text(self, key: str) -> str:
        """
        Return what stands at a key that has no `*`, or what holds without it.
        """
        found = self.one(key)
        return KEYS[key].default if found is None else found.value

    def resolve(self, path: str) -> str:
        """
        Return the absolute path that a path in the configuration stands for.
        """
        return os.path.normpath(os.path.join(self.directory, path))


EMPTY = Configuration()
"""What is said where there is no file."""


def configuration(named: str | None, *, base: str, root: str | None = None, over: Overlay = NOTHING) -> Configuration:
    """
    Return the configuration in the file `named`, or the nearest one from the absolute directory `base` upwards.

    The search ends with the git work tree, or `root` if given; without both it is in `base` only. With "" there is none.
    """
    if named == "":
        return Configuration()
    if named is not None:
        path = os.path.join(base, named)
        tree = Tree(base, (os.path.dirname(real_path(over, path)),), over)
        return _configuration(tree, path, required=True) or Configuration()
    limit = os.path.realpath(os.path.join(base, root)) if root is not None else work_tree(os.path.realpath(base))
    tree = Tree(base, (limit or os.path.realpath(base),), over)
    directory = base
    while inside(tree, os.path.realpath(directory)):
        for name in (NAME, "pyproject.toml"):
            path = os.path.join(directory, name)
            found = _configuration(tree, path) if is_file(over, path) or (name == NAME and _is_odd(path)) else None
            if found is not None:
                return found
        above = os.path.dirname(directory)
        if above == directory:
            break
        directory = above
    return Configuration()


def _is_odd(path: str) -> bool:
    """Return whether there is something at the path that cannot be read, such as a link that leads nowhere."""
    return os.path.lexists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _configuration(tree: Tree, path: str, *, required: bool = False) -> Configuration | None:
    """Return what a file says, None when it is a pyproject.toml that says nothing about sglint."""
    source = read(tree, path, LIMIT)
    if isinstance(source, Problem):
        raise SglintError(f"{'--config: ' if required else ''}{source.message}")
    prefix = _SECTION if os.path.basename(path) == "pyproject.toml" else ()
    if prefix and not required and "sglint" not in source.text:
        return None
    content: object = _parsed(source)
    for name in prefix:
        content = content.get(name) if isinstance(content, dict) else None
    if content is None and not required:
        return None
    places = _places(source)
    settings = tuple(
        _settings((), {} if content is None else content, lambda key: _place(places, source.path, (*prefix, *key)))
    )
    return Configuration(displayed(tree, path), os.path.dirname(os.path.abspath(path)), settings)


def _parsed(source: Source) -> dict[str, object]:
    import tomllib

    if any(map(_is_long, source.text.splitlines())):
        raise SglintError(f"{source.path} is not TOML: a key in it has more than {PARTS} parts")
    try:
        return tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise SglintError(f"{source.path} is not TOML: {why}") from None


def _is_long(line: str) -> bool:
    """Return whether there is a key of too many parts in a line."""
    if line.count(".") < PARTS:
        return False
    parts = 0
    for token in _TOKEN.finditer(line):
        word, dot = token.groups()
        if word:
            parts = max(parts, 1)
        elif dot:
            parts = parts + 1 if parts else 0
        elif not token[0].isspace():
            parts = 0
        if parts > PARTS:
            return True
    return False


def _settings(key: tuple[str, ...], value: object, place: Callable[[tuple[str, ...]], Span]) -> Iterator[Setting]:
    """Yield the settings of a part of the configuration, or raise what is wrong with it."""
    known = next((known for pattern, known in KEYS.items() if _matches(key, pattern.split("."))), None)
    where = place(key)
    if known is not None:
        items = known.kind.accept(value)
        if items is None:
            raise SglintError(f"{where.path}:{where.line}: {_shown(key)} is {_what(value)}; write {known.kind.expected}")
        yield Setting(key, ",".join(items), where, items)
    elif _tables(key):
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise SglintError(f"{where.path}:{where.line}: {_shown(key)} is {_what(value)}; write [[{_shown(key)}]]")
        for number, one in enumerate(value):
            yield from _settings((*key, str(number)), one, place)
    elif not isinstance(value, dict):
        raise SglintError(f"{where.path}:{where.line}: {_shown(key) or 'tool.sglint'} is {_what(value)}; write a table")
    else:
        for name, inner in value.items():
            _known((*key, name), place)
            yield from _settings((*key, name), inner, place)


def _known(key: tuple[str, ...], place: Callable[[tuple[str, ...]], Span]) -> None:
    """Raise an error when no key begins like this."""
    patterns = [pattern.split(".") for pattern in KEYS]
    names = {parts[len(key) - 1] for parts in patterns if len(parts) >= len(key) and _matches(key[:-1], parts[: len(key) - 1])}
    if key[-1] in names or ANY in names:
        return
    close = [_shown((*key[:-1], name)) for name in get_close_matches(key[-1], sorted(names), 1)]
    hint = f"did you mean {close[0]}" if close else f"there {'is' if len(names) == 1 else 'are'} {', '.join(sorted(names))}"
    where = place(key)
    raise SglintError(f"{where.path}:{where.line}: there is no key {_shown(key)}; {hint}")


def _matches(key: tuple[str, ...], parts: list[str]) -> bool:
    return len(key) == len(parts) and all(part in (ANY, EACH, name) for name, part in zip(key, parts, strict=True))


_TABLES = {tuple(pattern.split(".")[: pattern.split(".").index(EACH)]) for pattern in KEYS if EACH in pattern.split(".")}


def _tables(key: tuple[str, ...]) -> bool:
    """Return whether several tables stand at the key."""
    return any(_matches(key, list(above)) for above in _TABLES)


def _shown(key: tuple[str, ...]) -> str:
    """Return a key as one writes it."""
    return ".".join(name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"' for name in key)


def _what(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > WIDEST:
        return "a number that is too large"
    if isinstance(value, (bool, int, float, str)):
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        return shown if len(shown) <= 40 else "a long text"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or time"


def _places(source: Source) -> dict[tuple[str, ...], Span]:
    """
    Return where each key stands, as far as one line tells.
    """
    found: dict[tuple[str, ...], Span] = {}
    table: tuple[str, ...] = ()
    number: dict[tuple[str, ...], int] = {}
    for at, line in enumerate(source.text.splitlines(), start=1):
        text = line.strip()
        span = Span(source.path, at, len(line) - len(line.lstrip()) + 1, at, len(line.rstrip()) + 1)
        keys = list(_keys(_line(text)))
        if text.startswith("[[") and keys:
            number[keys[-1]] = number.get(keys[-1], -1) + 1
            table = (*keys[-1], str(number[keys[-1]]))
            keys = [table[:depth] for depth in range(1, len(table) + 1)]
        elif text.startswith("[") and keys:
            table = keys[-1]
            keys = [table[:depth] for depth in range(1, len(table) + 1)]
        else:
            keys = [(*table, *key) for key in keys]
        for key in keys:
            found.setdefault(key, span)
    return found


def _line(text: str) -> object:
    """Return what one line says by itself; of a value that goes on in the next lines only the key."""
    import tomllib

    for candidate in (text, f"{text.partition('=')[0]}=0"):
        try:
            return tomllib.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return {}


def _keys(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and len(above) < _DEEPEST:
        for name, inner in value.items():
            yield (*above, name)
            yield from _keys(inner, (*above, name))


def _place(places: Mapping[tuple[str, ...], Span], path: str, key: tuple[str, ...]) -> Span:
    while key and key not in places:
        key = key[:-1]
    return places.get(key, whole(path))
