"""
The whole network as a graph of nouns, for those who look at all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from sglint.frozen import frozen
from sglint.graph.index import Graph, doubt
from sglint.model import Link, Target
from sglint.resource import Origin
from sglint.value import Unknown


class Noun(Enum):
    """
    What a node is.
    """

    INTERFACE = "interface"
    GROUP = "security group"
    VPC = "vpc"
    SUBNET = "subnet"
    TABLE = "route table"
    TARGET = "target"


@frozen
class Node:
    """
    A node of the graph: a noun and its address, where it is written, and whether it surely exists.
    """

    noun: Noun
    address: str
    file: str = ""
    line: int = 0
    certain: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """
        What tells the node from all others.
        """
        return (self.noun.value, self.address)


@frozen
class Edge:
    """
    An edge of the graph, in words: an interface is `in` a subnet, a table `leads 0.0.0.0/0 to` a target.
    """

    start: tuple[str, str]
    says: str
    end: tuple[str, str]
    certain: bool = True


def edges(graph: Graph) -> tuple[Edge, ...]:
    """
    Return the edges of the graph, sorted; a link that the text does not fix has none.
    """
    found = dict.fromkeys((*of_interfaces(graph), *of_tables(graph)))
    return tuple(sorted(found, key=lambda edge: (edge.start, edge.says, edge.end, edge.certain)))


def of_interfaces(graph: Graph) -> Iterator[Edge]:
    """
    Yield what interfaces and subnets are in, and which groups interfaces have.
    """
    for interface in graph.network.interfaces:
        start = (Noun.INTERFACE.value, interface.address)
        yield from (Edge(start, "is in", end) for end in known(Noun.SUBNET, *interface.subnets))
        yield from (Edge(start, "has", end) for end in known(Noun.GROUP, *interface.groups))
    for subnet in graph.network.subnets:
        start = (Noun.SUBNET.value, subnet.origin.address)
        yield from (Edge(start, "is in", end) for end in known(Noun.VPC, subnet.vpc))


def of_tables(graph: Graph) -> Iterator[Edge]:
    """
    Yield what tables serve, and where they lead.
    """
    for one in graph.network.associations:
        for end in known(Noun.TABLE, one.table) if one.gateway is None else ():
            starts = (*known(Noun.SUBNET, one.subnet), *known(Noun.VPC, one.vpc))
            yield from (Edge(start, "is served by", end, one.origin.maybe is None) for start in starts)
    for route in graph.network.routes:
        for start in known(Noun.TABLE, route.table):
            for target in route.targets:
                for destination in route.destinations:
                    where = "some traffic" if isinstance(destination, Unknown) else str(destination)
                    certain = doubt(route) is None and len(route.targets) == 1
                    yield Edge(start, f"leads {where} to", (Noun.TARGET.value, target_name(target)), certain)


def known(noun: Noun, *links: Link | None) -> tuple[tuple[str, str], ...]:
    """
    Return the keys of the nodes that the links name.
    """
    return tuple((noun.value, link) for link in links if isinstance(link, str))


def target_name(target: Target) -> str:
    """
    Return the kind of a target with its address.
    """
    return f"{target.kind.value} {target.address}".strip()


def nodes(graph: Graph) -> tuple[Node, ...]:
    """
    Return the nodes of the graph, sorted: what is in the text, and what it names.
    """
    net = graph.network
    listed = (
        (Noun.INTERFACE, net.interfaces),
        (Noun.GROUP, net.groups),
        (Noun.VPC, net.vpcs),
        (Noun.SUBNET, net.subnets),
        (Noun.TABLE, net.tables),
    )
    found = {node.key: node for noun, things in listed for thing in things for node in (written(noun, thing.origin),)}
    for edge in edges(graph):
        for noun, address in (edge.start, edge.end):
            found.setdefault((noun, address), Node(Noun(noun), address))
    return tuple(found[key] for key in sorted(found))


def written(noun: Noun, origin: Origin) -> Node:
    """
    Return the node of something that is in the text.
    """
    return Node(noun, origin.address, origin.span.path, origin.span.line, origin.maybe is None)


def xml(text: str) -> str:
    """
    Return the text without the characters that XML has no way to write.
    """
    return "".join(
        letter if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff") else "\ufffd" for letter in text
    )


def graphml(graphs: Iterable[Graph]) -> str:
    """
    Return the graphs as GraphML, in which each node names its root.
    """
    import networkx

    found: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for graph in graphs:
        root = graph.network.root
        for node in nodes(graph):
            about = {"root": root, "noun": node.noun.value, "address": xml(node.address), "file": node.file}
            found.add_node(xml(": ".join((root, *node.key))), line=node.line, certain=node.certain, **about)
        for edge in edges(graph):
            start, end = (xml(": ".join((root, *key))) for key in (edge.start, edge.end))
            found.add_edge(start, end, says=edge.says, certain=edge.certain)
    return "\n".join(networkx.generate_graphml(found)) + "\n"
