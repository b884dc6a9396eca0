"""
What a plan cuts: recorded plans of one proxy, whose flows are untracked before each of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command import REPOSITORY, sglint

PLANS = REPOSITORY / "fixtures" / "plans"
CUTS = PLANS / "untracked-cut"
PROXY = "aws_network_interface.proxy"
GROUP = "aws_security_group.proxy"
REPLIES = "aws_vpc_security_group_egress_rule.replies"
Json = Any


def check(beside: Path, plan: Path) -> tuple[int, list[Json]]:
    """
    Return the exit code of a check with a plan, and what the rule finds.
    """
    run = sglint("check", beside, "--plan", plan, "--select", "untracked-cut", "--format", "json", "--maybe")
    return run.code, json.loads(run.out)["findings"]


@pytest.mark.parametrize(
    ("name", "certain", "does"),
    [
        ("bad", True, f"changes {REPLIES}"),
        ("rule-replaced", True, f"replaces {REPLIES}"),
        ("rule-widened", True, f"changes {GROUP}"),
        ("group-replaced", True, f"replaces {GROUP}"),
        ("group-detached", True, f"detaches {GROUP}"),
        ("group-swapped", False, f"replaces {GROUP}"),
        ("maybe", False, f"removes {REPLIES}"),
    ],
)
def test_what_cuts_live_connections(name: str, certain: bool, does: str, tmp_path: Path) -> None:
    code, (finding,) = check(tmp_path, CUTS / f"{name}.json")
    assert code == (1 if certain else 0)
    assert (finding["severity"], finding["certain"], finding["subject"]) == ("error", certain, PROXY)
    end = "end" if certain else "may end"
    said = f"live untracked connections (TCP 443 from peers) {end} at once as the plan {does}, where tracked ones would go on"
    assert finding["message"].endswith(said)


@pytest.mark.parametrize("name", ["good", "interface-replaced"])
def test_what_cuts_nothing_that_would_go_on(name: str, tmp_path: Path) -> None:
    assert check(tmp_path, CUTS / f"{name}.json") == (0, [])


def test_each_interface_is_told_what_it_loses() -> None:
    code, findings = check(PLANS / "change", PLANS / "change" / "plan.json")
    assert code == 1
    assert {one["subject"]: one["certain"] for one in findings} == {
        "aws_network_interface.collector": True,
        "aws_network_interface.firewall": True,
    }


def test_a_group_that_is_replaced_is_told_the_order(tmp_path: Path) -> None:
    run = sglint("check", tmp_path, "--plan", CUTS / "group-replaced.json", "--select", "untracked-cut")
    assert f"with create_before_destroy the new group is there before {GROUP} goes" in run.out
    assert "first add rules that enable the same flows" in run.out


def edited(folder: Path, name: str, edit: Callable[[Json], None]) -> Path:
    """
    Return a recorded plan in which something is different.
    """
    document = json.loads((CUTS / f"{name}.json").read_text(encoding="utf-8"))
    edit(document)
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    return folder / "plan.json"


def test_a_rule_that_is_forgotten_stays_in_force(tmp_path: Path) -> None:
    def forget(document: Json) -> None:
        for row in document["resource_changes"]:
            if row["address"] == REPLIES:
                row["change"]["actions"] = ["forget"]

    assert check(tmp_path, edited(tmp_path, "maybe", forget)) == (0, [])


def test_another_group_whose_rules_are_not_known_leaves_it_open(tmp_path: Path) -> None:
    def attach(document: Json) -> None:
        rows = [row for row in document["resource_changes"] if row["address"] == PROXY]
        values = [row["change"][part] for row in rows for part in ("before", "after")]
        for tree in (document["prior_state"]["values"], document["planned_values"]):
            values += [row["values"] for row in tree["root_module"]["resources"] if row["address"] == PROXY]
        for one in values:
            one["security_groups"] = [*one["security_groups"], "sg-0fedcba9876543210"]

    code, (finding,) = check(tmp_path, edited(tmp_path, "bad", attach))
    assert (code, finding["certain"]) == (0, False)


def test_a_state_has_no_before(tmp_path: Path) -> None:
    document = json.loads((CUTS / "bad.json").read_text(encoding="utf-8"))
    state = {"format_version": "1.0", "terraform_version": "1.11.4", "values": document["prior_state"]["values"]}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    assert check(tmp_path, tmp_path / "state.json") == (0, [])


def test_what_a_group_records_of_the_rules_of_others_keeps_nothing(tmp_path: Path) -> None:
    def record(document: Json) -> None:
        rule = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"], "self": False}
        rows = [row for row in document["resource_changes"] if row["address"] == GROUP]
        values = [row["change"][part] for row in rows for part in ("before", "after")]
        for tree in (document["prior_state"]["values"], document["planned_values"]):
            values += [row["values"] for row in tree["root_module"]["resources"] if row["address"] == GROUP]
        for one in values:
            one["egress"] = [rule]

    code, (finding,) = check(tmp_path, edited(tmp_path, "bad", record))
    assert (code, finding["certain"]) == (1, True)
    assert finding["message"].count(GROUP) == 0


def test_a_comment_for_it_is_not_unused_without_a_plan(tmp_path: Path) -> None:
    config = (PLANS / "change" / "main.tf").read_text(encoding="utf-8")
    comment = "# sglint: ignore[untracked-cut] -- agents reconnect\n"
    for name in ("firewall", "collector"):
        header = f'resource "aws_network_interface" "{name}"'
        config = config.replace(header, f"{comment}{header}")
    (tmp_path / "main.tf").write_text(config, encoding="utf-8")
    for plan in ((), ("--plan", PLANS / "change" / "plan.json")):
        run = sglint("check", tmp_path, "--format", "json", *plan, "--select", "untracked-cut,unused-ignore")
        found = json.loads(run.out)["findings"]
        assert [(one["rule"], one["status"]) for one in found] == [("untracked-cut", "ignored")] * (2 if plan else 0)


def test_instances_that_run_may_keep_the_groups_of_their_old_template(tmp_path: Path) -> None:
    plan = CUTS / "template-detached.json"
    code, (finding,) = check(tmp_path, plan)
    assert (code, finding["certain"], finding["subject"]) == (0, False, "aws_autoscaling_group.proxy")
    run = sglint("check", tmp_path, "--plan", plan, "--select", "untracked-cut", "--maybe")
    assert "whether what runs in aws_autoscaling_group.proxy gets other security groups is not in the plan" in run.out
