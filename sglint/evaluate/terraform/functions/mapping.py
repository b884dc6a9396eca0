"""
Functions over maps and objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
from sglint.evaluate.terraform.typed import (
    bare,
    element_type,
    is_any,
    is_seen,
    list_of,
    map_of,
    member,
    members,
    object_of,
    tuple_of,
    type_of,
    unknown_of,
)
from sglint.evaluate.terraform.types import ANY, STRING, UNSEEN, Any, Collection, Field, Object, Tuple, Type
from sglint.evaluate.terraform.unknown import collapse, merged, wholly_known
from sglint.value import Map, Null, Ref, Seq, Unknown, Value


def _keys(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("keys takes a map or object")
    return list_of(mapping, STRING) if mapping.kind == "map" else Seq(tuple(mapping))


def _type_of_keys(mapping: Value) -> Type:
    kind = type_of(mapping)
    if isinstance(kind, Object):
        return Tuple((STRING,) * len(kind.fields))
    if isinstance(kind, Collection) and kind.kind == "map":
        return Collection("list", STRING)
    raise EvaluationError("keys takes a map or object")


def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError(f"lookup takes two or three arguments, but got {len(default) + 2}")
    if isinstance(mapping, (Ref, Unknown)):
        return _lookup_in_unknown(mapping, key, *default)
    if not isinstance(mapping, Map):
        raise EvaluationError("lookup takes a map as its first argument")
    if mapping.kind == "map" and default:
        default = (_default(mapping, default[0]),)
    kind = element_type(mapping) if mapping.kind == "map" else ANY
    if not isinstance(key, str):
        results = (*mapping.values(), *default)
        return unknown_of(kind, collapse(results, (key,)) if results else merged((key,)))
    if key in mapping:
        return member(mapping, key)
    if may_match(key, mapping):
        return collapse((*mapping.values(), *default), (hidden(key),))
    if default:
        return default[0]
    raise EvaluationError(f'lookup did not find the key "{key}"')


def _lookup_in_unknown(mapping: Ref | Unknown, key: Value, *default: Value) -> Value:
    kind = type_of(mapping)
    result: Type = ANY if isinstance(mapping, Unknown) and mapping.type is not None else UNSEEN
    if isinstance(kind, Collection) and kind.kind == "map":
        result = kind.element
        for one in default:
            convert(one, kind.element)
    elif isinstance(kind, Object):
        field = kind.field(key) if isinstance(key, str) else None
        result = result if field is None else field.type
        if isinstance(key, str) and field is None and not default:
            raise EvaluationError(f'lookup did not find the key "{key}"')
    elif not isinstance(kind, Any):
        raise EvaluationError("lookup takes a map as its first argument")
    element = mapping.element if isinstance(mapping, Unknown) else None
    unknown = merged((mapping, *default)) if element is None else collapse((element, *default), (mapping,))
    return unknown_of(result, unknown)


def _default(mapping: Map, default: Value) -> Value:
    try:
        return convert(default, element_type(mapping))
    except EvaluationError:
        raise EvaluationError("the default of lookup must have the type of the map's elements") from None


def _merge(*values: Value) -> Value:
    types = [type_of(value) for value in values]
    for kind in types:
        if is_any(kind):
            break
        if not isinstance(kind, (Object, Any)) and not (isinstance(kind, Collection) and kind.kind == "map"):
            raise EvaluationError("the arguments of merge must be maps or objects")
    if any(isinstance(value, (Ref, Unknown)) for value in values):
        return merged(values, element=common_element(list(map(bare, values))), type=_type_of_merge(values, types))
    entries = {key: item for value in values for key, item in _entries(value)}
    if not types or any(kind != types[0] for kind in types[1:]):
        return object_of(entries)
    if isinstance(types[0], Object) and len(entries) != len(types[0].fields):
        raise EvaluationError("merge got no object that is not null")
    return map_of(entries, types[0].element) if isinstance(types[0], Collection) else object_of(entries)


def _entries(value: Value) -> Iterable[tuple[str, Value]]:
    """
    Return the entries of a map. Anything else follows a null, where nothing is checked: a text of a set is its own key then.
    """
    if isinstance(value, Map):
        return zip(value, members(value), strict=True)
    if value is None or isinstance(value, Null) or (isinstance(value, Seq) and not len(value)):
        return ()
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, Seq) and value.kind == "set" else []
    if not texts or (isinstance(value, Seq) and len(texts) != len(value)):
        raise EvaluationError("the arguments of merge must be maps or objects")
    return ((text, text) for text in texts)


def _type_of_merge(values: Sequence[Value], types: list[Type]) -> Type | None:
    """
    Return the type of maps and objects in one, None when it is not seen.
    """
    if not all(map(is_seen, types)):
        return None
    if any(map(is_any, types)) or all(kind == types[0] for kind in types):
        return ANY if any(map(is_any, types)) else types[0]
    fields: dict[str, Type] = {}
    for value, kind in zip(values, types, strict=True):
        if isinstance(kind, Object) and value is not None and not isinstance(value, Null):
            fields.update({field.name: field.type for field in kind.fields})
        elif isinstance(kind, Collection) and isinstance(value, Map):
            fields.update(dict.fromkeys(value, kind.element))
        elif isinstance(kind, Collection) and isinstance(value, Unknown):
            return ANY
    return Object(tuple(Field(name, fields[name]) for name in sorted(fields)))


def _transpose(mapping: Map) -> Value:
    result: dict[str, list[str]] = {}
    for key, items in mapping.items():
        if items is None or any(item is None for item in (items.items if isinstance(items, Seq) else ())):
            raise EvaluationError("transpose takes no null lists or strings")
        for item in items.items if isinstance(items, Seq) else ():
            result.setdefault(str(item), []).append(key)
    texts = Collection("list", STRING)
    return map_of({key: list_of(sorted(names), STRING) for key, names in result.items()}, texts)


def _values(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("values takes a map or object")
    items = members(mapping)
    return list_of(items, element_type(mapping)) if mapping.kind == "map" else tuple_of(items)


def _type_of_values(mapping: Value) -> Type:
    kind = type_of(mapping)
    if isinstance(kind, Object):
        return Tuple(tuple(field.type for field in kind.fields))
    if isinstance(kind, Collection) and kind.kind == "map":
        return Collection("list", kind.element)
    raise EvaluationError("values takes a map or object")


def _zipmap(keys: Value, values: Value) -> Value:
    if not isinstance(keys, Seq) or not wholly_known(keys) or isinstance(values, (Ref, Unknown)):
        return merged((keys, values), element=element_of(values), type=_type_of_zipmap(values))
    items = sequence(values, "zipmap")
    if len(keys) != len(items):
        raise EvaluationError(f"zipmap got {len(keys)} keys and {len(items)} values")
    if any(key is None for key in keys):
        raise EvaluationError("the keys of zipmap must not be null")
    pairs = ((key if isinstance(key, str) else str(key), item) for key, item in zip(keys, members(items), strict=True))
    return map_of(pairs, element_type(items)) if items.kind == "list" else object_of(pairs)


def _type_of_zipmap(values: Value) -> Type | None:
    kind = type_of(values)
    if isinstance(kind, Collection) and kind.kind == "list":
        return Collection("map", kind.element) if is_seen(kind) else None
    if not isinstance(kind, (Tuple, Any)):
        raise EvaluationError("zipmap takes a list or tuple")
    return ANY if is_seen(kind) else None


_UNKNOWN_TOO = Parameter(unknown="yes")
_MAYBE_TEXTS = Parameter(Collection("list", STRING), unknown="yes")
_LISTS = Parameter(Collection("map", Collection("list", STRING)))

FUNCTIONS = {
    "keys": Function(_keys, (PARTLY,), returns=_type_of_keys),
    "lookup": Function(_lookup, (_UNKNOWN_TOO, Parameter(STRING, unknown="yes")), ANYTHING),
    "merge": Function(_merge, (), ANYTHING),
    "transpose": Function(_transpose, (_LISTS,), returns=Collection("map", Collection("list", STRING))),
    "values": Function(_values, (PARTLY,), keeps=True, returns=_type_of_values),
    "zipmap": Function(_zipmap, (_MAYBE_TEXTS, _UNKNOWN_TOO)),
}
