"""
What others need of the simulator of connection tables, in one place.

    from sglint.simulator.exports import TRACKED, UNTRACKED, load, settings, simulate

    projection = simulate(load("dns-resolver"), settings("m7i-flex.large"), TRACKED, UNTRACKED)

Importing this imports NumPy, so it is imported where something is simulated. What a linter asks for, `filling` of a bundled
profile, is in `limit`, which does without.
"""

from __future__ import annotations

from sglint.simulator.answer import Options, simulate
from sglint.simulator.bounds import Parameter, Provenance, Range, rounded
from sglint.simulator.calibrate import allowance, costs, read_ethtool, read_knees
from sglint.simulator.estimator import estimate
from sglint.simulator.limit import Filling, filling, filling_rate
from sglint.simulator.packets import Budget, Costs, budget
from sglint.simulator.profile import bundled, load, parse
from sglint.simulator.projection import Fleet, Interval, Limit, Outcome, Projection, Run, Series, Timeout
from sglint.simulator.table import TableSettings, Timeouts, settings
from sglint.simulator.traffic import Constant, Daily, Exchange, FlowClass, Measured, Traffic
from sglint.simulator.verdict import TRACKED, UNTRACKED, Share, Verdicts, opened, verdicts

__all__ = [
    "TRACKED",
    "UNTRACKED",
    "Budget",
    "Constant",
    "Costs",
    "Daily",
    "Exchange",
    "Filling",
    "Fleet",
    "FlowClass",
    "Interval",
    "Limit",
    "Measured",
    "Options",
    "Outcome",
    "Parameter",
    "Projection",
    "Provenance",
    "Range",
    "Run",
    "Series",
    "Share",
    "TableSettings",
    "Timeout",
    "Timeouts",
    "Traffic",
    "Verdicts",
    "allowance",
    "budget",
    "bundled",
    "costs",
    "estimate",
    "filling",
    "filling_rate",
    "load",
    "opened",
    "parse",
    "read_ethtool",
    "read_knees",
    "rounded",
    "settings",
    "simulate",
    "verdicts",
]
