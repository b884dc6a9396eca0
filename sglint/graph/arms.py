"""
One-arm and two-arm appliances behind a Gateway Load Balancer.

The idea: a one-arm appliance gives what it has inspected back to the load balancer, and the packets go on from the endpoint; a
two-arm one forwards them itself. Which of the two it does is set inside of it. The text tells only what cannot be otherwise: an
appliance has one arm without an interface that may send with foreign addresses and leads somewhere; and it has two where what
would come back out of an endpoint gets nowhere, while its own interface leads there.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.graph.index import Graph, Path
from sglint.graph.walk import paths, ways
from sglint.model import Endpoint, Interface, Link, Prefix, Role, TargetKind
from sglint.space import Bounds, within
from sglint.value import Unknown

AT_HOME = (
    TargetKind.LOCAL,
    TargetKind.NONE,
    TargetKind.S3_ENDPOINT,
    TargetKind.DYNAMODB_ENDPOINT,
    TargetKind.GATEWAY_ENDPOINT,
)
"""Where no traffic between networks goes."""


@frozen
class Arms:
    """
    Whether an appliance forwards natively what a Gateway Load Balancer sends it, and the interfaces by which it may.

    `returns` says that the routes are those of one arm: what comes back out of an endpoint in the text gets on from there.
    """

    native: Bounds[bool]
    senders: tuple[Interface, ...] = ()
    returns: bool = False


def arms(graph: Graph, target: str) -> Arms:
    """
    Return what is known of the arms of the appliance that has this interface as a target.
    """
    noun = graph.interfaces.get(target)
    if noun is None:
        return Arms(Bounds(least=False, most=True, because=(Unknown(f"{target} is not in this scan"),)))
    senders = tuple(one for one in of_instance(graph, noun) if may_send(graph, one))
    if not senders:
        return Arms(Bounds(least=False, most=False))
    lost = stranded(graph, target)
    sure = [one for one in senders if one.source_dest_check is False and one.role is not Role.WORKLOAD]
    sure = [one for one in sure if one.origin.maybe is None]
    if any(surely_leads(graph, one, destination) for one in sure for destination in lost):
        return Arms(Bounds(least=True, most=True), senders)
    why = (
        f"whether the appliance of {target} gives packets back to the load balancer or forwards them itself is not in the text"
    )
    return Arms(
        Bounds(least=False, most=True, because=(Unknown(why, noun.origin.span),)),
        senders,
        bool(behind(graph, target)) and not lost,
    )


def of_instance(graph: Graph, interface: Interface) -> tuple[Interface, ...]:
    """
    Return the interfaces of the instance that this one is of, this one among them.
    """
    instance = interface.attached_to if isinstance(interface.attached_to, str) else interface.address
    own = (graph.interfaces[instance],) if instance in graph.interfaces else ()
    return tuple(dict.fromkeys((interface, *own, *graph.instances.get(instance, ()))))


def may_send(graph: Graph, interface: Interface) -> bool:
    """
    Return whether an interface may send packets with foreign addresses to another network.
    """
    away = (target.kind not in AT_HOME for path in paths(graph, interface) for target in path.targets)
    return interface.source_dest_check is not True and any(away)


def stranded(graph: Graph, target: str) -> tuple[Prefix, ...]:
    """
    Return the destinations that routes send to the appliance, and that surely get nowhere from the endpoint's subnet.
    """
    found: dict[Prefix, None] = {}
    for endpoint in behind(graph, target):
        for destination in leading_to(graph, endpoint):
            if all(gets_nowhere(graph, subnet, destination) for subnet in endpoint.subnets):
                found[destination] = None
    return tuple(found)


def behind(graph: Graph, target: str) -> tuple[Endpoint, ...]:
    """
    Return the endpoints that surely lead to the appliance.
    """
    balancers = {one.balancer for one in graph.appliances.get(target, ()) if one.origin.maybe is None}
    listed = (one for one in graph.network.endpoints if balancers.intersection(one.balancers))
    return tuple(one for one in listed if one.origin.maybe is None)


def leading_to(graph: Graph, endpoint: Endpoint) -> tuple[Prefix, ...]:
    """
    Return the destinations of the routes that surely lead to an endpoint.
    """
    routes = graph.toward.get(endpoint.origin.address, ())
    listed = (one.destinations for one in routes if one.origin.maybe is None and one.maybe is None)
    return tuple(dict.fromkeys(one for each in listed for one in each if not isinstance(one, Unknown)))


def gets_nowhere(graph: Graph, subnet: Link, destination: Prefix) -> bool:
    """
    Return whether no route of the subnet has any of the destination.
    """
    found = ways_to(graph, subnet, destination)
    return bool(found) and all({target.kind for target in one.targets} == {TargetKind.NONE} for one in found)


def surely_leads(graph: Graph, interface: Interface, destination: Prefix) -> bool:
    """
    Return whether all subnets of the interface surely have a route for some of the destination that leads out of the VPC.
    """
    return bool(interface.subnets) and all(
        any(
            all(target.kind not in (*AT_HOME, TargetKind.UNKNOWN) for target in one.targets)
            for one in ways_to(graph, subnet, destination)
        )
        for subnet in interface.subnets
    )


def ways_to(graph: Graph, subnet: Link, destination: Prefix) -> tuple[Path, ...]:
    """
    Return the paths of the subnet that have some of the destination, without those inside the VPC.
    """
    around = [one for one in ways(graph, subnet) if within(destination, one.destination)]
    nearest = max(around, key=lambda one: one.destination.prefixlen, default=None)
    inside = [one for one in ways(graph, subnet) if one.destination != destination and within(one.destination, destination)]
    kept = [one for one in inside if {target.kind for target in one.targets} != {TargetKind.LOCAL}]
    return (*(() if nearest is None else (nearest,)), *kept)
