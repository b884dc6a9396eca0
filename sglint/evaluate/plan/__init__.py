"""
Plans and states, as `terraform show -json` writes them: to the resources that there will be, or are.
"""

from sglint.evaluate.plan.read import LIMIT, Plan, read_plan
from sglint.evaluate.plan.root import evaluate_plan, plan_root

__all__ = ["LIMIT", "Plan", "evaluate_plan", "plan_root", "read_plan"]
