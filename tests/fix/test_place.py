"""
Where a new block goes in a block of Terraform, however that is written; the real terraform finds nothing to format then.
"""

from __future__ import annotations

import shutil
import subprocess

import pytest

from sglint.fix.terraform import hcl
from sglint.fix.terraform.attribute import with_attribute
from sglint.fix.terraform.origin import Terraform
from sglint.fix.terraform.place import after_last
from sglint.fix.text import Texts, edited
from sglint.source import Tree
from tests.fix.places import Place

TERRAFORM = shutil.which("terraform")
INGRESS = hcl.block("ingress", (), {"protocol": "tcp"})
ADDED = '  ingress {\n    protocol = "tcp"\n  }\n'

CASES = {
    'resource "g" "d" {}\n': f'resource "g" "d" {{\n{ADDED}}}\n',
    'resource "g" "d" { vpc_id = "{}" }\n': f'resource "g" "d" {{\n  vpc_id = "{{}}"\n\n{ADDED}}}\n',
    'resource "g" "d" {\n}\n': f'resource "g" "d" {{\n{ADDED}}}\n',
    'resource "g" "d" { # here\n  # nothing yet\n}\n': f'resource "g" "d" {{ # here\n  # nothing yet\n\n{ADDED}}}\n',
    'resource "g" "d" {\n  a = 1 # one\n}\n': f'resource "g" "d" {{\n  a = 1 # one\n\n{ADDED}}}\n',
    'resource "g" "d" {\n  a = 1\n\n  ingress {\n  }\n  b = 2\n}\n': (
        f'resource "g" "d" {{\n  a = 1\n\n  ingress {{\n  }}\n\n{ADDED}  b = 2\n}}\n'
    ),
    'resource "g" "d" {\n  a = <<-EOT\n    x\n  EOT\n}\n': f'resource "g" "d" {{\n  a = <<-EOT\n    x\n  EOT\n\n{ADDED}}}\n',
}


@pytest.mark.parametrize("text", CASES)
def test_a_block_is_added_below_those_of_its_kind_or_at_the_end(place: Place, text: str) -> None:
    place.write({"main.tf": text})
    texts = Texts(Tree(str(place.top), (str(place.top),)))
    (block,) = texts.document("main.tf").blocks
    after = edited(text, [after_last(texts, block, "ingress", [INGRESS])])
    assert after == CASES[text]
    if TERRAFORM is not None:
        place.write({"main.tf": after})
        done = subprocess.run([TERRAFORM, "fmt", "-check", "-diff"], cwd=place.top, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


ATTRIBUTES = {
    'resource "g" "d" {}\n': 'resource "g" "d" {\n  mode = "on"\n}\n',
    'resource "g" "d" { a = 1 }\n': 'resource "g" "d" {\n  a = 1\n\n  mode = "on"\n}\n',
    'resource "g" "d" {\n  longer = 1 # x\n}\n': 'resource "g" "d" {\n  longer = 1 # x\n  mode   = "on"\n}\n',
    'resource "g" "d" {\n  a = 1\n}\n': 'resource "g" "d" {\n  a = 1\n\n  mode = "on"\n}\n',
    'resource "g" "d" {\n  longer = [\n    1,\n  ]\n}\n': 'resource "g" "d" {\n  longer = [\n    1,\n  ]\n\n  mode = "on"\n}\n',
    'resource "g" "d" {\n  a = 1\n\n  b {\n  }\n}\n': 'resource "g" "d" {\n  a = 1\n\n  mode = "on"\n\n  b {\n  }\n}\n',
}


@pytest.mark.parametrize("text", ATTRIBUTES)
def test_an_attribute_is_aligned_with_those_before_it_or_stands_apart(place: Place, text: str) -> None:
    place.write({"main.tf": text})
    files = Terraform(Texts(Tree(str(place.top), (str(place.top),))), ("main.tf",))
    (block,) = files.texts.document("main.tf").blocks
    after = edited(text, [with_attribute(files, block, "mode", "on")])
    assert after == ATTRIBUTES[text]
    if TERRAFORM is not None:
        place.write({"main.tf": after})
        done = subprocess.run([TERRAFORM, "fmt", "-check", "-diff"], cwd=place.top, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
