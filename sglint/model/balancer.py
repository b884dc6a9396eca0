"""
Load balancers, what they listen to and forward to, and the appliances behind Gateway Load Balancers.
"""

from __future__ import annotations

from sglint.facts import NETWORK_BALANCER
from sglint.frozen import frozen
from sglint.model.interface import Seconds
from sglint.model.vpc import Link
from sglint.resource import Origin
from sglint.source import Span
from sglint.space import Family, Ports, Protocol
from sglint.value import Unknown


@frozen
class Appliance:
    """
    A Gateway Load Balancer sends its traffic (GENEVE, UDP 6081) to this interface.

    `balancer` and `target_group` are addresses; `origin` is the attachment that says so; `health_port` is the TCP port that
    the health check uses, None when it is the traffic port or not TCP.
    """

    origin: Origin
    interface: str
    balancer: Link
    target_group: Link
    health_port: int | Unknown | None = None


@frozen
class Balanced:
    """
    A Network Load Balancer sends flows to this interface, of these protocols and families, to one port.

    Global Accelerator does, too, to one port or a range: `through` says which of both, and `balancer` is the accelerator then.
    `origin` is the attachment that says so, `place` where it does. `balancer` and `target_group` are addresses; `listeners` are
    those that forward to the target group, none where none is in the text. `network` is what decides whether the load balancer
    is of this type, None where it surely is.
    """

    origin: Origin
    place: Span
    interface: str
    balancer: Link
    target_group: Origin
    listeners: tuple[Origin, ...]
    protocols: tuple[Protocol, ...]
    port: int | Ports | Unknown
    families: tuple[Family, ...] = (Family.IPV4,)
    network: Unknown | None = None
    through: str = NETWORK_BALANCER


@frozen
class Balancer:
    """
    A load balancer; `kind` is `application`, `network` or `gateway`. The interfaces of the first two have its address, too.
    """

    origin: Origin
    kind: str | Unknown
    subnets: tuple[Link, ...]
    internal: bool | Unknown = False
    cross_zone: bool | Unknown = False


@frozen
class Listener:
    """
    What a load balancer listens to, and the target groups that it forwards to.

    `protocol` is in lower case; a Gateway Load Balancer's listener has neither protocol nor port. `idle` is the idle timeout of
    its TCP flows, None where none is written.
    """

    origin: Origin
    balancer: Link
    target_groups: tuple[Link, ...]
    protocol: str | Unknown | None = None
    port: int | Unknown | None = None
    idle: Seconds | None = None


@frozen
class HealthCheck:
    """
    How a target is asked whether it works; None for what is not written (the port is that of the traffic then).

    `protocol` is in lower case. `path` is what it asks for by HTTP.
    """

    protocol: str | Unknown | None = None
    port: int | Unknown | None = None
    path: str | Unknown | None = None
    enabled: bool | Unknown = True


@frozen
class TargetGroup:
    """
    A target group. `protocol` and `target_type` are in lower case (`geneve`; `instance`, `ip`, `alb`, `lambda`).

    `stickiness` is the type that is switched on (`source_ip_dest_ip`), None for none. `cross_zone` is `true`, `false`, or
    `use_load_balancer_configuration`. `on_deregistration` and `on_unhealthy` say what becomes of the flows to such a
    target (`rebalance`, `no_rebalance`).
    """

    origin: Origin
    protocol: str | Unknown | None = None
    port: int | Unknown | None = None
    target_type: str | Unknown = "instance"
    health: HealthCheck = HealthCheck()
    stickiness: str | Unknown | None = None
    cross_zone: str | Unknown | None = None
    on_deregistration: str | Unknown = "no_rebalance"
    on_unhealthy: str | Unknown = "no_rebalance"

    @property
    def tuple_size(self) -> int | Unknown:
        """
        By how many parts of a packet a Gateway Load Balancer tells flows apart: 5, 3 or 2.
        """
        if isinstance(self.stickiness, Unknown):
            return self.stickiness
        return _TUPLES.get(self.stickiness or "", 5)


_TUPLES = {"source_ip_dest_ip_proto": 3, "source_ip_dest_ip": 2}
