"""
The connection table: how many entries some traffic takes, what happens when they run out, and what untracking it saves.

    from sglint.simulate import TRACKED, UNTRACKED, load, settings, simulate

    projection = simulate(load("dns-resolver"), settings("m7i-flex.large"), TRACKED, UNTRACKED)

Importing this imports NumPy, so it is imported where something is simulated.
"""

from __future__ import annotations

from sglint.simulate.answer import Options, simulate
from sglint.simulate.bounds import Parameter, Provenance, Range, rounded
from sglint.simulate.calibrate import allowance, costs, read_ethtool, read_knees
from sglint.simulate.estimator import estimate
from sglint.simulate.limit import Filling, filling, filling_rate
from sglint.simulate.packets import Budget, Costs, budget
from sglint.simulate.profile import bundled, load, parse
from sglint.simulate.projection import Fleet, Interval, Limit, Outcome, Projection, Run, Series, Timeout
from sglint.simulate.table import TableSettings, Timeouts, settings
from sglint.simulate.traffic import Constant, Daily, Exchange, FlowClass, Measured, Traffic
from sglint.simulate.verdict import TRACKED, UNTRACKED, Share, Verdicts, opened, verdicts

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
