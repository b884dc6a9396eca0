"""
The formats that sglint reads, one file each.
"""

from __future__ import annotations

from fuzz.target import Target
from fuzz.targets import config, counters, expression, flow_log, hcl, module, plan, profile, stack, template

ALL: tuple[Target, ...] = (
    hcl.TARGET,
    expression.TARGET,
    template.TARGET,
    module.TARGET,
    stack.TARGET,
    plan.TARGET,
    config.TARGET,
    profile.TARGET,
    flow_log.TARGET,
    counters.TARGET,
)
BY_NAME = {one.name: one for one in ALL}
