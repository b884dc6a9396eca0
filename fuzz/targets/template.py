"""
The parser of CloudFormation templates, YAML and JSON.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.target import FIXTURES, Target
from sglint.parse import parse_cloudformation
from sglint.source import Source
from sglint.source.recognise import is_template, resembles_template

WORDS = (
    "!Ref !Sub !GetAtt !Join !If !Select !Split !FindInMap !Cidr !ImportValue !Base64 !Condition !Transform Fn:: &a *a << | > |- >+ "
    "--- ... %YAML ? : - ~ !!binary !!set !!timestamp {{ }} ${AWS::Region} # sglint:ignore"
).split()


def seeds() -> Iterator[bytes]:
    """
    Yield the templates among the fixtures.
    """
    for pattern in ("*.yaml", "*.yml", "*template.json", "templates/*.json"):
        for path in sorted(FIXTURES.rglob(pattern)):
            if path.stat().st_size < 40_000:
                yield path.read_bytes()


def run(data: bytes) -> str:
    """
    Return whether it is a template, its tree, and the problems.
    """
    told = is_template(data), resembles_template(data)
    return repr((told, parse_cloudformation(Source("t.yaml", data.decode("utf-8", "replace")))))


TARGET = Target("template", seeds, run, tuple(WORDS))
