"""
The network as a graph: interface, subnet, route table, route, target; and the paths in it.

The idea: everything is indexed by address once, so that a network of any size is walked in linear time. networkx holds the
graph for those who look at all of it; importing it takes longer than judging a small network, so that happens there alone.
"""

from sglint.graph.export import Edge, Node, Noun, edges, graphml, nodes
from sglint.graph.index import OWN_TABLE, Graph, Hop, Path, build, grouped
from sglint.graph.reach import reaches
from sglint.graph.serve import families
from sglint.graph.walk import paths, supernets

__all__ = [
    "OWN_TABLE",
    "Edge",
    "Graph",
    "Hop",
    "Node",
    "Noun",
    "Path",
    "build",
    "edges",
    "families",
    "graphml",
    "grouped",
    "nodes",
    "paths",
    "reaches",
    "supernets",
]
