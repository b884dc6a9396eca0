"""
A CDK application, synthesised for real: what is said of its recorded cloud assembly, and of the one it makes today.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import REPOSITORY, sglint
from tests.conftest import Accept
from tests.test_real import letters

CDK = REPOSITORY / "fixtures" / "cdk"
RESOLVER = "DnsNestedStackDnsNestedStackResourceEB1F62B6.Inbound"
CELLS = ("tcp_in", "tcp_out", "udp_in", "udp_out")

BY_HAND = {
    RESOLVER: ["tcp_in T", "tcp_out T", "udp_in T", "udp_out T"],  # let in from 10.0.0.0/8 only
    "WebASGD69FD9D9": ["tcp_in U", "tcp_out T", "udp_in B", "udp_out T"],  # 443 from everyone, everything to everyone
    "BatchASG76F5BAB7": ["tcp_in T", "tcp_out B", "udp_in B", "udp_out B"],  # the group without egress
    "Spare": ["tcp_in B", "tcp_out B", "udp_in B", "udp_out B"],  # the default group, which CDK empties
}


def inspected(assembly: Path) -> dict[str, Any]:
    """
    Return what `inspect` says of a cloud assembly.
    """
    said: dict[str, Any] = json.loads(sglint("inspect", assembly, "--format", "json").out)
    return said


def told(assembly: Path) -> dict[str, Any]:
    """
    Return what is said of each interface without lines.
    """
    return {
        one["address"]: [
            *(one[key] for key in ("kind", "role", "exists", "in_scope", "subnets", "security_groups", "targets")),
            [{key: flow[key] for key in flow if key != "reasons"} for flow in one["flows"]],
        ]
        for one in inspected(assembly)["interfaces"]
    }


def test_check_of_a_cloud_assembly(expect: Accept) -> None:
    run = sglint("check", "--maybe", "fixtures/cdk/cdk.out")
    expect("cdk.txt", f"{run.out}exit code {run.code}\n")


def test_the_flows_of_a_cloud_assembly_are_what_was_worked_out_by_hand() -> None:
    said = inspected(CDK / "cdk.out")
    assert said["problems"] == []
    assert {one["address"]: one["in_scope"] for one in said["interfaces"]} == dict.fromkeys(BY_HAND, True)
    found = {one["address"]: [f"{cell} {letters(one, cell)}" for cell in CELLS] for one in said["interfaces"]}
    assert found == BY_HAND


def test_a_stack_of_an_assembly_alone_stands_for_itself_only() -> None:
    run = sglint("check", "--maybe", "fixtures/cdk/cdk.out/Workload.template.json")
    assert "imported from the export Hub:ExportsOutputRefVpcspokeSubnet1" in run.out
    assert "looked at 1 template" in run.out


def test_the_application_synthesised_today_says_the_same(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("NOT COMPARED WITH CDK: there is no node on this machine")
    resolve = subprocess.run([node, "-e", "require.resolve('aws-cdk-lib')"], cwd=CDK, capture_output=True, check=False)
    if resolve.returncode != 0:
        pytest.skip("NOT COMPARED WITH CDK: node does not find aws-cdk-lib; install it and set NODE_PATH")
    made = tmp_path / "cdk.out"
    subprocess.run([node, str(CDK / "app.js"), str(made)], check=True, capture_output=True, timeout=120)
    assert told(made) == told(CDK / "cdk.out")
