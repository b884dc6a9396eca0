"""
Root modules with resources that refer to each other, modules, loops, dynamic blocks, and expressions of every kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

from fuzz.target import FIXTURES
from sglint.lower import WORDS
from tests.evaluate.grammar import expressions

CORE = tuple(
    f"aws_{one}"
    for one in (
        "vpc subnet route_table route route_table_association security_group security_group_rule instance network_interface "
        "vpc_security_group_ingress_rule vpc_security_group_egress_rule ec2_transit_gateway ec2_transit_gateway_vpc_attachment "
        "ec2_transit_gateway_route_table ec2_transit_gateway_route lb lb_target_group lb_target_group_attachment lb_listener "
        "vpc_endpoint vpc_endpoint_service launch_template autoscaling_group network_acl network_acl_rule nat_gateway "
        "internet_gateway ec2_managed_prefix_list networkfirewall_firewall vpc_peering_connection default_security_group "
        "network_interface_sg_attachment route53_resolver_endpoint eip ecs_service"
    ).split()
)
SERVICES = tuple(sorted(kind for kind in WORDS if kind.startswith("aws_")))
ATOMS = (
    "each.key",
    "each.value",
    "count.index",
    "var.a",
    "var.u",
    "local.l",
    "local.m",
    "var.secret",
    "module.m.out",
    "module.m[0]",
)
NAMES = ("a", "b", "c")


@cache
def inner_words() -> tuple[str, ...]:
    """
    Return the names that stand on the left of a sign in the fixtures.
    """
    texts = (path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.tf")))
    return tuple(sorted({name for text in texts for name in re.findall(r"^\s*(\w+)\s*[={]", text, re.MULTILINE)}))


def module(random: Random) -> bytes:
    """
    Return a root module, and now and then the module that it calls and the values of its variables.
    """
    files = {"main.tf": _file(random, random.randint(3, 14), calls=True)}
    if random.random() < 0.4:
        files["m/main.tf"] = (
            _file(random, random.randint(1, 5), calls=random.random() < 0.1) + 'output "out" {\n  value = aws_vpc.a\n}\n'
        )
    if random.random() < 0.2:
        files["terraform.tfvars"] = f"u = {_expression(random)}\na = {_expression(random)}\n"
    return "".join(f"-- {name} --\n{text}" for name, text in files.items()).encode("utf-8", "replace")


def _file(random: Random, blocks: int, *, calls: bool) -> str:
    head = (
        'variable "a" {\n  default = ["x", "10.0.0.0/8"]\n}\n\nvariable "u" {}\n\n'
        'variable "secret" {\n  default   = "s3cret"\n  sensitive = true\n}\n\n'
        f"locals {{\n  l = {_expression(random)}\n  m = {{ a = 1, b = {_expression(random)} }}\n}}\n\n"
    )
    ways: tuple[Callable[[Random], str], ...] = (*[_resource] * 12, _data, *[_call] * calls, _odd)
    return head + "\n".join(random.choice(ways)(random) for _ in range(blocks))


def _resource(random: Random) -> str:
    kind = random.choice(CORE if random.random() < 0.85 else SERVICES)
    return f'resource "{kind}" "{random.choice(NAMES)}" {{\n{_loop(random)}{_body(random, kind)}}}\n'


def _data(random: Random) -> str:
    kind = random.choice(CORE)
    return f'data "{kind}" "{random.choice(NAMES)}" {{\n{_loop(random)}{_body(random, kind)}}}\n'


def _call(random: Random) -> str:
    given = "".join(f"  {name} = {_value(random, name)}\n" for name in ("a", "u") if random.random() < 0.6)
    return f'module "m" {{\n  source = "./m"\n{_loop(random)}{given}}}\n'


def _odd(random: Random) -> str:
    return random.choice(
        (
            "moved {\n  from = aws_vpc.a\n  to   = aws_vpc.b\n}\n",
            "removed {\n  from = aws_vpc.c\n}\n",
            f'provider "aws" {{\n  alias = "x"\n  region = {_expression(random)}\n}}\n',
            'check "c" {\n  assert {\n    condition = false\n    error_message = "x"\n  }\n}\n',
            f'output "o" {{\n  value = {_expression(random)}\n}}\n',
            "# sglint:ignore tracked-forwarder because of this\n",
        )
    )


def _loop(random: Random) -> str:
    chance = random.random()
    if chance < 0.15:
        return f"  count = {random.choice(('0', '1', '2', '3', 'var.u', 'length(local.l)', 'var.u ? 1 : 0', '-1', 'null'))}\n"
    if chance < 0.3:
        return (
            f"  for_each = {random.choice(('toset(var.a)', 'local.m', 'var.u', 'aws_subnet.a', '{}', _expression(random)))}\n"
        )
    return ""


def _body(random: Random, kind: str, depth: int = 0) -> str:
    known = sorted(WORDS.get(kind, ())) or list(inner_words())
    lines = []
    for _ in range(random.randint(1, 7)):
        path = random.choice(known if random.random() < 0.9 and depth == 0 else inner_words())
        chance = random.random()
        if "." in path:
            lines.append(_nested(random, known, path))
            continue
        name = path
        if depth < 2 and chance < 0.15:
            lines.append(f"  {name} {{\n{_body(random, kind, depth + 1)}  }}\n")
        elif depth < 2 and chance < 0.2:
            each = random.choice(("var.a", "local.m", "var.u", "[]", _expression(random)))
            lines.append(
                f'  dynamic "{name}" {{\n    for_each = {each}\n    content {{\n{_body(random, kind, depth + 1)}    }}\n  }}\n'
            )
        else:
            lines.append(f"  {name} = {_value(random, name)}\n")
    return "".join(lines)


def _nested(random: Random, known: list[str], path: str) -> str:
    """Return a block with what else is read of it, or an attribute that is one."""
    head, _, rest = path.partition(".")
    inside = [one.partition(".")[2] for one in known if one.startswith(f"{head}.")]
    lines = [f"    {_written(random, one)}\n" for one in (rest, *random.choices(inside, k=random.randint(0, 5)))]
    chance = random.random()
    if chance < 0.7:
        return f"  {head} {{\n{''.join(lines)}  }}\n"
    if chance < 0.85:
        return f"  {head} = [{{\n{''.join(lines)}  }}]\n"
    each = random.choice(("var.a", "local.m", "var.u", "[]", _expression(random)))
    return f'  dynamic "{head}" {{\n    for_each = {each}\n    content {{\n{"".join(lines)}    }}\n  }}\n'


def _written(random: Random, path: str) -> str:
    head, dot, rest = path.partition(".")
    return f"{head} {{\n {_written(random, rest)}\n}}" if dot else f"{head} = {_value(random, head)}"


def _value(random: Random, name: str) -> str:
    chance = random.random()
    if chance < 0.12:
        return _expression(random)
    if "cidr" in name or "prefix" in name:
        one = random.choice(
            ('"10.0.0.0/16"', '"0.0.0.0/0"', '"::/0"', '"10.1.2.3"', "var.u", 'cidrsubnet("10.0.0.0/8", 8, count.index)', '"x"')
        )
    elif "port" in name:
        one = random.choice(("0", "22", "443", "6081", "65535", "-1", '"80"', "var.u", "1.5"))
    elif name in {"type", "protocol", "ip_protocol", "load_balancer_type", "vpc_endpoint_type", "target_type"}:
        one = random.choice(
            (
                '"tcp"',
                '"udp"',
                '"-1"',
                '"icmp"',
                '"GENEVE"',
                '"ingress"',
                '"egress"',
                '"gateway"',
                '"network"',
                '"GatewayLoadBalancer"',
                '"ip"',
                "17",
            )
        )
    elif chance < 0.2:
        one = random.choice(("true", "false", "null", '"enable"', '"disable"', '""', "0", "[]", "{}"))
    else:
        one = _reference(random, name)
    return f"[{one}]" if name.endswith("s") and random.random() < 0.85 else one


def _reference(random: Random, name: str) -> str:
    stem = name.removesuffix("s").removesuffix("_id").removesuffix("_arn")
    fitting = [kind for kind in CORE if stem and kind.endswith(stem)] or list(CORE)
    kind = random.choice(fitting if random.random() < 0.85 else CORE)
    index = random.choice(("", "", "", "[0]", "[*]", "[count.index]", "[each.key]", '["x"]'))
    attribute = random.choice(("id", "id", "arn", name, "cidr_block", "*"))
    before = "data." if random.random() < 0.05 else ""
    return f"{before}{kind}.{random.choice(NAMES)}{index}.{attribute}"


def _expression(random: Random) -> str:
    return next(expressions(random.getrandbits(60), 1, (*ATOMS, *(f"{kind}.a.id" for kind in CORE[:6]))))
