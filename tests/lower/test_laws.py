"""
Laws: lowering survives anything, does not depend on order, and an unknown only widens what is known.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sglint.lower import KINDS, lower
from sglint.lower.network import TABLE
from sglint.model import Box, GroupPeer, ListPeer, Permission
from sglint.resource import Origin, Resource
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.lower.build import PLACE, VPC, Plain, res, value

ADDRESSES = sorted(f"{kind}.{name}" for kind in KINDS for name in ("a", "b[0]", "c[*]"))
ATTRIBUTES = ["id", "arn", "name", "", "main_route_table_id", "default_security_group_id", "private_ip", "subnet_ids[0]"]
TEXTS = ["", "10.0.0.0/8", "::/0", "0.0.0.0/0", "sg-1", "vpce-1", "local", "tcp", "-1", "1/2", "network", "GENEVE", "Interface"]


def leaves(addresses: list[str]) -> st.SearchStrategy[Value]:
    """
    Return values without parts; references lead to one of the addresses.
    """
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 70000),
        st.sampled_from(TEXTS),
        st.builds(Ref, st.sampled_from(addresses), st.sampled_from(ATTRIBUTES)),
        st.builds(Unknown, st.just("it is not given"), st.just(PLACE)),
    )


def words(kind: str) -> list[str]:
    """
    Return the names of the attributes and blocks that the row of a kind reads.
    """
    paths = [path for text in TABLE[kind].kinds[kind].values() for path in text.split("|")] if kind in TABLE else ["subnet_ids"]
    return sorted({step.removesuffix("[]") for path in paths for step in path.split(".")}) or ["id"]


def values(kind: str, addresses: list[str]) -> st.SearchStrategy[Value]:
    """
    Return values of any shape, with names that mean something to the row of a kind.
    """
    names = st.sampled_from(words(kind))
    return st.recursive(
        leaves(addresses),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: Seq(tuple(items))),
            st.dictionaries(names, inner, max_size=4).map(Map.of),
            st.lists(inner, max_size=3).map(lambda items: Unknown("either", PLACE, among=tuple(items))),
            inner.map(lambda item: Unknown("their number is not known", PLACE, element=item)),
        ),
        max_leaves=8,
    )


@st.composite
def anything(draw: st.DrawFn) -> list[Resource]:
    """
    Draw resources of any kind with values of any shape that refer to each other.
    """
    addresses = draw(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=6, unique=True))
    found = []
    for address in addresses:
        kind = address.rpartition(".")[0]
        drawn = draw(st.dictionaries(st.sampled_from(words(kind)), values(kind, addresses), max_size=5))
        maybe = draw(st.none() | st.just(Unknown("count is not known", PLACE)))
        given_ = Map.of({key: item for key, item in drawn.items() if item is not None})
        found.append(Resource(kind, given_, Origin(address, PLACE, PLACE, maybe=maybe)))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything())
def test_anything_is_read_in_any_order(resources: list[Resource]) -> None:
    first = lower("root", resources)
    second = lower("root", list(reversed(resources)))
    assert first == second
    for permission in first[0].permissions:
        assert within(permission.boxes.least, permission.boxes.most)


def within(some: tuple[Box, ...], all_: tuple[Box, ...]) -> bool:
    """
    Return whether every box lies in one of the others.
    """
    return all(any(covers(large, small) for large in all_) for small in some)


def covers(large: Box, small: Box) -> bool:
    """
    Return whether one box contains another.
    """
    if (large.family, large.protocol) != (small.family, small.protocol):
        return False
    if large.ports.first > small.ports.first or large.ports.last < small.ports.last:
        return False
    if isinstance(large.peer, (GroupPeer, ListPeer)) or isinstance(small.peer, (GroupPeer, ListPeer)):
        return large.peer == small.peer
    if isinstance(large.peer, IPv4Network) and isinstance(small.peer, IPv4Network):
        return large.peer.supernet_of(small.peer)
    both = isinstance(large.peer, IPv6Network) and isinstance(small.peer, IPv6Network)
    return both and str(large.peer) in ("::/0", str(small.peer))


RULE = st.fixed_dictionaries(
    {
        "protocol": st.sampled_from(["tcp", "udp", "-1", "icmp", "6", "50"]),
        "from_port": st.integers(0, 100),
        "to_port": st.integers(100, 65535),
        "cidr_blocks": st.lists(st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16"]), max_size=3),
    }
)


def permitted(rule: dict[str, Value]) -> tuple[Permission, ...]:
    group = res("aws_security_group.g", ingress=Seq((Map.of(rule),)))
    return tuple(one for one in lower("root", [VPC, group])[0].permissions if one.group == "aws_security_group.g")


def bounds(rule: dict[str, Value]) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    found = permitted(rule)
    return tuple(box for one in found for box in one.boxes.least), tuple(box for one in found for box in one.boxes.most)


@given(
    rule=RULE,
    other=RULE,
    hidden=st.sets(st.sampled_from(["protocol", "from_port", "to_port", "cidr_blocks"])),
    limited=st.booleans(),
)
def test_an_unknown_only_widens_what_a_rule_admits(
    *, rule: dict[str, Plain], other: dict[str, Plain], hidden: set[str], limited: bool
) -> None:
    known = {key: value(item) for key, item in rule.items()}
    vague = dict(known)
    for key in sorted(hidden):
        vague[key] = Unknown("it is not given", PLACE, among=(known[key], value(other[key])) if limited else ())
    least, most = bounds(vague)
    exact, same = bounds(known)
    assert exact == same
    assert within(least, exact)
    assert within(exact, most)
