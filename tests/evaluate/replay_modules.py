"""
Evaluates the configurations of fixtures/eval/modules and holds the result against the recorded plans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sglint.evaluate.root import Root
from sglint.evaluate.terraform.inputs import Inputs
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.root import evaluate_root
from sglint.source import Problem, discover, read
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.evaluate.record import FIXTURES
from tests.evaluate.record_modules import MODULES, options

Json = Any


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a value: its path, what the plan says (None when unknown there), and what is said here.
    """

    path: str
    planned: Json
    unknown: bool
    here: Value
    sensitive: bool = False

    @property
    def agrees(self) -> bool:
        """
        Whether the two are the same; where the plan knows nothing, anything is, and what is sensitive must not be known here.
        """
        if self.sensitive:
            return isinstance(self.here, Unknown) and self.here.why.endswith("is sensitive, and its value is not shown")
        return self.unknown or _same(self.here, self.planned)


def recorded() -> list[dict[str, Json]]:
    """
    Return the recorded plans, numbers exact.
    """
    found: list[dict[str, Json]] = json.loads((FIXTURES / "modules.json").read_text("utf-8"), parse_float=Decimal)
    return found


def replay(name: str) -> Root:
    """
    Return what sglint makes of a configuration, run as its options.json says.
    """
    directory = str((MODULES / name).resolve())
    library = Library(discover([directory], base=directory).tree)
    said = options(MODULES / name)
    given = tuple((kind, text) for kind, text in said.get("assignments", []))
    named = {text: read(library.tree, f"{directory}/{text}") for kind, text in given if kind == "file"}
    sources = {text: source for text, source in named.items() if not isinstance(source, Problem)}
    return evaluate_root(library, directory, Inputs(given, said.get("workspace")), {"terraform_data"}, sources)


def parts(instance: dict[str, Json], here: Value, path: str = "input") -> Iterator[Part]:
    """
    Yield the parts of an instance's input, down to where the plan knows all or nothing.
    """
    yield from _parts(path, instance["input"], instance.get("unknown", False), instance.get("sensitive", False), here)


def _parts(path: str, planned: Json, unknown: Json, sensitive: Json, here: Value) -> Iterator[Part]:
    if sensitive is True:
        yield Part(path, planned, _anything(unknown), here, sensitive=True)
    elif not _anything(unknown) and not _anything(sensitive):
        yield Part(path, planned, unknown=False, here=here)
    elif unknown is not True and isinstance(here, Map):
        for key in sorted({*_names(unknown), *_names(planned), *here}):
            value = (planned or {}).get(key)
            yield from _parts(f"{path}.{key}", value, _at(unknown, key), _at(sensitive, key), here.get(key))
    elif unknown is not True and isinstance(here, Seq) and len(planned) == len(here):
        for number, item in enumerate(here):
            yield from _parts(f"{path}[{number}]", planned[number], _at(unknown, number), _at(sensitive, number), item)
    else:
        yield Part(path, planned, _anything(unknown), here)


def _names(part: Json) -> list[str]:
    return list(part) if isinstance(part, dict) else []


def _at(part: Json, key: str | int) -> Json:
    """Return what is said of an element of a part; what is said of the whole goes for each."""
    if isinstance(part, dict):
        return part.get(key, False)
    if isinstance(part, list):
        return part[key] if isinstance(key, int) and key < len(part) else False
    return part


def _anything(unknown: Json) -> bool:
    if isinstance(unknown, bool):
        return unknown
    return any(map(_anything, unknown.values() if isinstance(unknown, dict) else unknown))


def _same(here: Value, planned: Json) -> bool:
    if isinstance(here, Seq):
        return isinstance(planned, list) and len(planned) == len(here) and all(map(_same, here.items, planned))
    if isinstance(here, Map):
        return isinstance(planned, dict) and sorted(planned) == list(here) and all(_same(here[k], planned[k]) for k in here)
    if isinstance(here, (Ref, Unknown)):
        return False
    return isinstance(here, bool) == isinstance(planned, bool) and here == planned
