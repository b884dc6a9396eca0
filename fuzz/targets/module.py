"""
Root modules of Terraform with all that belongs to them, from their files to every output.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.archive import laid, packed, unpacked
from fuzz.everything import everything
from fuzz.grammar.terraform import module
from fuzz.target import FIXTURES, Target
from fuzz.targets.hcl import WORDS
from sglint.request import Request

PATTERNS = ("*.tf", "*.tf.json", "*.tfvars", "*.tftpl", "modules.json", "sglint.toml", "*.txt")


def seeds() -> Iterator[bytes]:
    """
    Yield the stacks, real networks and modules among the fixtures.
    """
    for above in ("stacks", "real", "eval/modules", "plans"):
        for folder in sorted((FIXTURES / above).iterdir()):
            data = packed(folder, *(one for one in PATTERNS if one != "*.txt" or above == "eval/modules"))
            if 0 < len(data) < 30_000:
                yield data


def run(data: bytes) -> str:
    """
    Return what every command says about it.
    """
    with laid(unpacked(data, "main.tf")) as folder:
        return everything(Request((".",), (("var", "name=x"),), root=".", debug=True)).replace(str(folder), "HERE")


TARGET = Target("module", seeds, run, (*WORDS, "-- m/main.tf --\n", '"./m"', '"../"', "file(", "templatefile("), module)
