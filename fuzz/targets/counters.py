"""
Outputs of ethtool, and measured packet rates; a text whose first line has a comma is the latter.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.archive import laid
from fuzz.command import said
from fuzz.target import Target

SEEDS = (
    b"NIC statistics:\n     tx_timeout: 0\n     conntrack_allowance_exceeded: 0\n     conntrack_allowance_available: 136812\n",
    b"NIC statistics:\n conntrack_allowance_available: 10\n pps_allowance_exceeded: 3\nNIC statistics:\n conntrack_allowance_available: 9\n",
    b"tracked,asymmetric,new,packets_per_second\n0,0,0,1000000\n1,0,0,800000\n1,0,0.1,700000\n0,1,0,600000\n",
)
WORDS = (
    "conntrack_allowance_available:",
    "bw_in_allowance_exceeded:",
    "NIC statistics:\n",
    "tracked",
    "packets_per_second",
    "nan",
    "inf",
    "1e308",
)


def seeds() -> Iterator[bytes]:
    """
    Yield some of each.
    """
    yield from SEEDS


def run(data: bytes) -> str:
    """
    Return the projection with these measurements.
    """
    option = "--knees" if b"," in data.partition(b"\n")[0] else "--ethtool"
    with laid({"measured": data}) as folder:
        more = ("--instance-type", "m7i.large", "--flows", "0", "--format", "json")
        return said("simulate", "--traffic", "dns-forwarder", option, "measured", *more).replace(str(folder), "HERE")


TARGET = Target("counters", seeds, run, WORDS)
