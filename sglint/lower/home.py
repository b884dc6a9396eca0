"""
Load balancers that open connections inside of their VPC alone.

The idea: a load balancer opens connections to its targets and to nothing else. Instances are in its VPC; addresses are where
what registers them is. Where all targets are in the VPC, no route that leads out of it takes what it opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sglint.lower import read
from sglint.lower.balancer import by_ip, target_of
from sglint.lower.index import Index
from sglint.lower.link import follow, links, pointing
from sglint.lower.row import Row, View, same
from sglint.lower.vpc import vpc_of
from sglint.model import Interface, Link

ROWS = (
    Row(
        "listener rule",
        {
            **same(
                {
                    "listener": "listener_arn",
                    "target_groups": "action[].target_group_arn|action[].forward[].target_group[].arn",
                },
                "aws_lb_listener_rule",
                "aws_alb_listener_rule",
            ),
            "AWS::ElasticLoadBalancingV2::ListenerRule": {
                "listener": "ListenerArn",
                "target_groups": "Actions[].TargetGroupArn|Actions[].ForwardConfig.TargetGroups[].TargetGroupArn",
            },
        },
    ),
)
AT_HOME = ("instance", "lambda")
"""The types of targets that are in the VPC of their load balancer, or are reached without an interface of it."""


def with_home(index: Index, found: Iterable[Interface]) -> Iterator[Interface]:
    """
    Yield the interfaces, those of load balancers whose targets are in their VPC as what opens nothing outside of it.
    """
    listed = tuple(found)
    vpcs = {one.address: vpcs_of(index, one.subnets) for one in listed}
    ips = by_ip(index)
    for item in listed:
        one = index.views.get(item.address)
        noun = "" if one is None else one.row.noun
        balances = noun == "balancer" and not item.automatic
        home = noun == "classic balancer" or (balances and one is not None and is_home(index, one, vpcs, ips))
        yield replace(item, home=True) if home else item


def vpcs_of(index: Index, subnets: Iterable[Link]) -> frozenset[Link]:
    """
    Return the VPCs that the subnets lie in.
    """
    views = (index.views.get(item) if isinstance(item, str) else None for item in subnets)
    return frozenset(vpc_of(index, view) if view is not None else "" for view in views)


def is_home(index: Index, one: View, vpcs: Mapping[str, frozenset[Link]], ips: Mapping[str, str]) -> bool:
    """
    Return whether the targets of all listeners in the text are surely in the VPC of the load balancer.
    """
    listeners = pointing(index, "listener", "balancer").get(one.address, ())
    names = {listener.address for listener in listeners}
    rules = (rule for rule in index.of("listener rule") if is_of(index, rule, names))
    groups = [group for view in (*listeners, *rules) for group in groups_of(index, view)]
    return bool(groups) and all(inside(index, group, vpcs, vpcs[one.address], ips) for group in groups)


def is_of(index: Index, rule: View, names: set[str]) -> bool:
    """
    Return whether the rule may be one of these listeners.
    """
    found = follow(index, rule, "listener", ("listener",))
    return found in names or not isinstance(found, str)


def groups_of(index: Index, view: View) -> Iterator[Link]:
    """
    Yield the target groups that a listener, or one of its rules, forwards to.
    """
    for slot in view.slots("target_groups"):
        yield from links(index, slot, view.origin.at(slot.field), ("target group",))


def inside(
    index: Index, group: Link, vpcs: Mapping[str, frozenset[Link]], home: frozenset[Link], ips: Mapping[str, str]
) -> bool:
    """
    Return whether the targets of a group are surely in the VPC.
    """
    one = index.views.get(group) if isinstance(group, str) else None
    if one is None or one.found:
        return False
    kind = read.word(one.value("type")) if one.has("type") else "instance"
    if kind in AT_HOME:
        return True
    given = [target_of(index, view, ips) for view in pointing(index, "target", "group").get(one.address, ())]
    given += [view.address for view in pointing(index, "task", "target_groups").get(one.address, ())]
    found = [vpcs.get(item) if isinstance(item, str) else None for item in given]
    known = len(home) == 1 and all(isinstance(vpc, str) and vpc for vpc in home)
    return kind == "ip" and not one.has("targets") and bool(found) and known and all(item == home for item in found)
