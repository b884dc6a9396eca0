"""
Text to syntax: one parser for each format, chosen by the name of the file.
"""

from __future__ import annotations

from sglint.source import Problem, Source, Span
from sglint.syntax import Document, Expr
from sglint.template import TemplateDocument


def parse(source: Source) -> Document:
    """
    Return what a Terraform file says, read as JSON or in the native syntax according to its name.
    """
    if source.path.endswith(".json"):
        from sglint.parse import tf_json

        return tf_json.parse(source)
    from sglint.parse import hcl

    return hcl.parse(source)


def parse_cloudformation(source: Source) -> TemplateDocument:
    """
    Return what a CloudFormation template says, in YAML or JSON according to its text.
    """
    from sglint.parse import cloudformation

    return cloudformation.parse(source)


def parse_expression(source: Source) -> tuple[Expr, tuple[Problem, ...]]:
    """
    Return the expression that the whole text is; line ends do not matter in it.
    """
    from sglint.parse import template

    return template.parse_expression(source)


def parse_template(text: str, span: Span) -> tuple[Expr, tuple[Problem, ...]]:
    """
    Return the expression that a template file or a JSON string stands for.
    """
    from sglint.parse import template

    return template.parse_template(text, span)
