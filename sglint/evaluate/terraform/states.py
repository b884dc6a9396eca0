"""
The state of another root module of the same scan, which `terraform_remote_state` reads.

Whose state it is follows from where it is kept: the data source and the `backend` of the other root must surely name the same
place, and no third one may. Then its outputs are what the other root says, and its resources stand beside those of this one,
under addresses that begin with the path of their root (`network:aws_vpc.main`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from sglint import syntax
from sglint.evaluate.root import Root
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.instance import ModuleInstance
from sglint.evaluate.terraform.mark import veiled
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.run import Run, Thing
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.unknown import check_size, wholly_known
from sglint.frozen import frozen
from sglint.resource import Resource, split_root
from sglint.source import Noted, digest, doubt, leads, once
from sglint.syntax import Block, Document
from sglint.value import Map, Marked, Ref, Seq, Symbol, Unknown, Value

KIND = "terraform_remote_state"
MOST_DEEP = 5
"""How many modules in modules are handed over as outputs."""
MOST_HANDED = 50_000
"""How many parts an output may have that another root reads: each copies it."""
_PLACES: Mapping[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "remote": ("organization", "workspaces"),
}
"""What surely names the place of a state, by the kind of backend; for any other kind, all that is given."""
_KEEPS = re.compile("backend|cloud")
"""What is in every file that says where the state is kept."""
_ALSO = ("region", "hostname", "endpoint", "workspace_key_prefix")
"""What must be the same where both sides give it."""

Evaluation: TypeAlias = tuple[Root, ModuleInstance]
"""A root that was evaluated, and its top module."""
State: TypeAlias = tuple[Root, tuple[tuple[str, Value], ...]]
"""A root that was evaluated, and the values of its outputs by name."""
Read: TypeAlias = Callable[[str, "str | None"], "State | None"]


@frozen
class Backend:
    """
    Where a root keeps its state: the kind of backend, and its arguments.
    """

    kind: str
    values: Map


@dataclass(slots=True)
class States:
    """
    The root modules of one scan, and what was read of each so far by its directory and workspace; some are `busy`.
    """

    library: Library
    roots: tuple[str, ...]
    backends: dict[str, tuple[Backend | None, bytes]] = field(default_factory=dict)
    told: bytes = b""
    done: dict[tuple[str, str | None], tuple[State | None, Noted]] = field(default_factory=dict)
    busy: list[tuple[str, str | None]] = field(default_factory=list)

    def backend(self, directory: str) -> Backend | None:
        """
        Return where a root keeps its state, None when that is not told.

        Of what is looked at for that no more is noted than where all of the roots keep theirs.
        """
        tree = self.library.tree
        if directory not in self.backends:
            with nullcontext() if tree.overlay.journal is None else tree.overlay.journal.noting(aside=True):
                self.kept(tree.base)
                for root in (*self.roots, directory):
                    if root not in self.backends:
                        self._look(root)
            self.told = digest([(root, self.backends[root][1]) for root in self.roots])
        if tree.overlay.journal is not None:
            tree.overlay.journal.again({("backends", tree.base, 0): self.told})
        return self.backends[directory][0]

    def kept(self, _: str) -> bytes:
        """
        Return a digest of where the roots keep their states, which is found out anew for those of which a file has changed.
        """
        found = [(root, leads(self.library.tree, ("backend", root), partial(self._look, root))) for root in self.roots]
        return digest([(root, digest(told)) for root, told in found])

    def _look(self, directory: str) -> tuple[str, ...]:
        documents = self.library.having(directory, _KEEPS)
        found = None if documents is None else backend_of(documents)
        told = (digest(found).hex(),)
        self.backends[directory] = found, digest(told)
        return told

    def read(self, key: tuple[str, str | None], read: Callable[[], Evaluation | None]) -> State | None:
        """
        Return a root in a workspace, read when first asked for; None for one that is being read, because it needs itself.

        Then it depends on which of them is asked for first what each of them is.
        """
        if key in self.busy:
            doubt(self.library.tree)
            return None
        return once(self.library.tree.overlay.journal, self.done, key, partial(self._state, key, read))

    def _state(self, key: tuple[str, str | None], read: Callable[[], Evaluation | None]) -> State | None:
        with self.reading(key):
            made = read()
            return None if made is None else (made[0], tuple(_outputs(made[1])))

    @contextmanager
    def reading(self, key: tuple[str, str | None]) -> Iterator[None]:
        """
        Let nobody read a root in this workspace who is needed to read it.
        """
        self.busy.append(key)
        try:
            yield
        finally:
            self.busy.remove(key)


def backend_of(documents: Iterable[Document]) -> Backend | None:
    """
    Return where a root keeps its state; without a `backend` block that is a file beside it. None when it is not told.
    """
    blocks = [block for document in documents for block in document.blocks if block.type == "terraform"]
    found = [child for block in blocks for child in block.blocks if child.type in ("backend", "cloud")]
    if not found:
        return Backend("local", Map())
    if len(found) > 1 or (found[0].type == "backend" and len(found[0].labels) != 1):
        return None
    return Backend(found[0].labels[0] if found[0].type == "backend" else "remote", _written(found[0]))


def _written(block: Block) -> Map:
    scope = Scope(Nowhere(nothing(), "a backend block"))
    values: dict[str, Value] = {}
    for attribute in block.attributes:
        try:
            values[attribute.name] = evaluate_expression(attribute.expr, scope)
        except EvaluationError as error:
            values[attribute.name] = Unknown(error.message, error.span)
    return Map.of({**values, **{child.type: _written(child) for child in block.blocks}})


def states_read(
    run: Run, modules: Sequence[ModuleInstance], states: States, read: Read
) -> tuple[dict[str, Map], dict[str, Resource]]:
    """
    Return what the data sources of a root read from the states of other roots, and all resources of these, by address.
    """
    found: dict[str, Map] = {}
    beside: dict[str, Resource] = {}
    for thing in _sources(modules):
        place = _asked(run, states, thing)
        other = None if place is None else read(*place)
        if other is None or place is None:
            continue
        prefix = states.library.shown(place[0])
        if split_root(f"{prefix}:x") != (f"{prefix}:", "x"):
            continue
        given = {f"outputs.{name}": moved(value, f"{prefix}:") for name, value in other[1]}
        found[thing.address] = Map.of(given)
        beside.update((one.address, one) for one in (_beside(each, f"{prefix}:") for each in other[0].resources))
        beside.update((one.address, one) for one in other[0].beside)
    return found, beside


def _sources(modules: Sequence[ModuleInstance]) -> Iterator[Thing]:
    for one in modules:
        for mode, kind, name in sorted(one.module.resources):
            if (mode, kind) == ("data", KIND):
                yield from one.instances(mode, kind, name)


def _asked(run: Run, states: States, thing: Thing) -> tuple[str, str | None] | None:
    """Return the root and workspace whose state a data source surely reads."""

    def given(name: str) -> Value:
        attribute = thing.block.attribute(name)
        return None if attribute is None else veiled(thing.owner.quietly(attribute.expr, thing.scope))

    kind, config, workspace = given("backend"), given("config") or Map(), given("workspace")
    if not isinstance(kind, str) or not isinstance(config, Map) or "[*]" in thing.address:
        return None
    attribute = thing.block.attribute("workspace")
    if attribute is not None and _is_workspace(attribute.expr):
        workspace = run.workspace
    elif not (workspace is None or (isinstance(workspace, str) and not isinstance(workspace, Symbol))):
        return None
    else:
        workspace = workspace or "default"
    same = [root for root in states.roots if root != run.root and _is_at(states, root, kind, config, run.root, workspace)]
    return (same[0], workspace if isinstance(workspace, str) else None) if len(same) == 1 else None


def _is_workspace(expr: syntax.Expr) -> bool:
    return (
        isinstance(expr, syntax.GetAttr)
        and expr.name == "workspace"
        and isinstance(expr.object, syntax.Variable)
        and expr.object.name == "terraform"
    )


def _is_at(states: States, root: str, kind: str, config: Map, here: str, workspace: Value) -> bool:
    """Return whether a root surely keeps its state where a data source reads."""
    backend = states.backend(root)
    if backend is None or backend.kind != kind:
        return False
    if kind == "local":
        return _file(config, here) is not None and _file(config, here) == _kept(backend, root, workspace)
    names = _PLACES.get(kind) or tuple(sorted({*config, *backend.values}))
    both = [name for name in _ALSO if name in config and name in backend.values]
    wanted = [(config.get(name), backend.values.get(name)) for name in (*names, *both)]
    return bool(names) and all(one is not None and one == other and wholly_known(one) for one, other in wanted)


def _file(config: Map, here: str) -> str | None:
    path = config.get("path")
    if not isinstance(path, str) or isinstance(path, Symbol) or config.get("workspace_dir") is not None:
        return None
    return posixpath.normpath(posixpath.join(here, path))


def _kept(backend: Backend, root: str, workspace: Value) -> str | None:
    """Return the file in which a root keeps its state."""
    path = backend.values.get("path", "terraform.tfstate")
    told = isinstance(path, str) and set(backend.values) <= {"path"} and workspace == "default"
    return posixpath.normpath(posixpath.join(root, path)) if told and isinstance(path, str) else None


def _outputs(top: ModuleInstance, depth: int = 0) -> Iterator[tuple[str, Value]]:
    """Yield the outputs of a module by name; one that is a module is what that has for outputs."""
    for name in sorted(top.module.outputs):
        try:
            value = _output(top, name)
        except EvaluationError as error:
            value = Unknown(error.message, error.span)
        yield name, _handed(top.run, value, depth)


def _output(top: ModuleInstance, name: str) -> Value:
    value = top.output(name)
    if check_size(value) > MOST_HANDED // 16:
        raise EvaluationError(f"output {name} has more than {MOST_HANDED} parts, too many to read from another root")
    return value


def _handed(run: Run, value: Value, depth: int) -> Value:
    thing = run.things.get(value.address) if isinstance(value, Ref) and not value.attribute else None
    if thing is not None and isinstance(thing.module, ModuleInstance) and depth < MOST_DEEP:
        return Map.of(_outputs(thing.module, depth + 1))
    if isinstance(value, Seq):
        return Seq(tuple(_handed(run, item, depth) for item in value.items), value.kind)
    if isinstance(value, Map):
        return Map(tuple((key, _handed(run, item, depth)) for key, item in value.items()), value.kind)
    return value


def _beside(resource: Resource, prefix: str) -> Resource:
    origin, values = resource.origin, moved(resource.values, prefix)
    maybe = None if origin.maybe is None else moved(origin.maybe, prefix)
    told = maybe if isinstance(maybe, Unknown) else None
    return replace(
        resource,
        values=values if isinstance(values, Map) else Map(),
        origin=replace(origin, address=_moved(origin.address, prefix), maybe=told),
    )


def _moved(address: str, prefix: str) -> str:
    return address if split_root(address)[0] else prefix + address


def moved(value: Value, prefix: str) -> Value:
    """
    Return the value as another root sees it: its identities are those of things in the root that the prefix names.
    """
    if isinstance(value, Ref):
        return Ref(_moved(value.address, prefix), value.attribute)
    if isinstance(value, Symbol):
        return Symbol(
            Ref(_moved(part.address, prefix), part.attribute) if isinstance(part, Ref) else part for part in value.parts
        )
    if isinstance(value, Marked):
        return replace(value, value=moved(value.value, prefix))
    if isinstance(value, Seq):
        return Seq(tuple(moved(item, prefix) for item in value.items), value.kind)
    if isinstance(value, Map):
        keys = ((str(moved(key, prefix)) if not isinstance(key, Symbol) else key, item) for key, item in value.items())
        return Map.of(((key, moved(item, prefix)) for key, item in keys), value.kind)
    if isinstance(value, Unknown):
        refs = tuple(Ref(_moved(ref.address, prefix), ref.attribute) for ref in value.refs)
        among = tuple(moved(item, prefix) for item in value.among)
        return replace(value, refs=refs, among=among, element=moved(value.element, prefix))
    return value
