"""
What the configuration says of the traffic of interfaces: which ones it is about, what follows, and what is wrong with it.
"""

from __future__ import annotations

import json
from contextlib import chdir
from importlib.resources import files
from pathlib import Path

import pytest

from sglint.config.traffic import like
from sglint.finding import Projection, Report
from sglint.output.html import charts
from sglint.output.html.assumption import assumptions
from sglint.output.html.finding import saves
from sglint.output.json import projection_json
from sglint.output.text import render
from sglint.pipeline import conclude, judge
from sglint.request import Request
from sglint.rule import load
from tests.command import STACKS
from tests.command import in_process as sglint
from tests.repository import repository

HUB = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")
TAGGED = HUB.replace('"c6in.2xlarge"\n', '"c6in.2xlarge"\n  tags = { role = "firewall", zone = "z${count.index}" }\n')
UNTYPED = HUB.replace('"c6in.2xlarge"', "var.type") + 'variable "type" {}\n'
PROFILE = (files("sglint.simulator") / "profiles" / "east-west-inspection.yaml").read_text(encoding="utf-8")
OWN = PROFILE.replace("east-west-inspection", "ours")
RULES = load()
MEASURED = "an estimate calibrated in the size of the table (150,000 entries, measured) and in nothing else"


def run(top: Path, said: str, *paths: str, text: str = HUB, traffic: str | None = None) -> Report:
    """Return what is found in a network of which the configuration says this."""
    top.mkdir(exist_ok=True)
    for name, content in ((".git", None), ("main.tf", text), ("own.yaml", OWN), ("sglint.toml", said)):
        if content is None:
            (top / name).mkdir(exist_ok=True)
        else:
            (top / name).write_text(content, encoding="utf-8")
    with chdir(top):
        wanted = Request(paths)
        return conclude(wanted, judge(wanted), RULES, RULES, traffic=traffic)


def rows(report: Report) -> tuple[Projection, ...]:
    """Return what the finding about the appliances comes to."""
    (one,) = (one for one in report.findings if one.rule == "tracked-forwarder")
    return one.projections


def about(report: Report) -> list[str]:
    return [one.message for one in report.problems if "about traffic" in one.message]


@pytest.mark.parametrize(
    "meant",
    [
        "",
        'interfaces = ["aws_network_interface.appliance"]',
        'interfaces = ["aws_network_interface.appliance[*]"]',
        'interfaces = ["aws_instance.other", "aws_instance.*"]',
        'tags = {role = "firewall"}',
        'interfaces = ["*appliance*"]\ntags = {role = "firewall"}',
    ],
)
def test_a_table_is_about_interfaces_and_those_of_the_instances_that_it_names(tmp_path: Path, meant: str) -> None:
    report = run(tmp_path, f'[[traffic]]\n{meant}\nprofile = "dns-resolver"\n', text=TAGGED)
    assert [one.profile for one in rows(report)] == ["dns-resolver"]
    assert about(report) == []


@pytest.mark.parametrize(
    "meant", ['interfaces = ["aws_instance.app"]', "interfaces = []", 'tags = {role = "firewall", zone = "z7"}']
)
def test_a_table_about_nothing_is_told_and_hides_nothing(tmp_path: Path, meant: str) -> None:
    report = run(tmp_path, f'[[traffic]]\n{meant}\nprofile = "dns-resolver"\n', text=TAGGED)
    assert [one.profile for one in rows(report)] == ["internet-egress-firewall"]
    (problem,) = (one for one in report.problems if "about traffic" in one.message)
    assert (str(problem.span).rpartition(":")[0], problem.hides) == ("sglint.toml:2", False)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.tf").write_text("locals {}\n", encoding="utf-8")
    assert about(run(tmp_path, f'[[traffic]]\n{meant}\nprofile = "dns-resolver"\n', "other")) == []


def test_a_table_that_says_nothing_is_told(tmp_path: Path) -> None:
    assert about(run(tmp_path, '[[traffic]]\ninterfaces = ["*"]\n')) == [
        "this table about traffic says nothing of its interfaces"
    ]


def test_of_several_tables_the_last_one_wins_key_by_key(tmp_path: Path) -> None:
    said = '[[traffic]]\nprofile = "web-front-end"\nallowance = 9_000\n[[traffic]]\nallowance = 150_000\n'
    (row,) = rows(run(tmp_path, said))
    assert (row.profile, row.allowance) == ("web-front-end", 150_000)
    (row,) = rows(run(tmp_path, said, traffic="dns-resolver"))
    assert (row.profile, row.allowance) == ("dns-resolver", 150_000)


def test_each_interface_of_a_finding_keeps_its_own(tmp_path: Path) -> None:
    said = "".join(f'[[traffic]]\ninterfaces = ["*[{n}]"]\nallowance = {150_000 * (2 - n)}\n' for n in (0, 1))
    report = run(tmp_path, said)
    small, large = rows(report)
    assert (small.allowance, large.allowance) == (150_000, 300_000)
    assert small.least < large.least
    assert "of 2 estimates the first to be full" in render(report)
    page = charts(report, None)
    assert "was measured (150,000 entries)" in page and "was measured (300,000 entries)" in page


def test_a_measured_table_is_said_to_be_measured_and_the_traffic_not(tmp_path: Path) -> None:
    report = run(tmp_path, '[[traffic]]\nprofile = "own.yaml"\nallowance = 150_000\n')
    (row,) = rows(report)
    assert row.like == "" and row.least <= row.most < float("inf")
    assert f"with the profile ours of own.yaml on c6in.2xlarge, {MEASURED}: more than" in render(report)
    assert "uncalibrated" not in render(report)
    document = projection_json(row)
    names = ("calibrated", "measured", "measured_allowance", "profile_file")
    assert [document[name] for name in names] == [True, ["allowance"], 150_000, "own.yaml"]
    (finding,) = (one for one in report.findings if one.rule == "tracked-forwarder")
    assert saves(finding)[1] == f"with the profile ours of own.yaml: {MEASURED}"
    with chdir(tmp_path):
        known = {one.what: one for one in assumptions(report, None)}
        drawn = charts(report, None)
    assert known["connection table of c6in.2xlarge"].value == "150,000 entries"
    assert known["connection table of c6in.2xlarge"].known.startswith("measured")
    assert "own.yaml" in known["traffic ours"].known
    assert "room for 150,000 entries" in drawn and "nothing of the instance was measured" not in drawn


def test_without_a_measured_table_nothing_is_calibrated(tmp_path: Path) -> None:
    (row,) = rows(run(tmp_path, '[[traffic]]\nprofile = "own.yaml"\n'))
    document = projection_json(row)
    assert (document["calibrated"], document["measured"], document["measured_allowance"]) == (False, [], None)
    assert "an uncalibrated estimate" in render(run(tmp_path, '[[traffic]]\nprofile = "own.yaml"\n'))


def test_what_the_text_does_not_know_may_be_said(tmp_path: Path) -> None:
    assert rows(run(tmp_path, "", text=UNTYPED)) == ()
    (typed,) = rows(run(tmp_path, '[[traffic]]\ninstance-type = "m7i.large"\n', text=UNTYPED))
    assert typed.instance_type == "m7i.large"
    report = run(tmp_path, "[[traffic]]\nallowance = 150_000\n", text=UNTYPED)
    (measured,) = rows(report)
    assert (measured.instance_type, projection_json(measured)["instance_type"]) == ("", None)
    assert f"on an instance, {MEASURED}" in render(report)
    assert "One instance, " in charts(report, None)
    (written,) = rows(run(tmp_path, '[[traffic]]\ninstance-type = "m7i.large"\n'))
    assert written.instance_type == "c6in.2xlarge"


def test_a_profile_without_such_flows_says_so(tmp_path: Path) -> None:
    text = PROFILE.split("classes:")[0] + "classes:\n  - {name: a, protocol: other, rate: 5}\n"
    (tmp_path / "sctp.yaml").write_text(text, encoding="utf-8")
    report = run(
        tmp_path, '[[traffic]]\nprofile = "sctp.yaml"\n', text=HUB.replace('protocol    = "-1"', 'protocol    = "tcp"')
    )
    why = [one.unprojected for one in report.findings if one.rule == "tracked-forwarder"]
    assert rows(report) == () and why[0].startswith("the profile sctp.yaml has no TCP")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('profile = "nowhere.yaml"', "traffic.0.profile: "),
        ('profile = "main.tf"', "traffic.0.profile: main.tf:"),
        ('profile = "../../../etc/passwd"', "traffic.0.profile: "),
        ('profile = "empty.yaml"', "traffic.0.profile: empty.yaml:1: the profile is empty"),
        ('instance-type = "large"', "traffic.0.instance-type: large is no instance type"),
        ("allowance = 0", "traffic.0.allowance is 0"),
        ("allowance = true", "traffic.0.allowance is true"),
        ('allowence = "x"', "there is no key traffic.0.allowence; did you mean traffic.0.allowance"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text("locals {}\n", encoding="utf-8")
    (tmp_path / "sglint.toml").write_text(f"[[traffic]]\ninterfaces = []\n{line}\n", encoding="utf-8")
    done = sglint("check", cwd=tmp_path)
    assert done.code == 2 and done.out == ""
    assert f"sglint.toml:3: {message}" in " ".join(done.err.split())


def test_check_and_config_show_what_is_said(tmp_path: Path) -> None:
    run(tmp_path, "[[traffic]]\nallowance = 150_000\n")
    assert MEASURED in sglint("check", cwd=tmp_path).out
    assert "150,000 entries, measured" in sglint("check", "--format", "markdown", cwd=tmp_path).out.replace("`", "")
    values = json.loads(sglint("config", "--format", "json", cwd=tmp_path).out)["values"]
    (one,) = (one for one in values if one["key"].startswith("traffic"))
    assert (one["key"], one["value"], one["file"], one["line"]) == ("traffic.0.allowance", "150000", "sglint.toml", 2)


def test_a_profile_that_was_wrong_before_does_not_keep_from_comparing(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"main.tf": HUB, "own.yaml": "", "sglint.toml": '[[traffic]]\nprofile = "own.yaml"\n'})
    repo.write({"own.yaml": OWN})
    assert sglint("check", "--diff", "HEAD", cwd=repo.top).code == 0


def test_an_address_is_meant_as_it_is_written() -> None:
    assert like("a*b*c", "axxbyyc") and like("*", "") and like("a*", "a") and like("*[1]", "x.y[1]")
    assert not like("ab*ba", "aba") and not like("a.c", "abc") and not like("a", "ab") and not like("[1]", "1")
    assert not like("a*" * 5_000 + "b", "a" * 20_000)
