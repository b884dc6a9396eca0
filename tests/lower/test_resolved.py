"""
How much of a network is known, counted attribute by attribute.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.model import Resolved
from sglint.resource import Resource
from sglint.value import Ref
from tests.lower.build import WHY, among, element, net, ref, res


def counted(resolved: Resolved) -> tuple[int, int, int, int]:
    return resolved.known, resolved.identities, resolved.bounded, resolved.unknown


def test_each_attribute_that_is_read_counts_once() -> None:
    group = res(
        "aws_security_group.g",
        vpc_id=ref("aws_vpc.v.id"),
        description=WHY,
        ingress=[
            {"cidr_blocks": ["10.0.0.0/8", WHY, among("10.1.0.0/16", "10.2.0.0/16")], "description": WHY, "from_port": 0},
            element({"cidr_blocks": ["0.0.0.0/0"]}),
        ],
        egress=[],
    )
    resolved = net(res("aws_vpc.v", cidr_block="10.0.0.0/16", tags={"a": WHY}), group).resolved
    assert counted(resolved) == (3, 1, 2, 1)
    assert resolved.total == 7
    assert [(one.path, one.bounded) for one in resolved.unresolved] == [
        ("ingress[0].cidr_blocks[1]", False),
        ("ingress[0].cidr_blocks[2]", True),
        ("ingress[1]", True),
    ]
    assert {one.unknown.why for one in resolved.unresolved} == {"var.x has no default"}


def test_an_identity_counts_only_where_it_leads_somewhere() -> None:
    resolved = net(
        res("aws_vpc.v", cidr_block="10.0.0.0/16"),
        res("aws_subnet.a", vpc_id=ref("aws_vpc.v.id"), cidr_block=Ref("data.aws_ssm_parameter.p", "value")),
        res("aws_subnet.b", vpc_id=ref("data.aws_vpc.elsewhere.id"), cidr_block=ref("aws_vpc.v.ipv6_cidr_block")),
    ).resolved
    assert counted(resolved) == (1, 2, 0, 2)
    assert [f"{one.address}.{one.path}" for one in resolved.unresolved] == [
        "aws_subnet.a.cidr_block",
        "aws_subnet.b.cidr_block",
    ]
    assert resolved.unresolved[0].unknown.why == "data.aws_ssm_parameter.p.value is known only after deployment"


def test_what_decides_how_many_there_are_counts_once_for_a_block() -> None:
    def subnet(key: str, *callers: Resource) -> Resource:
        one = res(f"aws_subnet.s[{key}]", WHY, vpc_id="vpc-1")
        return replace(one, origin=replace(one.origin, callers=tuple(caller.origin.span for caller in callers)))

    call = res("module.m")
    resolved = net(subnet("0"), subnet("1"), subnet("2", call)).resolved
    assert counted(resolved) == (3, 0, 0, 2)
    assert [(one.address, one.path) for one in resolved.unresolved] == [("aws_subnet.s[0]", ""), ("aws_subnet.s[2]", "")]
    assert {one.span for one in resolved.unresolved} == {WHY.span}


def test_what_is_not_read_does_not_count() -> None:
    assert net(res("aws_s3_bucket.b", bucket=WHY), res("module.m", anything=WHY)).resolved.total == 0
