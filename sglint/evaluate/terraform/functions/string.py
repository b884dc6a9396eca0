"""
Functions over strings. A character is what a reader sees as one, so an accent belongs to its letter.
"""

from __future__ import annotations

import re
import unicodedata

from sglint.evaluate.terraform.convert import to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import TEXT, WHOLE, Context, Function, Parameter, whole
from sglint.evaluate.terraform.symbol import concatenate, hidden, split
from sglint.evaluate.terraform.typed import is_any, list_of
from sglint.evaluate.terraform.types import ANY, BOOL, STRING, Collection, Type
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Map, Null, Number, Seq, Symbol, Unknown, Value

LONGEST = 1_000_000
"""Strings that a function would make longer than this are refused."""

SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
_NEWLINES = re.compile(r"(?:\r\n?|\n)*\Z")


def characters(text: str) -> list[str]:
    """
    Return the characters of the text as a reader sees them.
    """
    if text.isascii() and "\r" not in text:
        return list(text)
    import regex

    return regex.findall(r"\X", text)


def _upper(text: str) -> Value:
    return text.upper() if text.isascii() else "".join(_one(c, c.upper()) for c in text)


def _lower(text: str) -> Value:
    return text.lower() if text.isascii() else "".join(c.lower()[0] for c in text)


def _one(character: str, changed: str) -> str:
    return changed if len(changed) == 1 else character


def _title(text: str) -> Value:
    result = []
    inside = False
    for character in text:
        result.append(character if inside else _one(character, character.title()))
        inside = _is_letter(character)
    return "".join(result)


def _is_letter(character: str) -> bool:
    """
    Return whether what comes after this character is still the same word.
    """
    if character.isascii():
        return character.isalnum() or character == "_"
    return unicodedata.category(character)[0] in "LN" or character not in SPACES


def _chomp(text: str) -> Value:
    return _NEWLINES.sub("", text)


def _indent(spaces: Number, text: str) -> Value:
    count = whole(spaces, "the number of spaces")
    if count < 0:
        raise EvaluationError("the number of spaces must not be negative")
    if count * max(text.count("\n"), 1) > LONGEST:
        raise EvaluationError(f"the result of indent would be longer than {LONGEST} characters")
    return text.replace("\n", "\n" + " " * count)


def _join(separator: str, *lists: Seq) -> Value:
    items = [item for one in lists for item in one.items]
    if not lists:
        raise EvaluationError("join takes at least one list")
    if any(item is None for item in items):
        raise EvaluationError("join takes no null elements")
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        return items[0] if len(items) == 1 else merged(items)
    if sum(map(len, texts)) + len(separator) * len(texts) > LONGEST:
        raise EvaluationError(f"the result of join would be longer than {LONGEST} characters")
    between = [piece for text in texts for piece in (separator, text)][1:]
    return concatenate(between)


def _split(separator: str, text: str) -> Value:
    if isinstance(separator, Symbol):
        return merged((hidden(separator),))
    if isinstance(text, Symbol):
        return split(separator, text)
    if not separator:
        return list_of(text, STRING)
    return list_of(text.split(separator), STRING)


def _replace(text: str, wanted: str, replacement: str) -> Value:
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        from sglint.evaluate.terraform.functions.pattern import replace_all

        return replace_all(wanted[1:-1], text, replacement)
    if (text.count(wanted) + 1) * len(replacement) + len(text) > LONGEST:
        raise EvaluationError(f"the result of replace would be longer than {LONGEST} characters")
    return text.replace(wanted, replacement)


def _regex(pattern: str, text: str) -> Value:
    from sglint.evaluate.terraform.functions.pattern import first_match

    return first_match(pattern, text)


def _regexall(pattern: str, text: str) -> Value:
    from sglint.evaluate.terraform.functions.pattern import all_matches

    return all_matches(pattern, text)


def _type_of_match(pattern: Value, _: Value) -> Type:
    from sglint.evaluate.terraform.functions.pattern import type_of_match

    return type_of_match(pattern) if isinstance(pattern, str) else ANY


def _type_of_matches(pattern: Value, text: Value) -> Type:
    kind = _type_of_match(pattern, text)
    return kind if is_any(kind) else Collection("list", kind)


def _strrev(text: str) -> Value:
    return "".join(reversed(characters(text)))


def _substr(text: str, offset: Number, length: Number) -> Value:
    start, count = whole(offset, "the offset"), whole(length, "the length")
    parts = characters(text)
    to_end = count < 0 or (count == 0 and start < 0)
    if start < 0:
        start = max(start + len(parts), 0)
    return "".join(parts[start:] if to_end else parts[start : start + count])


def _strcontains(text: str, wanted: str) -> Value:
    return wanted in text


def _startswith(text: str, prefix: str) -> Value:
    return text.startswith(prefix)


def _endswith(text: Value, suffix: str) -> Value:
    if isinstance(text, str):
        return text.endswith(suffix)
    ends = text.ends if isinstance(text, Unknown) else ""
    return ends.endswith(suffix) if len(ends) >= len(suffix) else merged((text,))


def _trim(text: str, cut: str) -> Value:
    return text.strip(cut) if cut else text


def _trimprefix(text: str, prefix: str) -> Value:
    return text.removeprefix(prefix)


def _trimsuffix(text: str, suffix: str) -> Value:
    return text.removesuffix(suffix)


def _trimspace(text: str) -> Value:
    return text.strip(SPACES)


def _templatestring(context: Context, text: str, variables: Value) -> Value:
    rendered = to_string(context.render(text, "<templatestring>", template_variables(variables)))
    if rendered is None or isinstance(rendered, Null):
        raise EvaluationError("the template comes to null")
    return rendered


def template_variables(variables: Value) -> Map:
    """
    Return the variables of a template, whose names have to be identifiers.
    """
    if not isinstance(variables, Map):
        raise EvaluationError("the variables of a template must be a map")
    for name in variables:
        if not _IDENTIFIER.fullmatch(name):
            raise EvaluationError(f'"{name[:60]}" cannot be the name of a template variable')
    return variables


FUNCTIONS = {
    "chomp": Function(_chomp, (TEXT,), returns=STRING),
    "endswith": Function(_endswith, (Parameter(STRING, unknown="yes"), TEXT), returns=BOOL),
    "indent": Function(_indent, (WHOLE, TEXT), returns=STRING),
    "join": Function(_join, (TEXT,), Parameter(Collection("list", STRING), unknown="inside"), returns=STRING),
    "lower": Function(_lower, (TEXT,), returns=STRING),
    "regex": Function(_regex, (TEXT, TEXT), returns=_type_of_match),
    "regexall": Function(_regexall, (TEXT, TEXT), returns=_type_of_matches),
    "replace": Function(_replace, (TEXT, TEXT, TEXT), returns=STRING),
    "split": Function(_split, (TEXT, TEXT), returns=Collection("list", STRING)),
    "startswith": Function(_startswith, (TEXT, TEXT), returns=BOOL),
    "strcontains": Function(_strcontains, (TEXT, TEXT), returns=BOOL),
    "strrev": Function(_strrev, (TEXT,), returns=STRING),
    "substr": Function(_substr, (TEXT, WHOLE, WHOLE), returns=STRING),
    "templatestring": Function(_templatestring, (TEXT, Parameter(unknown="inside")), context=True),
    "title": Function(_title, (TEXT,), returns=STRING),
    "trim": Function(_trim, (TEXT, TEXT), returns=STRING),
    "trimprefix": Function(_trimprefix, (TEXT, TEXT), returns=STRING),
    "trimspace": Function(_trimspace, (TEXT,), returns=STRING),
    "trimsuffix": Function(_trimsuffix, (TEXT, TEXT), returns=STRING),
    "upper": Function(_upper, (TEXT,), returns=STRING),
}
