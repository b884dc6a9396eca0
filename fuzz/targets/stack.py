"""
Templates with what they nest, import and are given, from their files to every output.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.archive import laid, packed, unpacked
from fuzz.everything import everything
from fuzz.grammar.cloudformation import stack
from fuzz.target import FIXTURES, Target
from fuzz.targets.template import WORDS
from sglint.request import Request

GIVEN = "params.json"


def seeds() -> Iterator[bytes]:
    """
    Yield the templates of the fixtures, with those that they nest.
    """
    folders = {path.parent for pattern in ("*.yaml", "*.template.json") for path in FIXTURES.rglob(pattern)}
    for folder in sorted(folders):
        data = packed(folder, "*.yaml", "*.template.json", "manifest.json", "*.assets.json")
        if len(data) < 40_000:
            yield data
    for path in sorted(FIXTURES.rglob("*.yaml")):
        yield path.read_bytes()
    first = (FIXTURES / "stacks" / "clean" / "template.yaml").read_bytes()
    yield b'-- params.json --\n[{"ParameterKey": "A", "ParameterValue": "b"}]\n-- t.yaml --\n' + first
    yield b'-- params.json --\n{"Parameters": {"A": "b", "C": 1}, "Tags": {}}\n-- t.yaml --\n' + first


def run(data: bytes) -> str:
    """
    Return what every command says about it.
    """
    files = unpacked(data, "t.yaml")
    with laid(files) as folder:
        given = (GIVEN,) if GIVEN in files else ()
        wanted = Request((".",), parameters=("Name=x,y",), parameter_files=given, root=".", debug=True)
        return everything(wanted).replace(str(folder), "HERE")


TARGET = Target(
    "stack", seeds, run, (*WORDS, "-- n.yaml --\n", "Fn::ForEach::A", "AWS::LanguageExtensions", "TemplateURL: n.yaml"), stack
)
