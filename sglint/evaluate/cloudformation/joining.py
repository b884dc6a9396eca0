"""
`Fn::ImportValue`: what another template of the scan exports.

The stack that exports becomes a part of the importing root: what the network is made of takes part under the address
`stack:resource`, where the stack is called by its name, or by its template's path when it has none that is known. Its
interfaces do not; they are judged in the root that they belong to.
"""

from __future__ import annotations

from collections.abc import Container

from sglint.evaluate.cloudformation.exports import At, exports, imports, matches, name_of, narrowed
from sglint.evaluate.cloudformation.functions import apply
from sglint.evaluate.cloudformation.nested import child, output, value_of_output
from sglint.evaluate.cloudformation.opening import open_root, stack_name
from sglint.evaluate.cloudformation.stack import Run, Stack
from sglint.evaluate.cloudformation.template import Export, Template
from sglint.evaluate.cloudformation.text import hidden
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import merged
from sglint.resource import Resource
from sglint.source import Span, once, used
from sglint.value import Unknown, Value

_EC2 = (
    *("CarrierGateway", "EgressOnlyInternetGateway", "GatewayRouteTableAssociation", "InternetGateway", "LaunchTemplate"),
    *(
        "LocalGatewayRouteTable",
        "NatGateway",
        "NetworkAcl",
        "NetworkAclEntry",
        "PrefixList",
        "Route",
        "RouteServerPropagation",
        "RouteTable",
        "SecurityGroup",
    ),
    *("SecurityGroupEgress", "SecurityGroupIngress", "Subnet", "SubnetCidrBlock", "SubnetNetworkAclAssociation"),
    "SubnetRouteTableAssociation",
    *("TransitGateway", "TransitGatewayAttachment", "TransitGatewayVpcAttachment", "VPC", "VPCCidrBlock", "VPCEndpoint"),
    *("VPCEndpointService", "VPCGatewayAttachment", "VPCPeeringConnection", "VPNGateway", "VPNGatewayRoutePropagation"),
)
_SHARED = frozenset(
    {
        *(f"AWS::EC2::{name}" for name in _EC2),
        "AWS::CloudFormation::CustomResource",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::NetworkFirewall::Firewall",
        "AWS::NetworkFirewall::VpcEndpointAssociation",
        "AWS::NetworkManager::CoreNetwork",
        "AWS::NetworkManager::VpcAttachment",
        "Custom::VpcRestrictDefaultSG",
    }
)
"""What networks are made of, without what is placed into them."""
EXPORTS = 16
"""With so many exports an import is compared in one step."""


def is_shared(kind: str) -> bool:
    """
    Return whether resources of this kind take part in the network of whoever imports from their stack.
    """
    return kind in _SHARED or kind.endswith("SubnetGroup") or kind == "module"


def takes_part(resource: Resource) -> bool:
    """
    Return whether the resource is a part of the network and nothing with an interface of its own to judge.
    """
    if resource.kind == "AWS::EC2::VPCEndpoint":
        return resource.values.get("VpcEndpointType") not in ("Interface", "Resource", "ServiceNetwork")
    if resource.kind == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        return resource.values.get("Type") == "gateway"
    return is_shared(resource.kind)


def imported(stack: Stack, name: Value, span: Span) -> Value:
    """
    Return the value of the export that is imported, unknown when it is not exactly one of the scan.
    """
    used(stack.run.templates.tree, "templates", stack.run.roots)
    if stack.run.roots and isinstance(name, Unknown) and name.among:
        return apply(lambda one: _imported(stack, one, span), (name,))
    return _imported(stack, name, span)


def _imported(stack: Stack, name: Value, span: Span) -> Value:
    run = stack.run
    known = [export for path in run.roots for export in _exports(run, path) if not _own(stack, export)]
    run.spend(len(known) // EXPORTS)
    found = matches(name, known, stack.above[0])

    def able(other: Value) -> Container[At]:
        key = type(other), other
        if key not in stack.exporting:
            run.spend(len(known) // EXPORTS)
            places = ((one.export.path, one.export.within) for one in matches(other, known, stack.above[0]))
            stack.exporting[key] = frozenset(places)
        return stack.exporting[key]

    if len(found) > 1:
        found = narrowed(name, found, _others(stack), able)
    if len(found) != 1:
        return apart(stack, name, span, tuple(f"{run.templates.shown(one.export.path)}" for one in found))
    export = found[0].export
    outer = _open(run, export.path, found[0].stack)
    inner = outer
    for step in export.within:
        below = child(inner, step)
        if isinstance(below, Unknown):
            return below
        inner = below
    if export.output not in inner.made:
        with inner.once(f"export {name_of(name)}"):
            inner.made[export.output] = value_of_output(inner, inner.outputs[export.output])
    value = inner.made[export.output]
    if outer.prefix and any(ref.address.startswith(outer.prefix) for ref in merged((hidden(value),)).refs):
        run.joined[outer.prefix] = outer
    return value


def _others(stack: Stack) -> tuple[Value, ...]:
    if stack.imports is None:
        stack.imports = ()
        stack.imports = imports(stack)
    return stack.imports


def apart(stack: Stack, name: Value, span: Span, candidates: tuple[str, ...] = ()) -> Value:
    """
    Return what is known of an imported value without the template that exports it: the name of the export.
    """
    listed = sorted(set(candidates))
    several = f", which may be one of {', '.join(listed[:4])}{', ...' if len(listed) > 4 else ''}" if listed else ""
    return Unknown(f"it is imported from the export {name_of(name)}{several}", span)


def _own(stack: Stack, export: Export) -> bool:
    """Return whether a stack exports this itself, which it cannot import."""
    return export.path == stack.above[0] and export.template == stack.template.real


def _exports(run: Run, path: str) -> tuple[Export, ...]:
    def find() -> tuple[Export, ...]:
        template = run.templates.load(path)
        if not isinstance(template, Template) or not template.exports:
            return ()
        return tuple(exports(open_root(Run(run.templates, run.parameters, template.path, output, apart), template)))

    return once(run.templates.tree.overlay.journal, run.templates.exports, path, find)


def _open(run: Run, path: str, name: str) -> Stack:
    """Return the stack of another root, or of this one."""
    own = run.opened.get((path, ""))
    if own is not None and not own.prefix:
        return own
    if (path, name) not in run.opened:
        template = run.templates.load(path)
        if not isinstance(template, Template):
            raise EvaluationError(template.message, template.span)
        label = stack_name(run, template, name) or template.path
        run.opened[path, name] = open_root(run, template, name, f"{label}:")
    return run.opened[path, name]
