"""
A plan takes away a rule that untracked flows depend on, and live connections are cut as it is applied.

## What is wrong

Before the plan, security groups leave flows of the interface untracked. The plan removes, replaces or edits one of the rules
that they owe that to, in the direction of the flows or in that of the replies, or takes the group off the interface.

It is found only with `--plan FILE`, for interfaces that are there before and after the plan; what a plan destroys loses its
connections in any case. Nothing is found when another rule enables the flows all the time, or when the rule stays as it is.
Terraform edits the rules in an aws_security_group by taking away the old ones first, so a new one there comes too late.
A rule that another resource adds in the same plan may be in time or not: then the finding is not certain. So it is with a
group that is taken off what is launched from a template, since instances that run keep the groups that they have.

## Why it matters

An untracked flow passes because rules admit it in both directions, not because it is remembered. When a rule that enables it
is removed or changed, the flow is interrupted at once: with egress open, removing the inbound rule for port 22 drops every
SSH session. A tracked connection goes on under the same change until its entry times out. Long connections of a proxy, a
firewall or a database notice.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Apply in two steps. First add rules that enable the same flows, in this group or in a second group of the interface:

    resource "aws_vpc_security_group_egress_rule" "answers" {
      security_group_id = aws_security_group.proxy.id
      ip_protocol       = "tcp"
      from_port         = 0
      to_port           = 65535
      cidr_ipv4         = "0.0.0.0/0"
    }

Then take the old ones away, in a plan of its own. For a group that has to be replaced:

    resource "aws_security_group" "proxy" {
      lifecycle {
        create_before_destroy = true
      }
    }

## What it exposes

The two rules side by side expose what the wider of them does, until the old one goes.

## When not to

When the flows are to be closed: then this is what you want, and it is better done when few are open. Where they are to be
tracked from now on there is no way around the cut. Apply when it hurts least.

## Examples

What there is, before each of the plans that follow:

```hcl before
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "inside" {
  subnet_id      = aws_subnet.inside.id
  route_table_id = aws_route_table.inside.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "replies" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_network_interface" "proxy" {
  subnet_id       = aws_subnet.inside.id
  security_groups = [aws_security_group.proxy.id]
}
```

The rule for the replies is narrowed:

```hcl bad
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "inside" {
  subnet_id      = aws_subnet.inside.id
  route_table_id = aws_route_table.inside.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "replies" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_network_interface" "proxy" { # found
  subnet_id       = aws_subnet.inside.id
  security_groups = [aws_security_group.proxy.id]
}
```

The first of two steps, another rule for the replies:

```hcl good
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "inside" {
  subnet_id      = aws_subnet.inside.id
  route_table_id = aws_route_table.inside.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "replies" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "answers" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 0
  to_port           = 65535
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_network_interface" "proxy" {
  subnet_id       = aws_subnet.inside.id
  security_groups = [aws_security_group.proxy.id]
}
```

Both steps in one plan, and nobody knows which comes first:

```hcl maybe
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "inside" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "inside" {
  subnet_id      = aws_subnet.inside.id
  route_table_id = aws_route_table.inside.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "answers" {
  security_group_id = aws_security_group.proxy.id
  ip_protocol       = "tcp"
  from_port         = 0
  to_port           = 65535
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_network_interface" "proxy" { # found
  subnet_id       = aws_subnet.inside.id
  security_groups = [aws_security_group.proxy.id]
}
```
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sglint.rule import (
    ALL_PORTS,
    OTHER_WAY,
    Bounds,
    Direction,
    End,
    Found,
    Interface,
    Intervals,
    Judged,
    Judgement,
    Label,
    Permission,
    Ports,
    Severity,
    State,
    Unknown,
    Verdict,
    flows_name,
    intervals,
    join,
    rule,
)

IN_PLACE = ("aws_instance", "aws_network_interface", "aws_lb", "aws_alb", "aws_elb", "aws_vpc_endpoint")
"""What changes its security groups as it runs; instances that are launched from a template keep theirs."""


@dataclass(frozen=True, slots=True)
class Cut:
    """
    Untracked flows, the rules that enable them and go, and what leaves open whether that cuts the flows.
    """

    flows: Verdict
    lost: tuple[Permission, ...]
    doubts: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What a plan does: how it ends the security groups of before, which rules there are in the end, and whose, by address.
    """

    ends: Mapping[str, End | None]
    rules: Mapping[str, Sequence[Permission]]
    known: frozenset[str]


def plan_of(before: Judged, after: Judged) -> Plan:
    """
    Return what the plan does that leads from one network to the other.
    """
    rules: dict[str, list[Permission]] = {}
    for one in after.network.permissions:
        rules.setdefault(one.origin.address, []).append(one)
    ends = {one.origin.address: one.origin.end for one in before.network.groups}
    return Plan(ends, rules, frozenset(one.origin.address for one in after.network.groups))


@dataclass(frozen=True, slots=True)
class Change:
    """
    An interface before and after the plan, each in its network.
    """

    before: Judged
    after: Judged
    plan: Plan
    was: Interface
    will: Interface

    def end_of(self, group: str | Unknown) -> End | None:
        """
        Return how the plan ends a security group.
        """
        return self.plan.ends.get(group) if isinstance(group, str) else None

    def stays(self, permission: Permission) -> bool:
        """
        Return whether the rule surely is in force for the interface all the time.
        """
        origin = permission.origin
        if permission.group not in self.will.groups or self.end_of(permission.group) or origin.end:
            return False
        later = self.plan.rules.get(origin.address, ())
        same = (permission.group, permission.direction, permission.boxes)
        forgotten = not later and origin.address not in self.plan.known
        return forgotten or any((one.group, one.direction, one.boxes) == same for one in later)

    def does(self, permission: Permission) -> tuple[str, str]:
        """
        Return what the plan does to the rule, and to what the rule belongs that it does that to.
        """
        group = permission.group if isinstance(permission.group, str) else ""
        ends = {End.DELETED: "removes", End.REPLACED: "replaces", End.SWAPPED: "replaces"}
        if end := self.end_of(group):
            return ends[end], group
        if group not in self.will.groups:
            return "detaches", group
        if end := permission.origin.end:
            return ends[end], permission.origin.address
        return "changes", permission.origin.address


@rule(severity=Severity.ERROR, since="0.1", plan=True)
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces that are there before a plan and after it.
    """
    if net.before is None:
        return
    plan = plan_of(net.before, net)
    later = {one.interface.address: one.interface for one in net.judgements}
    for judgement in net.before.judgements:
        was, will = judgement.interface, later.get(judgement.interface.address)
        if will is None or was.origin.end is not None or not was.grouped:
            continue
        change = Change(net.before, net, plan, was, will)
        cuts = tuple(cuts_of(change, judgement))
        for some in (tuple(one for one in cuts if not one.doubts), tuple(one for one in cuts if one.doubts)):
            if some:
                yield found(change, judgement, some)


def found(change: Change, judgement: Judgement, cuts: Sequence[Cut]) -> Found:
    """
    Return what is said about the flows of one interface.
    """
    lost = tuple(dict.fromkeys(permission for one in cuts for permission in one.lost))
    doubts = tuple(dict.fromkeys(doubt for one in cuts for doubt in one.doubts))
    flows = flows_name(judgement, (one.flows for one in cuts))
    end = "may end" if doubts else "end"
    written = [one for one in lost if one.origin.end is not End.DELETED]
    return Found(
        change.will,
        f"live untracked connections ({flows}) {end} at once as the plan {what(change, lost)}, where tracked ones would go on",
        tuple(dict.fromkeys(Label(one.origin.span, "what keeps them untracked until then") for one in written)),
        tuple(advice(change, lost)),
        Bounds(least=not doubts, most=True, because=doubts),
    )


def what(change: Change, lost: Sequence[Permission]) -> str:
    """
    Return what the plan does to the rules, in words.
    """
    done: dict[str, dict[str, None]] = {}
    for verb, address in sorted(map(change.does, lost)):
        done.setdefault(verb, {})[address] = None
    return join(f"{verb} {join(addresses)}" for verb, addresses in done.items())


def advice(change: Change, lost: Sequence[Permission]) -> Iterator[str]:
    """
    Yield what to do about it.
    """
    yield "to keep them, apply in two steps: first add rules that enable the same flows, then let the old ones go"
    replaced = sorted({str(one.group) for one in lost if change.end_of(one.group) is End.REPLACED})
    if replaced:
        yield f"with create_before_destroy the new group is there before {join(replaced)} goes"
    yield "otherwise apply when it hurts least: clients have to connect again, and the new rules judge those connections"


def cuts_of(change: Change, judgement: Judgement) -> Iterator[Cut]:
    """
    Yield the untracked flows that lose a rule that enables them.
    """
    was = change.was
    for flows in judgement.verdicts:
        if flows.state.most is not State.UNTRACKED or was.purpose not in (None, flows.direction):
            continue
        rules = change.before.permissions(was)
        starts = tuple(enabling(rules, flows, flows.direction))
        replies = tuple(enabling(rules, flows, OTHER_WAY[flows.direction]))
        kept = covered((ports for one, ports in starts if change.stays(one)), flows.ports)
        answered = any(change.stays(one) for one, _ in replies)
        unkept = covered((flows.ports,), flows.ports) - kept
        gone = [one for one, ports in starts if not change.stays(one) and covered((ports,), flows.ports) & unkept]
        gone += [one for one, _ in replies if not answered]
        for first, last in unkept.ranges if answered else ((flows.ports.first, flows.ports.last),):
            if gone:
                some = replace(flows, ports=Ports(first, last))
                lost = tuple(dict.fromkeys(gone))
                yield Cut(some, lost, tuple(dict.fromkeys(doubts_of(change, some, lost))))


def enabling(rules: Iterable[Permission], flows: Verdict, way: Direction) -> Iterator[tuple[Permission, Ports]]:
    """
    Yield the rules of one direction that may enable the flows, from or to everyone, and their ports.

    In the direction of the flows that is on some of their ports, in that of the replies on every port.
    """
    for one in rules:
        for box in one.boxes.most if one.direction is way else ():
            meant = box.everyone and (box.family, box.protocol) == (flows.family, flows.protocol)
            if meant and (box.ports.overlaps(flows.ports) if way is flows.direction else box.ports == ALL_PORTS):
                yield one, box.ports


def covered(some: Iterable[Ports], ports: Ports) -> Intervals:
    """
    Return which of the ports are among some ranges.
    """
    return intervals((one.first, one.last) for one in some) & Intervals(((ports.first, ports.last),))


def doubts_of(change: Change, flows: Verdict, lost: Sequence[Permission]) -> Iterator[Unknown]:
    """
    Yield what leaves open whether the flows are cut.
    """
    yield from flows.state.because
    yield from hidden(change)
    if change.was.kind not in IN_PLACE and any(change.does(one)[0] == "detaches" for one in lost):
        yield Unknown(f"whether what runs in {change.was.address} gets other security groups is not in the plan")
    here = [one for one in lost if one.origin.end is not End.SWAPPED and change.end_of(one.group) is not End.SWAPPED]
    same = {one.origin.address for one in here}
    there = change.after.permissions(change.will)
    fresh = [one for one in there if one.origin.address not in same]
    new = [one for one, _ in enabling(fresh, flows, flows.direction)]
    back = [one for one, _ in enabling(fresh, flows, OTHER_WAY[flows.direction])]
    others = sorted({one.origin.address: one for one in (*new, *back) if not enabled(change, one)}.items())
    if new and back:
        for address, one in others:
            yield Unknown(
                f"{address} enables them, too, and the plan does not say whether it is there in time", one.origin.span
            )
    for one in there:
        if one.origin.address in same and one.boxes.least != one.boxes.most:
            yield from one.boxes.because


def enabled(change: Change, permission: Permission) -> bool:
    """
    Return whether a rule that is there after the plan was there before it.
    """
    same = (permission.group, permission.direction, permission.boxes)
    rules = change.before.permissions(change.was)
    return any((one.group, one.direction, one.boxes) == same and change.stays(one) for one in rules)


def hidden(change: Change) -> Iterator[Unknown]:
    """
    Yield which security groups are not known, of those that the interface may have when a rule goes.
    """
    yield from (one for one in (*change.was.groups, *change.will.groups) if isinstance(one, Unknown))
    nouns = {one.origin.address: one for one in change.after.network.groups}
    for group in dict.fromkeys((*change.was.groups, *change.will.groups)):
        here = group in change.will.groups or (group not in nouns and change.end_of(group) is None)
        if isinstance(group, Unknown) or not here:
            continue
        if group not in nouns:
            yield Unknown(f"the rules of {group} are not all in the plan")
        elif (why := nouns[group].hidden) is not None:
            yield why
