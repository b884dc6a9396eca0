"""
The network as a graph: interface, subnet, route table, route, target; and the paths in it.

The idea: everything is indexed by address once, so that a network of any size is walked in linear time. networkx holds the
graph for those who look at all of it; importing it takes longer than judging a small network, so that happens there alone.
"""

from sglint.graph.arms import Arms, arms
from sglint.graph.behind import behind
from sglint.graph.export import Edge, Node, Noun, edges, graphml, nodes
from sglint.graph.index import OWN_TABLE, Graph, Hop, Path, Service, build, grouped
from sglint.graph.inspection import Inspection, inspections
from sglint.graph.journey import Journey, journeys, one_sided
from sglint.graph.layout import layout
from sglint.graph.question import path_to, zone_of
from sglint.graph.reach import reaches
from sglint.graph.serve import families, local_of
from sglint.graph.service import services
from sglint.graph.step import End, Gate, Step, Trip
from sglint.graph.trace import trips
from sglint.graph.transit import Onward, onward
from sglint.graph.walk import paths, supernets

__all__ = [
    "OWN_TABLE",
    "Arms",
    "Edge",
    "End",
    "Gate",
    "Graph",
    "Hop",
    "Inspection",
    "Journey",
    "Node",
    "Noun",
    "Onward",
    "Path",
    "Service",
    "Step",
    "Trip",
    "arms",
    "behind",
    "build",
    "edges",
    "families",
    "graphml",
    "grouped",
    "inspections",
    "journeys",
    "layout",
    "local_of",
    "nodes",
    "one_sided",
    "onward",
    "path_to",
    "paths",
    "reaches",
    "services",
    "supernets",
    "trips",
    "zone_of",
]
