"""
The count wheel beside the connection table of the running kernel, in real time.

The kernel is right about how many entries live and wrong about losses: it evicts entries when the table is full.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sglint.simulator import arrival, vectorised
from sglint.simulator.draw import alias
from sglint.simulator.wheel import Group, Wheel, run
from tests.simulate.openvswitch import ROOT, libraries

UNPACKED = [str(ROOT / "usr/sbin"), str(ROOT / "sbin"), str(ROOT / "usr/bin")]
TOOLS = [*UNPACKED, *os.environ["PATH"].split(os.pathsep), "/sbin", "/usr/sbin"]
ENVIRONMENT = os.environ | {"PATH": os.pathsep.join(TOOLS), "LD_LIBRARY_PATH": libraries()}


def missing() -> str:
    """
    Return why the kernel's table cannot be used, empty when it can.
    """
    gone = [name for name in ("unshare", "ip", "nft", "conntrack") if shutil.which(name, path=ENVIRONMENT["PATH"]) is None]
    if gone:
        return f"NOT CHECKED AGAINST THE KERNEL: there is no {', no '.join(gone)}; tests/simulate/get-tables gets some"
    switch = "nft -f - <<<'table inet t { chain c { type filter hook prerouting priority -150; ct state new counter; }; }'"
    probe = [
        "unshare",
        "-Urn",
        "bash",
        "-c",
        f"{switch} && echo 3 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout && conntrack -L",
    ]
    done = subprocess.run(probe, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return f"NOT CHECKED AGAINST THE KERNEL: namespaces are not allowed here: {done.stderr.strip()}" if done.returncode else ""


def test_live_entries_of_the_kernel_are_those_of_the_simulator() -> None:
    if why := missing():
        pytest.skip(why)
    command = ["unshare", "-Urn", sys.executable, str(Path(__file__).with_name("kernel.py")), "1000", "9", "2"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told, width = json.loads(done.stdout), 0.01
    counts = np.bincount((np.array(told["sent"]) / width).astype(np.int64), minlength=900)
    made = Wheel((Group(1, alias(np.bincount([200]).astype(float)), arrival.given(counts)),), len(counts), 4096)
    entries = np.concatenate([one.entries for one in run(made, vectorised.step)])
    steady = [(live, float(entries[int(at / width)])) for at, live in told["seen"] if at > 2.5]
    live, expected = (sum(column) / len(steady) for column in zip(*steady, strict=True))
    assert len(steady) > 10
    assert live == pytest.approx(expected, rel=0.005)
    assert live == pytest.approx(2_000, rel=0.05)
