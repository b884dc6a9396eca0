"""
What each element of a collection is, also when its length or its keys are not known.

That is how a map of firewall endpoints by zone is told from a map of something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from sglint.evaluate.terraform.unknown import alternatives, collapse, merged
from sglint.value import Map, Ref, Seq, Unknown, Value


def each_of(collection: Ref | Unknown) -> Value:
    """
    Return what each element of a collection that is not known is: unknown as the collection is, when nothing else is known.
    """
    element = element_of(collection)
    return merged((collection,)) if element is None else element


def element_of(collection: Value) -> Value:
    """
    Return what is known of each element of a collection, None when nothing is.
    """
    if isinstance(collection, Ref):
        return Ref(collection.address, f"{collection.attribute}[*]") if collection.attribute else None
    if isinstance(collection, Unknown):
        listed = [item for choice in alternatives(collection) for item in _items(choice)] if collection.among else []
        return collapse(listed, (collection,)) if listed else collection.element
    return common(_items(collection))


def _items(collection: Value) -> tuple[Value, ...]:
    if isinstance(collection, Seq):
        return collection.items
    if isinstance(collection, Map):
        return tuple(collection.values())
    return (each_of(collection),) if isinstance(collection, (Ref, Unknown)) else ()


def common(values: Sequence[Value]) -> Value:
    """
    Return what each of these values is: the value itself when all are the same, else an unknown among them.
    """
    return collapse(values, ()) if values else None


def common_element(collections: Sequence[Value]) -> Value:
    """
    Return what is known of each element of several collections together, None when nothing is.
    """
    elements = []
    for collection in collections:
        if collection is None or (isinstance(collection, (Seq, Map)) and not len(collection)):
            continue
        element = element_of(collection)
        if element is None:
            return None
        elements.append(element)
    return collapse(elements, collections) if elements else None
