"""
From the JSON of a plan or state to the things in it, with their values.

What is known after apply only is `LATE` here, what is sensitive is Unknown: its value goes no further than this file.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path

from sglint.evaluate.plan.document import Json, PlanError, is_plan, load, rows, table, text
from sglint.evaluate.terraform.settled import Settled
from sglint.frozen import frozen
from sglint.resource import End
from sglint.source import Problem, SglintError, Span, Tree, displayed, read_bytes, whole
from sglint.value import Map, Seq, Unknown, Value

LIMIT = 200_000_000
"""How many bytes a plan may have."""
LATE = Unknown("it is known only after apply")
"""What a plan does not know."""

_ADDRESS = re.compile(r'"address":\s?"((?:[^"\\]|\\.)*)"')
_CALL = re.compile(r'module\.([^.\[\]"]+)(?:\[("(?:[^"\\]|\\.)*"|[0-9]+)\])?(?:\.|$)')


@frozen
class Item:
    """
    One instance of a resource or data source in a plan or state; attributes that are null are there as None.

    `new` says that the plan makes it: then what is known of it is what the configuration says. `end` is how the plan ends it,
    for what there was before.
    """

    address: str
    kind: str
    module: str
    block: str
    key: int | str | None
    values: Map
    new: bool = False
    end: End | None = None


@frozen
class Plan:
    """
    A plan or a state: what there will be, or is, by address.

    `path` is displayed; `places` says where the file first mentions an address. `modules` are the addresses of the module
    instances. `configuration` is the root module as the plan repeats it, empty for a state. `before` is what there was before
    the plan, also what it deletes, under the addresses that the plan moves it to; None for a state.
    """

    path: str
    planned: bool
    items: Mapping[str, Item]
    variables: Mapping[str, Value]
    configuration: Mapping[str, Json]
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict)
    before: Mapping[str, Item] | None = None

    @property
    def modules(self) -> frozenset[str]:
        """The addresses of all module instances that something lies in."""
        return frozenset(above for item in self.items.values() for above in enclosing(item.module))

    def settled(self) -> Settled:
        """
        Return what the evaluation of the configuration can take from here.
        """
        keys: dict[str, dict[int | str | None, None]] = {}
        for item in self.items.values():
            keys.setdefault(item.block, {})[item.key] = None
        for module in sorted(self.modules):
            call, key = call_of(module)
            keys.setdefault(call, {})[key] = None
        data = {item.address: _known(item.values) for item in self.items.values() if item.kind.startswith("data.")}
        return Settled(self.variables, data, {name: tuple(sorted(found, key=_order)) for name, found in keys.items()})


def _known(values: Map) -> Map:
    return Map.of((name, value) for name, value in values.items() if value != LATE)


def _order(key: int | str | None) -> tuple[int, int, str]:
    return (0, key, "") if isinstance(key, int) else (1, 0, key or "")


def read_plan(path: str) -> Plan | Problem:
    """
    Return the plan or state in a file that `terraform show -json` wrote, which may lie anywhere, or why it cannot be read.
    """
    real = Path(path).resolve()
    if real.is_dir():
        raise SglintError(f"--plan {path}: this is a directory; give the file that terraform show -json wrote")
    if not real.exists():
        raise SglintError(f"--plan {path}: there is no such file")
    tree = Tree(str(Path.cwd()), (str(real.parent),))
    shown = displayed(tree, path)
    content = read_bytes(tree, path, LIMIT)
    if isinstance(content, Problem):
        return content
    try:
        document = load(content, shown)
        return _plan(document, shown, content)
    except PlanError as error:
        message = error.message if error.message.startswith(shown) else f"{shown}: {error.message}"
        return Problem(message, whole(shown), error.hint)


def _plan(document: dict[str, Json], path: str, content: bytes) -> Plan:
    planned = is_plan(document)
    found: dict[str, Item] = {}
    if planned:
        before = table(table(document, "prior_state"), "values")
        found.update((item.address, item) for item in _tree(table(before, "root_module")) if item.kind.startswith("data."))
        found.update((item.address, item) for item in _tree(table(table(document, "planned_values"), "root_module")))
        found.update((item.address, item) for item in _changes(document))
    else:
        found.update((item.address, item) for item in _tree(table(table(document, "values"), "root_module")))
    variables = {name: _value(given.get("value")) for name, given in _variables(document)}
    configuration = _configuration(table(table(document, "configuration"), "root_module"))
    doubts, places = tuple(_doubts(document, path)), _places(content, path)
    previous = {item.address: item for item in _before(document)} if planned else None
    return Plan(path, planned, found, variables, configuration, doubts, places, previous)


def _variables(document: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    found = table(document, "variables")
    for name in found:
        yield name, table(found, name)


def _configuration(module: dict[str, Json]) -> dict[str, Json]:
    """Return the configuration of a module, every part of which that is looked at later has the right shape."""
    waiting = [module]
    while waiting:
        one = waiting.pop()
        for row in rows(one, "resources"):
            text(row, "address")
            table(row, "expressions")
        outputs, calls = table(one, "outputs"), table(one, "module_calls")
        for name in outputs:
            table(outputs, name)
        for name in calls:
            call = table(calls, name)
            table(call, "expressions")
            waiting.append(table(call, "module"))
    return module


def _doubts(document: dict[str, Json], path: str) -> Iterator[Problem]:
    if document.get("errored") is True:
        yield Problem(f"{path} is of a plan that failed, so parts of it are missing", whole(path), "plan again without errors")
    elif document.get("complete") is False and is_plan(document):
        message = f"{path} is not a complete plan, so what it leaves out is missing"
        yield Problem(message, whole(path), "plan without -target, or again when the deferred changes are made")


def _tree(module: dict[str, Json]) -> Iterator[Item]:
    """Yield what lies in a module of planned or present values, and below it."""
    waiting = [module]
    while waiting:
        one = waiting.pop()
        waiting += rows(one, "child_modules")
        for row in rows(one, "resources"):
            if not row.get("deposed_key"):
                yield _item(row, text(one, "address"), row.get("values"), None, row.get("sensitive_values"))


def _changes(document: dict[str, Json]) -> Iterator[Item]:
    for row in rows(document, "resource_changes"):
        change = table(row, "change")
        if not row.get("deposed") and (change.get("after") is not None or change.get("after_unknown") is True):
            unknown, sensitive = change.get("after_unknown"), change.get("after_sensitive")
            item = _item(row, text(row, "module_address"), change.get("after"), unknown, sensitive)
            yield replace(item, new=change.get("before") is None)


def _before(document: dict[str, Json]) -> Iterator[Item]:
    """Yield what there was before the plan."""
    yield from _tree(table(table(table(document, "prior_state"), "values"), "root_module"))
    for row in rows(document, "resource_changes"):
        change = table(row, "change")
        if not row.get("deposed") and isinstance(change.get("before"), dict):
            item = _item(row, text(row, "module_address"), change.get("before"), None, change.get("before_sensitive"))
            yield replace(item, end=_end(change.get("actions")))


def _end(actions: Json) -> End | None:
    match actions:
        case ["delete"]:
            return End.DELETED
        case ["delete", "create"]:
            return End.REPLACED
        case ["create", "delete" | "forget"]:
            return End.SWAPPED
        case _:
            return None


def _item(row: dict[str, Json], module: str, values: Json, unknown: Json, sensitive: Json) -> Item:
    address, key = text(row, "address"), row.get("index")
    if not address or isinstance(key, (bool, list, dict, Decimal)):
        raise PlanError("a resource has no address, or an index that is neither number nor text")
    mode = {"managed": "", "data": "data."}.get(text(row, "mode"))
    if mode is None:
        mode = f"{text(row, 'mode')}."
    kind = mode + text(row, "type")
    block = f"{module}.{kind}.{text(row, 'name')}" if module else f"{kind}.{text(row, 'name')}"
    found = _value(values, unknown, sensitive, address)
    return Item(address, kind, module, block, key, found if isinstance(found, Map) else Map())


def _value(value: Json, unknown: Json = None, sensitive: Json = None, name: str = "") -> Value:
    """Return the value, with what is not known, and what must not be shown, as Unknown."""
    if sensitive is True:
        return Unknown(f"{name} is sensitive, and its value is not followed")
    if unknown is True:
        return LATE
    if isinstance(value, dict) or (value is None and isinstance(unknown, dict) and unknown):
        return _map(value if isinstance(value, dict) else {}, unknown, sensitive, name)
    if isinstance(value, list):
        return Seq(
            tuple(
                _value(item, _at(unknown, number), _at(sensitive, number), f"{name}[{number}]")
                for number, item in enumerate(value)
            ),
            "list",
        )
    return value


def _map(value: dict[str, Json], unknown: Json, sensitive: Json, name: str) -> Map:
    hidden = unknown if isinstance(unknown, dict) else {}
    secret = sensitive if isinstance(sensitive, dict) else {}
    late = [key for key, item in hidden.items() if key not in value and item is True]
    return Map.of([(key, _value(value.get(key), hidden.get(key), secret.get(key), f"{name}.{key}")) for key in (*value, *late)])


def _at(value: Json, number: int) -> Json:
    return value[number] if isinstance(value, list) and number < len(value) else None


def _places(content: bytes, path: str) -> dict[str, Span]:
    """Return where each address first stands in the file."""
    found: dict[str, Span] = {}
    line, start, seen = 1, 0, 0
    document = content.decode(json.detect_encoding(content), errors="replace")
    for match in _ADDRESS.finditer(document):
        address = match[1] if "\\" not in match[1] else _unquoted(f'"{match[1]}"')
        if address not in found:
            begin = match.start(1)
            line += document.count("\n", seen, begin)
            start = document.rfind("\n", 0, begin) + 1 if "\n" in document[seen:begin] else start
            seen = begin
            column = begin - start + 1
            found[address] = Span(path, line, column, line, column + len(match[1]))
    return found


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted


def call_of(module: str) -> tuple[str, int | str | None]:
    """
    Return the address of the call that makes a module instance, and the key of the instance.

    >>> call_of('module.a[0].module.b["x"]')
    ('module.a[0].module.b', 'x')
    """
    last = next(iter(deque(_CALL.finditer(module), maxlen=1)), None)
    if last is None or last[2] is None:
        return module, None
    key = _unquoted(last[2]) if last[2].startswith('"') else int(last[2][:9])
    return module[: last.start(2) - 1], key


def enclosing(module: str) -> Iterator[str]:
    """
    Yield the module instances that an address of a module goes through, the outermost first.

    >>> list(enclosing('module.a[0].module.b["x"]'))
    ['module.a[0]', 'module.a[0].module.b["x"]']
    """
    end = 0
    for step in _CALL.finditer(module):
        if step.start() != end:
            return
        end = step.end()
        yield module[:end].removesuffix(".")


def is_module(address: str) -> bool:
    """
    Return whether an address is that of a module instance, and not of something in it.

    >>> is_module('module.a["x"]'), is_module("module.a.aws_vpc.b")
    (True, False)
    """
    return address in enclosing(address)
