"""
The configuration, sglint.toml or pyproject.toml, beside a template that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.archive import laid, unpacked
from fuzz.everything import everything
from fuzz.target import Target
from sglint.config import KEYS
from sglint.request import Request

TEMPLATE = b"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  A: {Type: String, Default: x}
  B: {Type: CommaDelimitedList}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref A, Tags: [{Key: k, Value: !Join ["", !Ref B]}]}}
  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub "https://${A}/n.yaml"}}
"""
SEEDS = (
    b"",
    b'[cloudformation.parameters]\nA = "b"\nB = ["a", 1, true]\n[cloudformation.nested]\n"a/b.yaml" = "t.yaml"\n',
    b'cloudformation.templates."t.yaml".parameters = {A = "b"}\ncloudformation.templates."t.yaml".stack = "S"\n',
    b"-- pyproject.toml --\n[tool.sglint.cloudformation.parameters]\nA = 7\n[tool.other]\nx = 1979-05-27T07:32:00Z\n",
    b"cloudformation = 3\n",
    b'[cloudformation.parameters]\nA = """\nx\n"""\n\'B\' = 0x1F\n"C\\u00e9" = inf\n',
)


def seeds() -> Iterator[bytes]:
    """
    Yield configurations, right and wrong.
    """
    yield from SEEDS


def run(data: bytes) -> str:
    """
    Return what every command says about the template.
    """
    with laid({"t.yaml": TEMPLATE, **unpacked(data, "sglint.toml")}) as folder:
        return everything(Request((".",), root=".", debug=True)).replace(str(folder), "HERE")


WORDS = (
    *sorted({part for key in KEYS for part in key.split(".") if part != "*"}),
    "[[",
    "]]",
    "'''",
    '"""',
    "tool.sglint",
    "inf",
    "1979-05-27",
)
TARGET = Target("config", seeds, run, WORDS)
