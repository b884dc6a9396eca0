"""
The evaluator of Terraform: one expression in a module of its own, with unknown, sensitive and known values around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from fuzz.archive import laid
from fuzz.target import Target
from sglint.evaluate.terraform import Inputs, Library, States, evaluate_root, find_roots, variable_files
from sglint.source import discover
from tests.evaluate.grammar import TABLE, expressions

AROUND = b"""
variable "u" {}
variable "w" { type = map(string) }
variable "h" {
  default   = "hidden"
  sensitive = true
}
locals {
  known = { a = "x", b = [1, 2], k = null }
}
resource "aws_vpc" "v" {
  cidr_block = jsonencode(local.a)
}
resource "aws_subnet" "s" {
  for_each   = toset(local.a)
  vpc_id     = aws_vpc.v.id
  cidr_block = local.a
  tags       = { x = each.value }
}
locals {
  a = """
ATOMS = ("var.u", "var.w", "var.h", "local.known", "aws_vpc.v.id", "local.known.b", "data.aws_vpc.x.id", "path.module")
WORDS = (
    *sorted({name for rows in TABLE.values() for name, _ in rows}),
    *ATOMS,
    "[for v in ",
    "{for k, v in ",
    "...",
    "[*]",
    "try(",
    "can(",
)


def seeds() -> Iterator[bytes]:
    """
    Yield expressions of the grammar.
    """
    yield from (one.encode() for one in expressions(7, 400, ATOMS))


def make(random: Random) -> bytes:
    """
    Return an expression of the grammar.
    """
    return next(expressions(random.getrandbits(60), 1, ATOMS)).encode()


def run(data: bytes) -> str:
    """
    Return the resources and the problems of the module.
    """
    with laid({"main.tf": AROUND + data + b"\n}\n", "hello.txt": b"hello\n", "greeting.tftpl": b"hello ${name}"}) as folder:
        discovery = discover(["."], base=str(folder), root=".")
        library = Library(discovery.tree)
        inputs = Inputs((), None)
        found = find_roots(library, discovery)
        kinds = frozenset({"aws_vpc", "aws_subnet"})
        states, files = States(library, found), variable_files(inputs)
        roots = [evaluate_root(library, one, inputs=inputs, wanted=kinds, named=files, states=states) for one in found]
        return repr([(one.resources, one.problems) for one in roots]).replace(str(folder), "HERE")


TARGET = Target("expression", seeds, run, WORDS, make)
