"""
Templates with resources that refer to each other, parameters, conditions, mappings, loops, and nested stacks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from sglint.lower import WORDS

Json: TypeAlias = object
"""Whatever `json.dumps` writes."""

CORE = tuple(
    f"AWS::EC2::{one}"
    for one in (
        "VPC Subnet RouteTable Route SubnetRouteTableAssociation SecurityGroup SecurityGroupIngress SecurityGroupEgress Instance "
        "NetworkInterface TransitGateway TransitGatewayAttachment TransitGatewayRouteTable TransitGatewayRoute VPCEndpoint "
        "VPCEndpointService LaunchTemplate NetworkAcl NetworkAclEntry NatGateway InternetGateway PrefixList VPCCidrBlock"
    ).split()
) + (
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::Lambda::Function",
    "AWS::NetworkFirewall::Firewall",
    "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function",
)
SERVICES = tuple(sorted(kind for kind in WORDS if kind.startswith("AWS::")))
NAMES = ("A", "B", "C", "D", "E")
PARAMETERS = ("Few", "Open", "Many", "Secret", "AWS::Region", "AWS::NoValue", "AWS::StackName")
SCALARS: tuple[Json, ...] = (
    *(
        "x",
        "",
        "10.0.0.0/16",
        "0.0.0.0/0",
        "::/0",
        "tcp",
        "-1",
        "gateway",
        "GENEVE",
        "GatewayLoadBalancer",
        "a,b",
        "${Open}",
        "1e3",
        "true",
    ),
    *(0, 1, -1, 22, 6081, 65535, 1.5, 10**20, True, False, None),
)


def stack(random: Random) -> bytes:
    """
    Return a template in JSON or YAML, and now and then the one that it nests, the values of parameters, a manifest.
    """
    files = {"t.yaml": _template(random)}
    if random.random() < 0.3:
        files["n.yaml"] = _template(random)
    if random.random() < 0.2:
        files["params.json"] = json.dumps({name: _scalar(random) for name in ("Few", "Open", "Many")})
    return "".join(f"-- {name} --\n{text}\n" for name, text in files.items()).encode("utf-8", "replace")


def _template(random: Random) -> str:
    document: dict[str, Json] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {
            "Few": {"Type": "String", "AllowedValues": ["x", "y"]},
            "Open": {"Type": "String", "Default": random.choice(SCALARS)},
            "Many": {"Type": "CommaDelimitedList", **({"Default": "a,b"} if random.random() < 0.5 else {})},
            "Secret": {"Type": "String", "NoEcho": True, "Default": "s3cret"},
        },
        "Mappings": {"M": {"x": {"k": "1", "l": ["a", "b"]}, "y": {"k": "2"}}},
        "Conditions": {name: _condition(random, 2) for name in ("P", "Q")},
        "Resources": {random.choice(NAMES): _resource(random) for _ in range(random.randint(1, 9))},
    }
    if random.random() < 0.2:
        document["Transform"] = random.choice(
            ("AWS::LanguageExtensions", ["AWS::LanguageExtensions"], "AWS::Serverless-2016-10-31")
        )
        document["Resources"] = {
            "Fn::ForEach::L": ["X", _list(random, 1), {"R${X}": _resource(random)}],
            "A": _resource(random),
        }
    if random.random() < 0.3:
        document["Outputs"] = {"O": {"Value": _value(random, 2), "Export": {"Name": _value(random, 1)}}}
    if random.random() < 0.1:
        document[random.choice(("Rules", "Metadata", "Globals", "Hooks"))] = _value(random, 2)
    if random.random() < 0.5:
        return json.dumps(document, indent=random.choice((None, 1)))
    return "".join(f"{key}: {json.dumps(part)}\n" for key, part in document.items())


def _resource(random: Random) -> Json:
    kind = random.choice(CORE if random.random() < 0.85 else SERVICES)
    known = sorted(WORDS.get(kind, ())) or ["TemplateURL", "Parameters", "VpcConfig"]
    found: dict[str, Json] = {"Type": kind, "Properties": {}}
    names = [random.choice(known) for _ in range(random.randint(1, 7))]
    properties = {name.partition(".")[0]: _property(random, name, known) for name in names}
    found["Properties"] = properties if random.random() < 0.97 else _value(random, 2)
    if random.random() < 0.2:
        found["Condition"] = random.choice(("P", "Q", "Z"))
    if random.random() < 0.1:
        found[random.choice(("DependsOn", "Metadata", "UpdatePolicy", "DeletionPolicy"))] = _value(random, 1)
    return found


def _property(random: Random, name: str, known: list[str]) -> Json:
    head, dot, rest = name.partition(".")
    if dot:
        inside = [one.partition(".")[2] for one in known if one.startswith(f"{head}.")]
        some = [rest, *random.choices(inside, k=random.randint(0, 5))]
        block: Json = {one.partition(".")[0]: _property(random, one, inside) for one in some}
        return random.choice((block, [block], [block, block], {"Fn::If": ["P", block, {"Ref": "AWS::NoValue"}]}))
    if name == "TemplateURL":
        return random.choice(("n.yaml", "./n.yaml", "t.yaml", _value(random, 1)))
    if name.endswith("Id") and random.random() < 0.8:
        return {"Ref": random.choice(NAMES)}
    if name.endswith(("Ids", "Groups", "Subnets")) and random.random() < 0.8:
        return [{"Ref": random.choice(NAMES)} for _ in range(random.randint(0, 3))]
    return _value(random, 3)


def _scalar(random: Random) -> Json:
    return random.choice(SCALARS)


def _ref(random: Random) -> Json:
    return {"Ref": random.choice((*NAMES, *PARAMETERS, "X", "Nowhere"))}


def _list(random: Random, depth: int) -> Json:
    return random.choice(({"Ref": "Many"}, [_value(random, depth - 1) for _ in range(random.randint(0, 3))]))


def _condition(random: Random, depth: int) -> Json:
    if depth <= 0 or random.random() < 0.5:
        return {"Fn::Equals": [_value(random, 1), _value(random, 1)]}
    inner = [_condition(random, depth - 1) for _ in range(random.randint(1, 3))]
    return random.choice(({"Fn::And": inner}, {"Fn::Or": inner}, {"Fn::Not": inner[:1]}, {"Condition": random.choice("PQZ")}))


def _value(random: Random, depth: int) -> Json:
    if depth <= 0 or random.random() < 0.3:
        return random.choice((_scalar, _ref))(random)
    return random.choice(WAYS)(random, depth - 1)


def _call(name: str, *parts: Callable[[Random, int], Json]) -> Callable[[Random, int], Json]:
    def way(random: Random, depth: int) -> Json:
        arguments = [part(random, depth) for part in parts]
        if random.random() < 0.04:
            arguments = arguments[:-1]
        return {name: arguments}

    return way


def _some(random: Random, depth: int) -> Json:
    return random.choice((0, 1, "1", 5, -1, {"Ref": "Open"}, "x"))


def _name(random: Random, depth: int) -> Json:
    return random.choice((*NAMES, "P", "Q", "M", "x", "k", "l"))


def _case(random: Random, depth: int) -> Json:
    return random.choice("PQZ")


def _sub(random: Random, depth: int) -> Json:
    text = random.choice(("${Open}", "${A}", "${A.Arn}", "${v}-${!x}", "${AWS::Region}a", "${", "${Few}${Few}", "${ Open }"))
    return {"Fn::Sub": text} if random.random() < 0.6 else {"Fn::Sub": [text, {"v": _value(random, depth)}]}


def _attribute(random: Random, depth: int) -> Json:
    one, two = random.choice(NAMES), random.choice(("Arn", "CidrBlock", "Outputs.O", "GroupId", "x"))
    return {"Fn::GetAtt": random.choice(([one, two], f"{one}.{two}", [one], _value(random, depth)))}


def _object(random: Random, depth: int) -> Json:
    return {random.choice((*NAMES, "K", "SubnetId")): _value(random, depth) for _ in range(random.randint(0, 3))}


WAYS: tuple[Callable[[Random, int], Json], ...] = (
    _sub,
    _attribute,
    _list,
    _object,
    _call("Fn::If", _case, _value, _value),
    _call("Fn::Join", _name, _list),
    _call("Fn::Select", _some, _list),
    _call("Fn::Split", _name, _value),
    _call("Fn::FindInMap", _name, _value, _name),
    _call("Fn::Cidr", _value, _some, _some),
    _call("Fn::GetAZs", _value),
    _call("Fn::ImportValue", _value),
    _call("Fn::ToJsonString", _value),
    _call("Fn::Length", _value),
    _call("Fn::Base64", _value),
)
