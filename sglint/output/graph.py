"""
The network as a picture or as data: the nodes and edges of each root module.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sglint.graph import Edge, Graph, Node, edges, nodes
from sglint.output.plain import clean


def render_json(graphs: Iterable[Graph]) -> str:
    """
    Return the graphs as JSON: for each root its nodes and its edges, which name nodes by their place in the list.
    """
    roots = []
    for graph in graphs:
        numbers = numbered(graph)
        roots.append(
            {
                "root": graph.network.root,
                "nodes": [_node(node) for node in nodes(graph)],
                "edges": [
                    {"from": numbers[edge.start], "to": numbers[edge.end], "says": edge.says, "certain": edge.certain}
                    for edge in edges(graph)
                ],
            }
        )
    return json.dumps({"schema": 1, "roots": roots}, indent=2) + "\n"


def numbered(graph: Graph) -> Mapping[tuple[str, str], int]:
    """
    Return the place of each node in the list of nodes, by its key.
    """
    return {node.key: number for number, node in enumerate(nodes(graph))}


def _node(node: Node) -> dict[str, object]:
    return {
        "kind": node.noun.value,
        "address": node.address,
        "file": node.file,
        "line": node.line,
        "certain": node.certain,
    }


def render_dot(graphs: Iterable[Graph]) -> str:
    """
    Return the graphs in the language of Graphviz, each root a cluster; what is not certain is dashed.
    """
    lines = ["digraph sglint {", "  rankdir=LR;", "  node [shape=box];"]
    for place, graph in enumerate(graphs):
        numbers = numbered(graph)
        lines += [f"  subgraph cluster_{place} {{", f"    label={_quoted(graph.network.root)};"]
        lines += [
            f"    n{place}_{numbers[node.key]} [label={_quoted(f'{node.noun.value}: {node.address}')}{_dashed(node.certain)}];"
            for node in nodes(graph)
        ]
        for edge in edges(graph):
            ends = f"n{place}_{numbers[edge.start]} -> n{place}_{numbers[edge.end]}"
            lines.append(f"    {ends} [label={_quoted(edge.says)}{_dashed(edge.certain)}];")
        lines.append("  }")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    escaped = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _dashed(certain: bool) -> str:  # noqa: FBT001 -- it says what is said of the thing
    return "" if certain else ", style=dashed"


def render_mermaid(graphs: Iterable[Graph]) -> str:
    """
    Return the graphs as a Mermaid flowchart, each root a subgraph; what is not certain is dotted.
    """
    lines = ["flowchart LR"]
    for place, graph in enumerate(graphs):
        numbers = numbered(graph)
        lines.append(f"  subgraph r{place}[{_entities(graph.network.root)}]")
        lines += [
            f"    n{place}_{numbers[node.key]}[{_entities(f'{node.noun.value}: {node.address}')}]" for node in nodes(graph)
        ]
        lines += [_arrow(edge, place, numbers) for edge in edges(graph)]
        lines.append("  end")
    return "\n".join(lines) + "\n"


def _arrow(edge: Edge, place: int, numbers: Mapping[tuple[str, str], int]) -> str:
    line = "-->" if edge.certain else "-.->"
    return f"    n{place}_{numbers[edge.start]} {line}|{_entities(edge.says)}| n{place}_{numbers[edge.end]}"


def _entities(text: str) -> str:
    """Return the text as Mermaid takes any text: quoted, with whatever it could read as its own as an entity."""
    safe = "".join(letter if letter.isalnum() or letter in " ._-/:" else f"#{ord(letter)};" for letter in clean(text))
    return f'"{safe}"'
