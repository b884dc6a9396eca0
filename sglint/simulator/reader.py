"""
Which engine reads flow logs, and whether it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from sglint.source import SglintError

ENGINES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = MappingProxyType(
    {
        "duckdb": ("flow-logs", (("ibis", "ibis-framework"), ("duckdb", "duckdb"))),
        "spark": ("spark", (("ibis", "ibis-framework"), ("pyspark", "pyspark"), ("py4j", "py4j"))),
    }
)
"""The engines: the extra of each, and what it needs, the modules and the packages that have them."""


def demand_engine(name: str) -> None:
    """
    Raise SglintError when there is no engine of that name, or not everything that it needs is installed.
    """
    if name not in ENGINES:
        raise SglintError(f"there is no engine {name} for flow logs; there are {', '.join(ENGINES)}")
    extra, needed = ENGINES[name]
    missing = [package for module, package in needed if find_spec(module) is None]
    if missing:
        what = "flow logs need" if name == "duckdb" else f"flow logs with the engine {name} need"
        raise SglintError(f"{what} {' and '.join(missing)}; install them with: pip install 'sglint[{extra}]'")
