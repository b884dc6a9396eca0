"""
A small network made by hand, with what is known of it, and a report about it.
"""

from __future__ import annotations

from dataclasses import fields
from ipaddress import IPv4Network

from sglint.finding import Finding, Label, Projection, Report, Seen, Severity, Status
from sglint.graph import Hop, Path
from sglint.model import (
    Box,
    Direction,
    Group,
    Interface,
    Network,
    Permission,
    Resolved,
    Role,
    Target,
    TargetKind,
    Unresolved,
)
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.source import Problem, Source, Span
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol
from sglint.track import Judgement, Reason, State, Verdict
from sglint.value import Unknown

TEXT = """\
resource "aws_instance" "app" {
\tsubnet_id = aws_subnet.app.id  # 世界
  tags = { name = "%s" }
}

resource "aws_security_group" "app" {
  ingress { cidr_blocks = ["10.0.0.0/8"] }
}

resource "aws_route" "out" { transit_gateway_id = aws_ec2_transit_gateway.hub.id }
""" % ("x" * 150)
EVERYONE = IPv4Network("0.0.0.0/0")
HUB = Target(TargetKind.TRANSIT_GATEWAY, "aws_ec2_transit_gateway.hub")
TRACKED = Bounds(State.TRACKED, State.TRACKED)
UNTRACKED = Bounds(State.UNTRACKED, State.UNTRACKED)
UNTOLD = Unknown("var.clients has no default", Span("variables.tf", 1, 1, 1, 19))
CHOICE = Unknown("var.kind has no default", Span("variables.tf", 2, 1, 2, 16), among=("a", "b"))
RESOLVED = Resolved(
    40,
    2,
    (
        Unresolved("aws_route.out", "", UNTOLD, Span("variables.tf", 1, 1, 1, 19)),
        Unresolved("aws_security_group.app", "ingress[0].cidr_blocks", UNTOLD, Span("variables.tf", 1, 1, 1, 19)),
        Unresolved("aws_security_group.app", "name", CHOICE, Span("variables.tf", 2, 1, 2, 16)),
    ),
)


def at(line: int, column: int = 1, end: int = 9, path: str = "main.tf") -> Span:
    """
    Return a place on one line.
    """
    return Span(path, line, column, line, end)


def origin(address: str, line: int, maybe: Unknown | None = None) -> Origin:
    """
    Return the origin of a resource written on that line.
    """
    return Origin(address, at(line, 1, 30), Span("main.tf", line, 1, line + 3, 2), ".", maybe=maybe)


def permission(direction: Direction, protocol: Protocol, peer: IPv4Network, ports: Ports = ALL_PORTS) -> Permission:
    """
    Return a rule of the group that surely admits this.
    """
    boxes = (Box(Family.IPV4, protocol, peer, ports),)
    return Permission(origin("aws_security_group.app", 6), "aws_security_group.app", direction, Bounds(boxes, boxes))


def verdict(
    direction: Direction = Direction.OUT,
    protocol: Protocol = Protocol.TCP,
    state: Bounds[State] = TRACKED,
    ports: Ports = ALL_PORTS,
    via: Target = HUB,
    automatic: tuple[str, ...] = (),
) -> Verdict:
    """
    Return what happens to a class of IPv4 flows to or from everyone.
    """
    reasons = (Reason("only 10.0.0.0/8 is let in", at(7, 13, 42)),)
    whole = TRACKED if automatic else state
    return Verdict(direction, Family.IPV4, protocol, ports, "0.0.0.0/0", via, whole, state, automatic, reasons)


def interface(
    address: str = "aws_instance.app", role: Role = Role.WORKLOAD, maybe: Unknown | None = None, automatic: str = ""
) -> Interface:
    """
    Return an interface in the group.
    """
    return Interface(
        origin(address, 1, maybe), "aws_instance", role, ("aws_subnet.app",), ("aws_security_group.app",), automatic=automatic
    )


def judgement(
    *verdicts: Verdict, of: Interface | None = None, in_scope: Bounds[bool] | None = None, via: Target = HUB
) -> Judgement:
    """
    Return a judgement of an interface whose default route leads to `via`.
    """
    hop = Hop("0.0.0.0/0 leads to transit gateway aws_ec2_transit_gateway.hub", at(10, 30, 80))
    path = Path(Family.IPV4, EVERYONE, (via,), "aws_subnet.app", "aws_route_table.app", (hop,))
    return Judgement(of or interface(), (path,), verdicts, in_scope or Bounds(least=True, most=True))


def judged(*judgements: Judgement, permissions: tuple[Permission, ...] | None = None) -> Judged:
    """
    Return a network of these interfaces and one group with these rules, or one that lets out to a few.
    """
    few = permission(Direction.OUT, Protocol.TCP, IPv4Network("10.0.0.0/8"))
    network = Network(
        ".",
        groups=(Group(origin("aws_security_group.app", 6), "aws_vpc.hub"),),
        permissions=(few,) if permissions is None else permissions,
        interfaces=tuple(one.interface for one in judgements),
        resolved=RESOLVED,
    )
    return Judged(network, judgements)


def finding(message: str = "aws_instance.app: flows are tracked", *, certain: bool = True, **other: object) -> Finding:
    """
    Return a finding about the instance.
    """
    made = Finding(
        rule="tracked-workload",
        severity=Severity.NOTE,
        certain=certain,
        message=message,
        subjects=("aws_instance.app",),
        span=at(1, 1, 30),
        labels=(Label(at(10, 29, 81), "0.0.0.0/0 leads to transit gateway hub"), Label(at(2, 2, 11), "the subnet")),
        advice=("to leave them untracked, open the group",),
        unless=() if certain else (Label(at(1, 1, 19, "variables.tf"), "var.clients has no default"),),
        roots=(".",),
    )
    return made if not other else _replaced(made, other)


def _replaced(made: Finding, other: dict[str, object]) -> Finding:
    values = {one.name: getattr(made, one.name) for one in fields(made)} | other
    return Finding(**values)


SEEN = Seen(roots=1, files=2, resources=9, interfaces=3, in_scope=1, maybe_in_scope=1)


def report(*findings: Finding, problems: tuple[Problem, ...] = (), seen: Seen = SEEN) -> Report:
    """
    Return a report with these findings about the text above.
    """
    return Report(findings, problems, seen, (Source("main.tf", TEXT),), (".",))


PROJECTIONS = (
    Projection("web-front-end", "m7g.large", (Protocol.TCP,), 10.0, 280.0),
    Projection("web-front-end", "m8g.large", (Protocol.TCP,), 330.0, 1300.0),
)


def full() -> Report:
    """
    Return a report with one of everything.
    """
    return report(
        finding(),
        finding(
            "aws_instance.app (2 instances): more are",
            subjects=("aws_instance.app[0]", "aws_instance.app[1]"),
            projections=PROJECTIONS,
        ),
        finding("aws_instance.app: these may be", certain=False),
        finding("aws_instance.app: these are known", status=Status.IGNORED, status_reason="few connections"),
        finding("aws_instance.app: far right", severity=Severity.WARNING, span=at(3, 160, 170), labels=()),
        problems=(
            Problem("module.net cannot be read", at(12, 3, 9, "a b/net.tf"), "run terraform init"),
            Problem("this comment gives no reason and is not applied", at(1), hides=False),
        ),
    )
