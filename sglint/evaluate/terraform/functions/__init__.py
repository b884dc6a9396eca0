"""
Terraform's built-in functions, one file per family.

`call` is the only way in. A new function is one entry in the table of its family: what computes it, what it takes, and which of
its arguments may be unknown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions import (
    collection,
    conversion,
    crypto,
    date,
    encoding,
    filesystem,
    mapping,
    marking,
    network,
    number,
    sets,
    string,
)
from sglint.evaluate.terraform.functions import (
    format as formatting,
)
from sglint.evaluate.terraform.functions.signature import Context, Function, invoke
from sglint.evaluate.terraform.symbol import hidden
from sglint.evaluate.terraform.unknown import distribute, merged
from sglint.value import Map, Seq, Value

__all__ = ["NAMES", "Context", "call"]

_FAMILIES = (collection, conversion, crypto, date, encoding, filesystem, formatting, mapping, network, number, sets, string)
_FUNCTIONS: dict[str, Function] = {name: function for family in _FAMILIES for name, function in family.FUNCTIONS.items()}

MOST_ITEMS = 100_000
MOST_CHARACTERS = 10_000_000
"""No function makes more than this: a few lines that double a list thirty times would otherwise fill the memory."""

_MOVE = frozenset(
    (*collection.FUNCTIONS, *mapping.FUNCTIONS, *sets.FUNCTIONS, *conversion.FUNCTIONS, "join", "split", "coalesce")
)
"""The functions that move values and look at no characters, or know what a Symbol is."""

NAMES = frozenset(_FUNCTIONS)
"""The name of every function; each also has a long form that starts with `core::`."""


def call(name: str, arguments: Sequence[Value], context: Context) -> Value:
    """
    Return the result of a function.

    When an argument can have only a few values, the function is called for each of them.
    Who calls this checks that no argument is too large.
    """
    if name.startswith("provider::"):
        why = f"{name} belongs to a provider, and providers are not run"
        return marking.apply(name, lambda values: merged(values, why=why), arguments)
    short = name.removeprefix("core::")
    function = _FUNCTIONS.get(short)
    if function is None:
        raise EvaluationError(f'there is no function named "{name}"{_suggestion(short)}')

    def result(values: Sequence[Value]) -> Value:
        if short not in _MOVE:
            values = [hidden(value) for value in values]
        spread = distribute(lambda *chosen: invoke(short, function, chosen, context), values)
        return _bounded(short, invoke(short, function, values, context) if spread is None else spread)

    return marking.apply(short, result, arguments)


def _suggestion(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(NAMES), 1)
    return f'; did you mean "{close[0]}"' if close else ""


def _bounded(name: str, value: Value) -> Value:
    """
    Return the result, with the accents of a string composed, which is how Terraform keeps every string.
    """
    if isinstance(value, (Seq, Map)) and len(value) > MOST_ITEMS:
        raise EvaluationError(f"the result of {name} would have more than {MOST_ITEMS} elements")
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        raise EvaluationError(f"the result of {name} would be longer than {MOST_CHARACTERS} characters")
    return unicodedata.normalize("NFC", value) if isinstance(value, str) and not value.isascii() else value
