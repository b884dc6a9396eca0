"""
The JSON of a plan or state: whether it is one, and its parts in the shapes that Terraform gives them.

The file comes from a stranger. What is not shaped as Terraform shapes it is refused as a whole: half a plan is no plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NoReturn, TypeAlias

Json: TypeAlias = "str | int | Decimal | bool | None | list[Json] | dict[str, Json]"

DEPTH = 200
"""How deep the JSON may nest; Terraform's own types cannot come near it."""
_DIGITS = 400
_HOW = "write it with terraform show -json"


class PlanError(Exception):
    """
    The file is not a plan or a state that can be read; the message says why, `hint` what to do.
    """

    def __init__(self, message: str, hint: str = _HOW) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def load(content: bytes, name: str) -> dict[str, Json]:
    """
    Return the document in a file. Raises PlanError when it is not the JSON of a plan or state of a version that is known.
    """
    if content.startswith(b"PK\x03\x04"):
        raise PlanError(f"{name} is a binary plan", f"run terraform show -json {name} > plan.json, and give that file")
    if not content.strip():
        raise PlanError(f"{name} is empty")
    try:
        found: Json = json.loads(content, parse_float=_number, parse_constant=_refuse)
    except RecursionError:
        raise PlanError(f"{name} is nested too deeply") from None
    except ValueError as error:
        raise _not_json(content, name, error) from None
    _check_depth(found, name)
    if not isinstance(found, dict):
        raise PlanError(f"{name} is neither a plan nor a state")
    _check_version(found, name)
    return found


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of range") from None
    if abs(value.adjusted()) > _DIGITS:
        raise ValueError("a number is out of range")
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _not_json(content: bytes, name: str, error: ValueError) -> PlanError:
    if b'"@level"' in content[:4096].partition(b"\n")[0]:
        hint = "write the plan with terraform plan -out=plan.bin, then terraform show -json plan.bin > plan.json"
        return PlanError(f"{name} is the log of a run, not a plan", hint)
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
            return PlanError(f"{name} ends in the middle", f"it was cut off; {_HOW} again")
        return PlanError(f"{name} is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}")
    return PlanError(f"{name} is not JSON")


def _check_depth(value: Json, name: str) -> None:
    level: list[Json] = [value]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise PlanError(f"{name} is nested too deeply")


def _inside(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield from (item for item in value.values() if isinstance(item, (dict, list)))
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, (dict, list)))


def _check_version(document: dict[str, Json], name: str) -> None:
    version = document.get("format_version")
    if isinstance(document.get("version"), int) and ("lineage" in document or "serial" in document):
        raise PlanError(
            f"{name} is a state as Terraform stores it", "run terraform show -json > state.json, and give that file"
        )
    if not isinstance(version, str):
        raise PlanError(f"{name} is neither a plan nor a state")
    if version.startswith("0."):
        raise PlanError(f"{name} has format {version}, and only 1.x can be read", "write it with Terraform 1.1 or later")
    if not version.startswith("1."):
        raise PlanError(f"{name} has format {version}, and only 1.x can be read", "see whether there is a newer sglint")
    if not is_plan(document) and not (
        "values" in document or set(document) <= {"format_version", "terraform_version", "checks"}
    ):
        raise PlanError(f"{name} is neither a plan nor a state")


def is_plan(document: dict[str, Json]) -> bool:
    """
    Return whether the document is a plan; else it is a state.
    """
    return "planned_values" in document or "resource_changes" in document


def table(parent: dict[str, Json], name: str) -> dict[str, Json]:
    """
    Return the object of this name, an empty one when there is none. Raises PlanError when it is something else.
    """
    found = parent.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise PlanError(f"{name} is not an object, as it is in a plan")
    return found


def rows(parent: dict[str, Json], name: str) -> Iterator[dict[str, Json]]:
    """
    Yield the objects of the list of this name. Raises PlanError when it is something else.
    """
    found = parent.get(name)
    if found is None:
        return
    if not isinstance(found, list):
        raise PlanError(f"{name} is not a list, as it is in a plan")
    for item in found:
        if not isinstance(item, dict):
            raise PlanError(f"{name} contains what is not an object")
        yield item


def text(parent: dict[str, Json], name: str) -> str:
    """
    Return the text of this name, "" when there is none. Raises PlanError when it is something else.
    """
    found = parent.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise PlanError(f"{name} is not text, as it is in a plan")
    return found
