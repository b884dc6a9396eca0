"""
The parser of Terraform files; a text that begins with `{` is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from fuzz.target import FIXTURES, Target
from sglint.parse import parse
from sglint.source import Source

WORDS = (
    'resource variable locals module data dynamic for_each count "${ "%{ ~} <<EOT <<-EOT EOT /* */ # // ... [*] .* => ? : == != '
    ">= && || ! for in if endfor else endif each.value count.index path.module self null provider:: "
).split()


def seeds() -> Iterator[bytes]:
    """
    Yield the Terraform files among the fixtures, and those of the syntax cases.
    """
    for path in sorted(FIXTURES.rglob("*.tf")):
        yield path.read_bytes()
    for case in json.loads((FIXTURES / "parse" / "syntax.json").read_bytes()):
        yield case["text"].encode("utf-8", "surrogatepass")
    yield b'{"resource": {"aws_vpc": {"v": {"count": "${1 + 1}", "cidr_block": "10.0.0.0/16"}}}, "locals": [{"a": [1.5, null]}]}'


def run(data: bytes) -> str:
    """
    Return the syntax and the problems.
    """
    text = data.decode("utf-8", "replace")
    return repr(parse(Source("main.tf.json" if text.lstrip().startswith("{") else "main.tf", text)))


TARGET = Target("hcl", seeds, run, tuple(WORDS))
