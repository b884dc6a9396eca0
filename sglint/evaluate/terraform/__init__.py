"""
Terraform's meaning: types, conversions, operators, functions, and the modules that use them.
"""

from sglint.evaluate.terraform.configured import configured_inputs
from sglint.evaluate.terraform.inputs import Inputs, undeclared, variable_files
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.root import evaluate_root, find_roots
from sglint.evaluate.terraform.states import States

__all__ = ["Inputs", "Library", "States", "configured_inputs", "evaluate_root", "find_roots", "undeclared", "variable_files"]
