"""
What may be written into the configuration: one list, from which it is checked, explained, and made known to editors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sglint.frozen import frozen

WIDEST = 64
"""How many bits a whole number may have."""
ANY, EACH = "*", "#"
"""In a key, a name that its author chooses, and the number of one of several tables."""

LEVELS = ("error", "warning", "note")
MOST_ENTRIES = 100_000_000_000
"""No table of connections has room for more."""


@frozen
class Kind:
    """
    What may stand at a key: in words, the function that returns its texts or None when it is something else, and its schema.
    """

    expected: str
    accept: Callable[[object], tuple[str, ...] | None]
    schema: Mapping[str, object]


@frozen
class Key:
    """
    A key: what may stand there, what that does, and what holds without it.
    """

    kind: Kind
    says: str
    default: str = ""


def _text(value: object) -> tuple[str, ...] | None:
    return (value,) if isinstance(value, str) else None


def _flag(value: object) -> tuple[str, ...] | None:
    return (str(value).lower(),) if isinstance(value, bool) else None


def _names(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return tuple(value)


def _parameter(value: object) -> tuple[str, ...] | None:
    if isinstance(value, bool):
        return (str(value).lower(),)
    if isinstance(value, list):
        items = [None if isinstance(item, list) else _parameter(item) for item in value]
        return None if None in items else (",".join(text for item in items if item is not None for text in item),)
    if isinstance(value, int):
        return None if value.bit_length() > WIDEST else (str(value),)
    return (value,) if isinstance(value, str) else None


def _value(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    try:
        return (json.dumps(value, allow_nan=False),)
    except (TypeError, ValueError, RecursionError):
        return None


def _entries(value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ENTRIES
    return (str(value),) if fits else None


def _one_of(*words: str) -> Kind:
    def accept(value: object) -> tuple[str, ...] | None:
        return (value,) if isinstance(value, str) and value in words else None

    return Kind(f"one of {', '.join(words)}", accept, {"enum": list(words)})


_SCALARS = ["string", "integer", "boolean"]
TEXT = Kind("a text in quotes", _text, {"type": "string"})
FLAG = Kind("true or false", _flag, {"type": "boolean"})
NAMES = Kind("a list of texts", _names, {"type": "array", "items": {"type": "string"}})
LEVEL = _one_of(*LEVELS)
FAIL_ON = _one_of(*LEVELS, "never")
VALUE = Kind("a text, a number, true, false, a list or a table", _value, {})
ENTRIES = Kind(f"a whole number from 1 to {MOST_ENTRIES}", _entries, {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES})
PARAMETER = Kind(
    "a text, a whole number, true, false, or a list of these",
    _parameter,
    {"type": [*_SCALARS, "array"], "items": {"type": _SCALARS}},
)

KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "select": Key(NAMES, "the rules that run", "all"),
        "ignore": Key(NAMES, "rules that do not run", "none"),
        "severity.*": Key(LEVEL, "how bad the findings of a rule are"),
        "override.#.paths": Key(NAMES, "the files below, as in .gitignore"),
        "override.#.select": Key(NAMES, "the rules whose findings count there"),
        "override.#.ignore": Key(NAMES, "rules whose findings do not count there"),
        "override.#.severity.*": Key(LEVEL, "how bad the findings of a rule are there"),
        "fail-on": Key(FAIL_ON, "from which severity on check exits with 1", "warning"),
        "maybe": Key(FLAG, "whether check shows what may hold, too", "false"),
        "baseline": Key(TEXT, "the file that lists the findings which do not fail", "none"),
        "exclude": Key(NAMES, "files and folders that are not looked at, as in .gitignore", "none"),
        "traffic.#.interfaces": Key(NAMES, "the addresses of the interfaces, or of their instances; * is any text", "all"),
        "traffic.#.tags.*": Key(TEXT, "a tag that the interfaces or their instances have"),
        "traffic.#.profile": Key(TEXT, "their traffic: a bundled profile, or the file of one's own"),
        "traffic.#.allowance": Key(ENTRIES, "how many entries the table of one instance has, measured"),
        "traffic.#.instance-type": Key(TEXT, "the type of their instances"),
        "terraform.workspace": Key(TEXT, "the value of terraform.workspace", "not known"),
        "terraform.variable-files": Key(NAMES, "files of variables, as with --var-file"),
        "terraform.variables.*": Key(VALUE, "the value of a variable, as with --var"),
        "terraform.roots.*.workspace": Key(TEXT, "the value of terraform.workspace in one root module"),
        "terraform.roots.*.variable-files": Key(NAMES, "files of variables of one root module"),
        "terraform.roots.*.variables.*": Key(VALUE, "the value of a variable of one root module"),
        "cloudformation.nested.*": Key(TEXT, "the file of the template at the end of a TemplateURL"),
        "cloudformation.parameters.*": Key(PARAMETER, "the value of a parameter of all templates"),
        "cloudformation.templates.*.parameters.*": Key(PARAMETER, "the value of a parameter of one template"),
        "cloudformation.templates.*.stack": Key(TEXT, "the name of the stack that a template makes"),
    }
)
"""Every key there is."""
