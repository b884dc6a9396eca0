"""
CloudFormation's meaning: parameters, conditions, functions, and the stacks that use them.
"""

from sglint.evaluate.cloudformation.inputs import configured, given_parameters, misconfigured, parameter_files, undeclared
from sglint.evaluate.cloudformation.parameter_file import read_parameters
from sglint.evaluate.cloudformation.parameters import Given, Parameters, given
from sglint.evaluate.cloudformation.root import evaluate_template, find_templates
from sglint.evaluate.cloudformation.template import Templates

__all__ = [
    "Given",
    "Parameters",
    "Templates",
    "configured",
    "evaluate_template",
    "find_templates",
    "given",
    "given_parameters",
    "misconfigured",
    "parameter_files",
    "read_parameters",
    "undeclared",
]
