"""
What Terraform functions may read: files inside the scanned tree, named as seen from the root module.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.functions import Context
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.parse.template import parse_template
