"""
The line as a whole, as programs call it: what is passed over is said, and a bug of ours hides no other root.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sglint
from sglint import lower, pipeline
from sglint.finding import Report
from sglint.model import Network
from sglint.request import Request
from sglint.resource import Resource
from sglint.rule import load
from sglint.source import Problem, SglintError

STACKS = Path(__file__).parent.parent / "fixtures" / "stacks"
RULES = load()


def lint(*paths: Path, debug: bool = False) -> Report:
    """
    Return what all rules find in these paths.
    """
    return pipeline.lint(Request(tuple(map(str, paths)), debug=debug), RULES, RULES)


def messages(report: Report) -> str:
    """
    Return the problems of the report as one text.
    """
    return "\n".join(problem.message for problem in report.problems)


def test_programs_get_a_report() -> None:
    report = sglint.lint([STACKS / "inspection-hub" / "main.tf"])
    assert {finding.rule for finding in report.findings} == {"tracked-forwarder"}
    assert sglint.lint([STACKS / "inspection-hub" / "main.tf"], ignore=["tracked-forwarder"]).findings == ()
    with pytest.raises(SglintError, match="no rule nonsense"):
        sglint.lint([STACKS / "clean" / "main.tf"], select=["nonsense"])


def test_programs_get_the_network() -> None:
    (network,) = sglint.inspect([STACKS / "spoke" / "main.tf"])
    assert "aws_db_instance.database" in {interface.address for interface in network.interfaces}


def test_programs_give_variables(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "n" {}\nresource "aws_instance" "a" {\n  count = var.n\n}\n')
    (tmp_path / "n.tfvars").write_text("n = 3\n")
    files = [str(tmp_path / "n.tfvars")]
    assert len(sglint.inspect([tmp_path], variable_files=files)[0].interfaces) == 3
    assert len(sglint.inspect([tmp_path], variable_files=files, variables={"n": "2"})[0].interfaces) == 2


def test_a_bug_in_one_root_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "v" {}\n')
    real = lower.lower

    def broken(
        root: str, resources: tuple[Resource, ...], beside: tuple[Resource, ...] = ()
    ) -> tuple[Network, tuple[Problem, ...]]:
        if any(one.address == "aws_vpc.v" for one in resources):
            raise KeyError("oops")
        return real(root, resources, beside)

    monkeypatch.setattr(lower, "lower", broken)
    report = lint(tmp_path, STACKS / "inspection-hub" / "main.tf")
    assert {finding.rule for finding in report.findings} == {"tracked-forwarder"}
    (problem,) = report.problems
    assert "internal error" in problem.message
    assert problem.hides
    assert "Traceback" not in problem.hint
    assert "Traceback" in lint(tmp_path, debug=True).problems[0].hint


def test_a_template_that_a_bug_hides_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.yaml").write_text("Resources:\n  V: {Type: AWS::EC2::VPC}\n")

    def broken(*_: object) -> tuple[Network, tuple[Problem, ...]]:
        raise KeyError("oops")

    monkeypatch.setattr(lower, "lower", broken)
    report = lint(tmp_path)
    assert (report.seen.roots, report.seen.templates) == (0, 0)
    assert "internal error while reading the template" in messages(report)


def test_templates_are_read_beside_root_modules() -> None:
    report = sglint.lint([STACKS / "inspection-hub"])
    assert [finding.subjects[0] for finding in report.findings] == [
        "aws_network_interface.appliance[0]",
        "ApplianceInterface1",
        "ApplianceInterface2",
    ]
    assert (report.seen.roots, report.seen.templates) == (1, 1)


def test_programs_give_parameters(tmp_path: Path) -> None:
    parameters = {"HubCidr": "0.0.0.0/0", "Nobody": "1"}
    report = sglint.lint([STACKS / "inspection-hub" / "template.yaml"], parameters=parameters)
    assert "no template here declares the parameter Nobody" in messages(report)
    assert all("from 0.0.0.0/0" in str(finding.labels) for finding in report.findings)
    (tmp_path / "dev.json").write_text('[{"ParameterKey": "HubCidr", "ParameterValue": "10.99.0.0/16"}]')
    files = [str(tmp_path / "dev.json")]
    report = sglint.lint([STACKS / "inspection-hub" / "template.yaml"], parameter_files=files)
    assert all("from 10.99.0.0/16" in str(finding.labels) for finding in report.findings)


def test_a_variable_nobody_declares_is_said() -> None:
    report = sglint.lint([STACKS / "clean" / "main.tf"], variables={"nobody": "1"})
    assert "--var nobody: no root module here declares this variable" in messages(report)
    assert report.exit_code(None) == 0


def test_a_named_variable_file_that_nothing_reads_is_said(tmp_path: Path) -> None:
    (tmp_path / "prod.tfvars").write_text("a = 1\n")
    assert "nothing reads it by itself" in messages(lint(tmp_path / "prod.tfvars"))


def test_what_was_looked_at_is_counted() -> None:
    seen = lint(STACKS / "clean" / "main.tf", STACKS / "spoke" / "main.tf").seen
    assert (seen.roots, seen.files, seen.interfaces, seen.in_scope) == (2, 2, 4, 4)
    assert seen.resources > 10


def test_a_module_called_from_two_roots_is_told_once(tmp_path: Path) -> None:
    page = next(rule.page for rule in RULES if rule.slug == "tracked-workload")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(page.split("```hcl bad\n")[1].split("```")[0])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('module "m" {\n  source = "../m"\n}\n')
    report = lint(tmp_path)
    assert [finding.subjects for finding in report.findings] == [("module.m.aws_instance.app",)]
    assert report.seen.roots == 2
