"""
Terraform's meaning: types, conversions, operators, functions, and the modules that use them.
"""

from sglint.evaluate.terraform.inputs import Inputs
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.root import Root, evaluate_root, find_roots

__all__ = ["Inputs", "Library", "Root", "evaluate_root", "find_roots"]
