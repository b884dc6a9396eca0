"""
The configuration: `sglint.toml`, or `[tool.sglint]` in pyproject.toml.

It belongs to whoever owns the scanned repository, who may be a stranger: it gives values and paths inside of what is scanned,
and nothing that runs. `KEYS` is the one list of what may be written; a key that is not there is an error.
"""

from __future__ import annotations

from sglint.config.keys import KEYS, Key, Kind
from sglint.config.read import EMPTY, LIMIT, NAME, PARTS, Configuration, Setting, configuration
from sglint.config.rules import Chosen, Override, chosen, left_out
from sglint.config.traffic import Named, TrafficTable, traffic_tables, useless

__all__ = [
    "EMPTY",
    "KEYS",
    "LIMIT",
    "NAME",
    "PARTS",
    "Chosen",
    "Configuration",
    "Key",
    "Kind",
    "Named",
    "Override",
    "Setting",
    "TrafficTable",
    "chosen",
    "configuration",
    "left_out",
    "traffic_tables",
    "useless",
]
