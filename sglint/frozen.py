"""
What a value is: its fields are given when it is made and never set again, and values with equal fields are equal.

That no field is set is for mypy to see, before a run and not in it: a frozen dataclass takes four times as long to make a
value, and Python half of the start to compile the methods that it has of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass
from operator import attrgetter
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """
    Return the class of values that a class with annotations describes; a method that it has itself stays.
    """
    made = dataclass(slots=True, repr=False, eq=False)(cls)
    values = _getter([one.name for one in _fields(made) if one.compare])

    def equal(self: T, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: T) -> int:
        return hash(values(self))

    for name, method in (("__eq__", equal), ("__hash__", hashed), ("__repr__", _shown)):
        if name not in vars(cls):
            setattr(made, name, method)
    return made


@dataclass_transform(frozen_default=True, order_default=True)
def ordered(cls: type[T]) -> type[T]:
    """
    Return the class of values that a class with annotations describes, which are ordered by their fields.
    """
    made = dataclass(slots=True, repr=False, order=True, unsafe_hash=True)(cls)
    made.__repr__ = _shown  # type: ignore[method-assign]  # what shows any value shows these
    return made


def _fields(cls: type) -> tuple[Field[object], ...]:
    """Return the fields of a class, as `dataclasses.fields` does of one that mypy knows to have some."""
    return tuple(cls.__dict__["__dataclass_fields__"].values())


def _getter(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """Return a function that gives the fields of these names."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple([getattr(value, name) for name in names])


def _shown(self: object) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in _fields(type(self)) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
