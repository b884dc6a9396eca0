"""
What there was before a plan: beside what there will be, for a rule to compare.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

from sglint.model import Direction, Network, Permission
from sglint.pipeline import judge
from sglint.request import Request
from sglint.rule import Judged, State
from tests.command import REPOSITORY, sglint

CHANGE = REPOSITORY / "fixtures" / "plans" / "change"
FIREWALL = "aws_network_interface.firewall"
COLLECTOR = "aws_network_interface.collector"


def planned(beside: str | Path = CHANGE, plan: str | Path = CHANGE / "plan.json") -> tuple[Judged, Judged]:
    """
    Return the judged network after and before the plan.
    """
    (after,) = judge(Request((str(beside),), plan=str(plan), debug=True)).judged
    assert after.before is not None
    return after, after.before


def interfaces(judged: Judged) -> list[str]:
    return [one.interface.address for one in judged.judgements]


def permissions(network: Network, group: str, direction: Direction) -> dict[str, str]:
    """
    Return the peers that a group admits, with the resource that says so.
    """
    found: list[Permission] = [one for one in network.permissions if (one.group, one.direction) == (group, direction)]
    return {str(box.peer): one.origin.address for one in found for box in one.boxes.least}


def states(judged: Judged, address: str, direction: Direction) -> set[State]:
    (judgement,) = (one for one in judged.judgements if one.interface.address == address)
    verdicts = [one for one in judgement.verdicts if one.direction is direction and one.protocol.value == "udp"]
    return {one.state.least for one in verdicts if one.peer == "0.0.0.0/0"}


def test_what_a_plan_deletes_is_there_before_it_and_what_it_makes_is_not() -> None:
    after, before = planned()
    assert interfaces(after) == [COLLECTOR, FIREWALL, "aws_network_interface.spare"]
    assert interfaces(before) == [COLLECTOR, FIREWALL, "aws_network_interface.retired"]


def test_a_rule_that_a_plan_edits_is_what_it_was() -> None:
    after, before = planned()
    assert permissions(after.network, "aws_security_group.firewall", Direction.IN) == {
        "10.0.0.0/8": "aws_security_group.firewall"
    }
    assert permissions(before.network, "aws_security_group.firewall", Direction.IN) == {
        "0.0.0.0/0": "aws_security_group.firewall"
    }
    assert State.UNTRACKED in states(before, FIREWALL, Direction.OUT)
    assert State.UNTRACKED not in states(after, FIREWALL, Direction.OUT)


def test_a_rule_that_a_plan_removes_is_there_before_it_on_a_group_that_moves() -> None:
    after, before = planned()
    rule = "aws_vpc_security_group_egress_rule"
    assert permissions(after.network, "aws_security_group.collectors", Direction.OUT) == {"10.0.0.0/8": f"{rule}.names"}
    assert permissions(before.network, "aws_security_group.collectors", Direction.OUT) == {
        "0.0.0.0/0": f"{rule}.answers",
        "10.0.0.0/8": f"{rule}.names",
    }
    assert "aws_security_group.agents" not in {one.origin.address for one in before.network.groups}


def test_what_is_still_there_has_its_place_in_the_configuration_and_what_is_not_in_the_plan() -> None:
    _, before = planned()
    places = {one.interface.address: one.interface.origin.span.path for one in before.judgements}
    assert places[FIREWALL].endswith("change/main.tf")
    assert places["aws_network_interface.retired"].endswith("change/plan.json")


def test_without_a_configuration_it_is_the_same_network(tmp_path: Path) -> None:
    _, beside = planned()
    _, alone = planned(tmp_path)
    assert interfaces(alone) == interfaces(beside)
    assert alone.network.permissions[0].boxes == beside.network.permissions[0].boxes
    assert [one.subnets for one in alone.network.interfaces] == [one.subnets for one in beside.network.interfaces]


def test_where_nothing_was_there_was_nothing_and_a_state_has_no_before(tmp_path: Path) -> None:
    document = json.loads((CHANGE / "plan.json").read_text(encoding="utf-8"))
    new = copy.deepcopy(document)
    del new["prior_state"]
    for row in new["resource_changes"]:
        row["change"]["before"] = None
    (tmp_path / "new.json").write_text(json.dumps(new), encoding="utf-8")
    _, before = planned(tmp_path, tmp_path / "new.json")
    assert interfaces(before) == []
    state = {"format_version": "1.0", "terraform_version": "1.11.4", "values": document["prior_state"]["values"]}
    (tmp_path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    (judged,) = judge(Request((str(tmp_path),), plan=str(tmp_path / "state.json"))).judged
    assert judged.before is None
    assert interfaces(judged) == interfaces(planned()[1])


def test_what_was_sensitive_before_is_not_told(tmp_path: Path) -> None:
    document = json.loads((CHANGE / "plan.json").read_text(encoding="utf-8"))
    for row in document["resource_changes"]:
        if row["address"] == "aws_security_group.firewall":
            row["change"]["before_sensitive"] = {"ingress": True}
    (tmp_path / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    _, before = planned(CHANGE, tmp_path / "plan.json")
    assert permissions(before.network, "aws_security_group.firewall", Direction.IN) == {}


def test_a_text_without_a_plan_has_no_before() -> None:
    assert [one.before for one in judge(Request((str(CHANGE),))).judged] == [None]


def test_nothing_that_is_printed_is_about_what_was() -> None:
    run = sglint("inspect", CHANGE, "--plan", CHANGE / "plan.json")
    assert "retired" not in run.out
