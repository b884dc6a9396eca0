"""
Where the nodes of a picture go: in tiers, those that belong together beside each other, with few crossings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SWEEPS = 6


def layout(tiers: Mapping[str, int], edges: Iterable[tuple[str, str]]) -> Mapping[str, float]:
    """
    Return for each node how far down it is, in rows; no two nodes of one tier are less than a row apart.

    Parts that nothing joins lie one below the other. Within a part each tier is put in the order of what its nodes are joined
    to, from left to right and back again. The order of `tiers` decides where that leaves a choice.
    """
    from statistics import fmean

    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(tiers)
    graph.add_edges_from(edges)
    first = {node: place for place, node in enumerate(tiers)}
    found: dict[str, float] = {}
    below = 0.0
    for part in sorted(networkx.connected_components(graph), key=lambda nodes: min(map(first.__getitem__, nodes))):
        columns: dict[int, list[str]] = {}
        for node in sorted(part, key=first.__getitem__):
            columns.setdefault(tiers[node], []).append(node)
        rows = max(map(len, columns.values()))
        places = spread(columns, rows)
        for sweep in range(SWEEPS):
            for tier in sorted(columns, reverse=bool(sweep % 2)):
                means = {node: fmean([places[other] for other in graph[node]] or [places[node]]) for node in columns[tier]}
                columns[tier] = [one for _, _, one in sorted((mean, first[node], node) for node, mean in means.items())]
                places.update(spread({tier: columns[tier]}, rows))
        found.update((node, below + place) for node, place in places.items())
        below += rows
    return found


def spread(columns: Mapping[int, list[str]], rows: int) -> dict[str, float]:
    """
    Return the places of the nodes of each column, evenly over so many rows.
    """
    return {node: (place + 0.5) * rows / len(nodes) - 0.5 for nodes in columns.values() for place, node in enumerate(nodes)}
