"""
How Terraform files are edited: where a value comes from, what is written there instead, and where new blocks go.
"""

from sglint.fix.terraform.comments import with_comments
from sglint.fix.terraform.language import language
from sglint.fix.terraform.origin import Terraform

__all__ = ["Terraform", "language", "with_comments"]
