"""
Templates in a temporary directory, evaluated.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent, indent

from sglint.evaluate.cloudformation import Parameters, Templates, evaluate_template, find_templates, given
from sglint.evaluate.root import Root
from sglint.resource import Resource
from sglint.source import discover
from sglint.value import Map, Value

SUBNET = "AWS::EC2::Subnet"
GROUP = "AWS::EC2::SecurityGroup"
KINDS = frozenset(
    {
        SUBNET,
        GROUP,
        "AWS::EC2::Instance",
        "AWS::EC2::NetworkInterface",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCEndpoint",
        "AWS::Serverless::Function",
    }
)


def roots(files: Mapping[str, str], parameters: Parameters | None = None) -> dict[str, Root]:
    """
    Return each root template of these files, evaluated, by its path.
    """
    return {root.path: root for root in _roots(files, parameters or Parameters())}


def _roots(files: Mapping[str, str], parameters: Parameters) -> Iterator[Root]:
    with tempfile.TemporaryDirectory() as directory:
        for name, text in files.items():
            path = Path(directory).resolve() / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")
        discovery = discover([str(Path(directory).resolve())], base=str(Path(directory).resolve()))
        library = Templates.of(discovery)
        paths = find_templates(library, discovery, parameters)
        for found in paths:
            yield evaluate_template(library, found, parameters, KINDS, paths)


def root(text: str, parameters: Mapping[str, str | tuple[str, ...]] | None = None, *, defaults: bool = True) -> Root:
    """
    Return the template that this text is, evaluated with these values of parameters.
    """
    return roots(
        {"t.yaml": "AWSTemplateFormatVersion: '2010-09-09'\n" + dedent(text)}, given(parameters or {}, defaults=defaults)
    )["t.yaml"]


def one(found: Root, address: str) -> Resource:
    """
    Return the resource with this address.
    """
    return next(resource for resource in found.resources if resource.address == address)


def values(found: Root, address: str) -> Map:
    """
    Return the values of the resource with this address.
    """
    return one(found, address).values


def addresses(found: Root) -> list[str]:
    """
    Return the addresses of the resources.
    """
    return [resource.address for resource in found.resources]


def messages(found: Root) -> list[str]:
    """
    Return what could not be read.
    """
    return [problem.message for problem in found.problems]


def value(
    expression: str,
    sections: str = "",
    parameters: Mapping[str, str | tuple[str, ...]] | None = None,
    *,
    kept: str = "P",
) -> Value:
    """
    Return what an expression comes to, as a property of a subnet in a template with a VPC and these further sections.
    """
    found = root(template(expression, sections), parameters)
    assert messages(found) == []
    return values(found, "S").get(kept)


def refusal(expression: str, sections: str = "", parameters: Mapping[str, str | tuple[str, ...]] | None = None) -> str:
    """
    Return why the expression is refused, with its place.
    """
    (problem,) = root(template(expression, sections), parameters).problems
    assert problem.span is not None
    return f"{problem.span.line}:{problem.span.column} {problem.message}"


def template(expression: str, sections: str = "") -> str:
    """
    Return the text of a template with a VPC and a subnet `S` whose property P is the expression.
    """
    body = f"P: {expression}" if "\n" not in expression else "P:\n" + indent(dedent(expression).strip("\n"), "  ")
    return (
        "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
        f"  S:\n    Type: {SUBNET}\n    Properties:\n{indent(body, '      ')}\n" + dedent(sections)
    )
