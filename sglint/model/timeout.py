"""
How long connections of an interface may be idle until EC2 forgets them: what is written, or else the default of its instance.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.facts import GWLB_IDLE_SECONDS, IDLE_TIMEOUTS, NITRO_V6_EXCEPT, NITRO_V6_TCP_SECONDS, XEN, nitro
from sglint.frozen import frozen
from sglint.model.balancer import Appliance
from sglint.model.interface import Interface, Seconds
from sglint.model.network import Network
from sglint.space import Bounds
from sglint.value import Unknown


@frozen
class Effective:
    """
    The idle timeouts that hold for an interface, in seconds.
    """

    tcp_established: Bounds[int]
    udp_stream: Bounds[int]
    udp: Bounds[int]


def effective(interface: Interface) -> Effective:
    """
    Return the idle timeouts of an interface: the written ones, and for the others the defaults of the types of its instances.

    A value that EC2 would refuse is returned as it is written.
    """
    written = interface.timeouts
    tcp, stream, udp = (None, None, None) if written is None else (written.tcp_established, written.udp_stream, written.udp)
    return Effective(
        default_tcp(interface) if tcp is None else of_written(tcp, IDLE_TIMEOUTS["tcp_established"]),
        exactly(IDLE_TIMEOUTS["udp_stream"][2]) if stream is None else of_written(stream, IDLE_TIMEOUTS["udp_stream"]),
        exactly(IDLE_TIMEOUTS["udp"][2]) if udp is None else of_written(udp, IDLE_TIMEOUTS["udp"]),
    )


def exactly(seconds: int) -> Bounds[int]:
    """
    Return a duration that is known.
    """
    return Bounds(seconds, seconds)


def of_written(written: Seconds, limits: tuple[int, int, int]) -> Bounds[int]:
    """
    Return a duration that is written, between the limits of what is accepted where its value is not known.
    """
    value = written.value
    if isinstance(value, int):
        return exactly(value)
    among = [one for one in value.among if isinstance(one, int)]
    if among and len(among) == len(value.among):
        return between(map(exactly, among), value)
    return Bounds(limits[0], limits[1], (value,))


def between(found: Iterable[Bounds[int]], why: Unknown) -> Bounds[int]:
    """
    Return the bounds of a duration that is one of these, which one for a reason that is not known.
    """
    listed = tuple(found)
    least, most = min(one.least for one in listed), max(one.most for one in listed)
    because = dict.fromkeys(unknown for one in listed for unknown in one.because)
    return Bounds(least, most, () if least == most else tuple(because) or (why,))


def default_tcp(interface: Interface) -> Bounds[int]:
    """
    Return the timeout of established TCP connections where none is written: it depends on the types of the instances.
    """
    place = interface.origin.span
    if not interface.instance_types:
        return of_type(Unknown(f"the type of the instance of {interface.address} is not in the text", place))
    several = Unknown(f"the instances of {interface.address} may be of types with different defaults", place)
    return between((of_type(one) for one in interface.instance_types), several)


def of_type(instance_type: str | Unknown) -> Bounds[int]:
    """
    Return the default timeout of established TCP connections on instances of a type.
    """
    most = IDLE_TIMEOUTS["tcp_established"][2]
    if isinstance(instance_type, Unknown):
        among = [one for one in instance_type.among if isinstance(one, str)]
        if among and len(among) == len(instance_type.among):
            return between(map(of_type, among), instance_type)
        return Bounds(NITRO_V6_TCP_SECONDS, most, (instance_type,))
    family = family_of(instance_type)
    version = nitro(family)
    if version is None and family not in XEN:
        return Bounds(NITRO_V6_TCP_SECONDS, most, (Unknown(f"the default idle timeout of {instance_type} is not known"),))
    return exactly(NITRO_V6_TCP_SECONDS if version == 6 and family not in NITRO_V6_EXCEPT else most)


def accepts_timeouts(interface: Interface) -> bool:
    """
    Return whether timeouts can be set on the instances of an interface: not if all of them are of types without Nitro.
    """
    types = interface.instance_types
    return not types or any(isinstance(one, Unknown) or family_of(one) not in XEN for one in types)


def family_of(instance_type: str) -> str:
    """
    Return the family of an instance type.

    >>> family_of("m8i-flex.large")
    'm8i-flex'
    """
    return instance_type.strip().lower().partition(".")[0]


def gateway_idle(net: Network, appliance: Appliance) -> tuple[Bounds[int], Seconds | None]:
    """
    Return the idle timeout of TCP flows at the load balancer of an appliance, and where it is written.

    What is written counts only where flows are told apart by all five parts of a packet.
    """
    default = GWLB_IDLE_SECONDS[2]
    group = next((one for one in net.target_groups if one.origin.address == appliance.target_group), None)
    written = next(
        (
            one.idle
            for one in net.listeners
            if one.balancer == appliance.balancer and appliance.target_group in one.target_groups and one.idle is not None
        ),
        None,
    )
    if written is None or isinstance(appliance.balancer, Unknown):
        return exactly(default), None
    found = of_written(written, GWLB_IDLE_SECONDS)
    size = 5 if group is None else group.tuple_size
    if isinstance(size, Unknown):
        return between((found, exactly(default)), size), written
    return (found, written) if size == 5 else (exactly(default), None)
