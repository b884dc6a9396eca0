"""
Functions over maps and objects.
"""

from __future__ import annotations

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.element import common_element, element_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import (
    ANYTHING,
    PARTLY,
    Function,
    Parameter,
    sequence,
)
from sglint.evaluate.terraform.symbol import hidden, may_match
from sglint.evaluate.terraform.types import ANY, STRING, Collection
from sglint.evaluate.terraform.unify import type_of
from sglint.evaluate.terraform.unknown import collapse, merged, wholly_known
from sglint.value import Map, Ref, Seq, Unknown, Value


def _keys(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("keys takes a map or object")
    return Seq(tuple(mapping), "list" if mapping.kind == "map" else "tuple")


def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError(f"lookup takes two or three arguments, but got {len(default) + 2}")
    if isinstance(mapping, (Ref, Unknown)):
        element = mapping.element if isinstance(mapping, Unknown) else None
        return merged((mapping, *default)) if element is None else collapse((element, *default), (mapping,))
    if not isinstance(mapping, Map):
        raise EvaluationError("lookup takes a map as its first argument")
    if mapping.kind == "map" and default:
        default = (_default(mapping, default[0]),)
    if not isinstance(key, str):
        results = (*mapping.values(), *default)
        return collapse(results, (key,)) if results else merged((key,))
    if key in mapping:
        return mapping[key]
    if may_match(key, mapping):
        return collapse((*mapping.values(), *default), (hidden(key),))
    if default:
        return default[0]
    raise EvaluationError(f'lookup did not find the key "{key}"')


def _default(mapping: Map, default: Value) -> Value:
    kind = type_of(mapping)
    element = kind.element if isinstance(kind, Collection) else ANY
    try:
        return convert(default, element)
    except EvaluationError:
        raise EvaluationError("the default of lookup must have the type of the map's elements") from None


def _merge(*values: Value) -> Value:
    for value in values:
        if value is not None and not isinstance(value, (Map, Ref, Unknown)):
            raise EvaluationError("the arguments of merge must be maps or objects")
    if any(isinstance(value, (Ref, Unknown)) for value in values):
        return merged(values, element=common_element(values))
    maps = [value for value in values if isinstance(value, Map)]
    alike = len(maps) == len(values) and len({_shape(value) for value in maps if len(value)}) <= 1
    is_map = bool(maps) and alike and all(value.kind == "map" for value in maps)
    entries = [entry for value in maps for entry in value.items()]
    return Map.of(entries, "map" if is_map else "object")


def _shape(value: Map) -> object:
    kind = type_of(value)
    return kind.element if isinstance(kind, Collection) else kind


def _transpose(mapping: Map) -> Value:
    result: dict[str, list[str]] = {}
    for key, items in mapping.items():
        if items is None or any(item is None for item in (items.items if isinstance(items, Seq) else ())):
            raise EvaluationError("transpose takes no null lists or strings")
        for item in items.items if isinstance(items, Seq) else ():
            result.setdefault(str(item), []).append(key)
    return Map.of(((key, Seq(tuple(sorted(names)), "list")) for key, names in result.items()), "map")


def _values(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("values takes a map or object")
    return Seq(tuple(mapping.values()), "list" if mapping.kind == "map" else "tuple")


def _zipmap(keys: Value, values: Value) -> Value:
    if not isinstance(keys, Seq) or not wholly_known(keys) or isinstance(values, (Ref, Unknown)):
        return merged((keys, values), element=element_of(values))
    items = sequence(values, "zipmap")
    if len(keys) != len(items):
        raise EvaluationError(f"zipmap got {len(keys)} keys and {len(items)} values")
    if any(key is None for key in keys):
        raise EvaluationError("the keys of zipmap must not be null")
    pairs = ((str(key), item) for key, item in zip(keys, items, strict=True))
    return Map.of(pairs, "map" if items.kind == "list" else "object")


_UNKNOWN_TOO = Parameter(unknown="yes")
_MAYBE_TEXTS = Parameter(Collection("list", STRING), unknown="yes")
_LISTS = Parameter(Collection("map", Collection("list", STRING)))

FUNCTIONS = {
    "keys": Function(_keys, (PARTLY,)),
    "lookup": Function(_lookup, (_UNKNOWN_TOO, Parameter(STRING, unknown="yes")), ANYTHING),
    "merge": Function(_merge, (), ANYTHING),
    "transpose": Function(_transpose, (_LISTS,)),
    "values": Function(_values, (PARTLY,), keeps=True),
    "zipmap": Function(_zipmap, (_MAYBE_TEXTS, _UNKNOWN_TOO)),
}
