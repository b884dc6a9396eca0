"""
All that sglint says about the files in the current folder, in every format it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sglint.graph import build, graphml
from sglint.output import graph, inspect, json, sarif, text
from sglint.pipeline import judge, lint
from sglint.request import Request
from sglint.rule import Rule, load


@cache
def rules() -> tuple[Rule, ...]:
    """
    Return the rules that come with sglint.
    """
    return load(())


def everything(wanted: Request) -> str:
    """
    Return what check, inspect and graph say.
    """
    return "\n".join(_parts(wanted))


def _parts(wanted: Request) -> Iterator[str]:
    report = lint(wanted, rules(), rules())
    yield text.render(report, maybe=True)
    yield json.render(report, version="0")
    yield sarif.render(report, rules(), version="0", maybe=True)
    found = judge(wanted)
    yield inspect.render_json(found.judged, found.problems)
    yield inspect.render_text(found.judged, found.problems)
    graphs = [build(one.network) for one in found.judged]
    yield from (render(graphs) for render in (graph.render_json, graph.render_dot, graph.render_mermaid, graphml))
