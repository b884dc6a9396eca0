"""
Random networks, each as the text has it, perhaps with unknowns, and as what it turns out to be.

The text is a `Network`, as lowering would write it; the truth is an interface of tests/packet.py for each subnet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from hypothesis import strategies as st

from sglint.model import (
    Association,
    Group,
    Network,
    Permission,
    Subnet,
    Table,
    TargetKind,
    Vpc,
)
from sglint.model import Route as Line
from sglint.space import Family, Ports
from tests.networks import interface, origin, unknown
from tests.packet import EVERY, IN, OUT, Interface, Route, Rule
from tests.told import (
    ATTACHED,
    CLASSES,
    LISTENERS,
    MORE,
    OTHER_GROUP,
    ROUTE_DOUBTS,
    RULE_DOUBTS,
    SUBNETS,
    UNSEEN,
    VPC,
    Told,
    permission,
    rules,
    told_routes,
    told_rules,
)


@dataclass(frozen=True, slots=True)
class World:
    """
    A network as the text has it, and what its one interface is in each of its subnets.
    """

    net: Network
    truths: tuple[Interface, ...]
    families: tuple[Family, ...]


@st.composite
def worlds(draw: st.DrawFn, *, sure: bool) -> World:
    """
    Draw a network, its interface in one subnet or two, wholly known or not.
    """
    families = draw(st.sampled_from(((Family.IPV4,), (Family.IPV4, Family.IPV6))))
    known = ("known",)
    written = draw(st.lists(told_rules(families, known if sure else (*3 * known, *RULE_DOUBTS)), max_size=8))
    if draw(st.booleans()):
        pair = [Rule(way, EVERY, ip_network("0.0.0.0/0")) for way in (IN, OUT)]
        written += [Told(permission(rule, "sg2"), (rule,)) for rule in pair]
    tables = [draw(told_routes(name, families, known if sure else (*3 * known, *ROUTE_DOUBTS))) for name in ("rt", "rt2")]
    count = draw(st.sampled_from((1, 1, 2)))
    local = tuple(Route(VPC[one], TargetKind.LOCAL.value) for one in families)
    serves = draw(st.sampled_from((None, None, None, LISTENERS)))
    automatic = draw(st.sampled_from((False, False, False, True)))
    held = [rule for one in written for rule in one.truth if isinstance(rule, Rule)]
    truths = [
        Interface(
            held, [*local, *(route for one in table for route in one.truth if isinstance(route, Route))], automatic, serves
        )
        for table in tables[:count]
    ]
    net = text(written, tables[:count], families)
    eni = replace(
        interface(groups=ATTACHED, subnets=("subnet", "subnet2")[:count], automatic="AWS Lambda" if automatic else ""),
        serves=None if serves is None else tuple((CLASSES[one], Ports(first, last)) for one, first, last in serves),
    )
    world = World(replace(net, interfaces=(eni,)), tuple(truths), families)
    return world if sure else draw(hidden(world))


def text(written: Sequence[Told], tables: Sequence[Sequence[Told]], families: tuple[Family, ...]) -> Network:
    """
    Return the network of these rules and routes, without its interface.
    """
    names = [("subnet", "rt"), ("subnet2", "rt2")][: len(tables)]
    return Network(
        root=".",
        vpcs=(Vpc(origin("vpc"), tuple(VPC[one] for one in families), ipv6=Family.IPV6 in families),),
        subnets=tuple(
            Subnet(origin(name, 2), "vpc", tuple(SUBNETS[one][n] for one in families), ipv6=Family.IPV6 in families)
            for n, (name, _) in enumerate(names)
        ),
        groups=tuple(Group(origin(name, 3), "vpc") for name in (*ATTACHED, OTHER_GROUP)),
        permissions=tuple(one.text for one in written if isinstance(one.text, Permission)),
        tables=tuple(Table(origin(name, 5), "vpc") for _, name in names),
        associations=tuple(Association(origin(f"association {name}", 21), table, name) for name, table in names),
        routes=tuple(one.text for table in tables for one in table if isinstance(one.text, Line)),
    )


@st.composite
def hidden(draw: st.DrawFn, world: World) -> World:
    """
    Draw what else is not in the text: rules of a group, routes of a table, which groups the interface has, its subnet.
    """
    net, truths = world.net, [replace(one, rules=[*one.rules], routes=[*one.routes]) for one in world.truths]
    eni = net.interfaces[0]
    match draw(st.sampled_from((*4 * ("nothing",), "rules", "group", "routes", "range", *2 * ("association",), "subnet"))):
        case "rules" | "group" as which:
            more = draw(st.lists(rules(world.families), max_size=4))
            truths = [replace(one, rules=[*one.rules, *more]) for one in truths]
            if which == "group":
                eni = replace(eni, groups=(*eni.groups, unknown()))
            else:
                net = replace(net, groups=(replace(net.groups[0], hidden=unknown()), *net.groups[1:]))
        case "routes":
            net = replace(net, tables=(replace(net.tables[0], hidden=unknown()), *net.tables[1:]))
            truths[0] = replace(truths[0], routes=[*truths[0].routes, *draw(more_routes(truths[0], world.families))])
        case "range":
            own = net.vpcs[0]
            net = replace(net, vpcs=(replace(own, cidrs=(*own.cidrs, unknown())),))
            truths = [replace(one, routes=[*one.routes, Route(MORE, "local", UNSEEN)]) for one in truths]
        case "association":
            return draw(loose(world))
        case "subnet":
            eni = replace(eni, subnets=(*eni.subnets[:-1], unknown()))
    return World(replace(net, interfaces=(eni,)), tuple(truths), world.families)


@st.composite
def loose(draw: st.DrawFn, world: World) -> World:
    """
    Draw an association that need not exist, or whose subnet or table is not known, and which table serves the subnet then.
    """
    net, eni = world.net, world.net.interfaces[0]
    own, local = world.truths[0], [one for one in world.truths[0].routes if one.kind == "local"]
    second = draw(told_routes("rt2", world.families, ("known",)))
    other = replace(own, routes=[*local, *(route for one in second for route in one.truth if isinstance(route, Route))])
    mains: tuple[Association, ...] = ()
    last = replace(own, routes=local)
    if draw(st.booleans()):
        mains, last = (Association(origin("main", 22), "rt2", vpc="vpc"),), other
    one = Association(origin("association rt", 21), "rt", "subnet")
    truths: tuple[Interface, ...] = (own, last)
    match draw(st.sampled_from(("maybe", "subnet", "table", "two"))):
        case "maybe":
            found = [replace(one, origin=origin("association rt", 21, unknown()))]
        case "subnet":
            found = [replace(one, subnet=unknown())]
        case "table":
            found, truths = [replace(one, table=unknown())], (own, other, last)
        case _:
            found, truths = [one, replace(one, table="rt2")], (own, other)
    tables = (net.tables[0], Table(origin("rt2", 5), "vpc"))
    routes = (
        *(line for line in net.routes if line.table != "rt2"),
        *(one.text for one in second if isinstance(one.text, Line)),
    )
    eni = replace(eni, subnets=eni.subnets[:1])
    net = replace(net, associations=(*found, *mains), tables=tables, routes=routes, interfaces=(eni,))
    return World(net, (draw(st.sampled_from(truths)),), world.families)


@st.composite
def more_routes(draw: st.DrawFn, truth: Interface, families: tuple[Family, ...]) -> list[Route]:
    """
    Draw routes to what the table has no route to.
    """
    taken = {route.destination for route in truth.routes}
    more = draw(told_routes("rt", families, ("known",)))
    return [route for one in more for route in one.truth if isinstance(route, Route) and route.destination not in taken]
