"""
The command as it is used: exit codes, outputs, options.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sglint import roots
from sglint.cli import main
from sglint.rule import load
from tests.command import REPOSITORY, Run, sglint

PAGES = {rule.slug: rule.page for rule in load()}


def example(slug: str, kind: str) -> str:
    """
    Return the first example of this kind on the page of the rule.
    """
    found = re.search(rf"^```hcl {kind}\n(.*?)^```$", PAGES[slug], re.MULTILINE | re.DOTALL)
    assert found
    return found[1].replace(" # found", "")


def place(directory: Path, *texts: str) -> Path:
    """
    Write root modules r0, r1... with these texts.
    """
    for number, text in enumerate(texts):
        (directory / f"r{number}").mkdir()
        (directory / f"r{number}" / "main.tf").write_text(text)
    return directory


BAD = example("tracked-forwarder", "bad")
GOOD = example("tracked-forwarder", "good")
NOTE = example("tracked-workload", "bad")
MAYBE = example("tracked-workload", "maybe")
HIDES = 'module "m" {\n  source = "./nowhere"\n}\n'


def test_the_environment_gives_values_only_when_asked_and_never_tells_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        'variable "a" {}\nvariable "b" { type = list(string) }\nvariable "n" {\n  type = number\n'
        '  validation {\n    condition = var.n > 5\n    error_message = "no ${var.n}"\n  }\n}\n'
        'resource "aws_vpc" "v" {\n  cidr_block = var.a\n}\n'
        'resource "aws_subnet" "s" {\n  vpc_id = aws_vpc.v.id\n  cidr_block = var.b[0]\n}\n'
        'resource "aws_subnet" "t" {\n  count = var.n\n  vpc_id = aws_vpc.v.id\n}\n'
    )
    root = place(tmp_path, text) / "r0"
    monkeypatch.setenv("TF_VAR_a", "10.0.0.0/16")
    monkeypatch.setenv("TF_VAR_b", '["10.0.1.0/24"]')
    monkeypatch.setenv("TF_VAR_n", "3")
    monkeypatch.setenv("TF_VAR_undeclared", "hunter2")

    def resolved(*arguments: str) -> tuple[str, list[object]]:
        run = sglint("inspect", root, *arguments, "--format", "json")
        return run.out, [one["address"] for one in json.loads(run.out)["resolved"][0]["unresolved"]]

    assert resolved()[1] == ["aws_vpc.v", "aws_subnet.s", "aws_subnet.t[*]"]
    out, unresolved = resolved("--var-env")
    assert unresolved == [] and "refused by its validation" in out and "no 3" not in out and "hunter2" not in out
    (root / "terraform.tfvars").write_text("n = 8\n")
    assert "refused" not in resolved("--var-env")[0]
    monkeypatch.setenv("TF_VAR_b", "hunter3")
    run = sglint("check", root, "--var-env")
    assert run.code == 2 and "TF_VAR_b: it is no value" in run.said and "hunter" not in run.said


@pytest.mark.parametrize(
    ("texts", "arguments", "code"),
    [
        ([GOOD], [], 0),
        ([BAD], [], 1),
        ([BAD], ["--fail-on", "error"], 0),
        ([BAD], ["--fail-on", "never"], 0),
        ([NOTE], [], 0),
        ([NOTE], ["--fail-on", "note"], 1),
        ([MAYBE], ["--fail-on", "note", "--maybe", "--ignore", "tracked-forwarder"], 0),
        ([HIDES], [], 2),
        ([HIDES, GOOD], [], 2),
        ([HIDES, BAD], [], 1),
        ([HIDES, BAD], ["--fail-on", "never"], 2),
        ([BAD], ["--ignore", "tracked-forwarder"], 0),
        ([BAD], ["--select", "tracked-resolver,tracked-workload"], 0),
        ([BAD], ["--select", "tracked-forwarder"], 1),
    ],
)
def test_exit_codes(tmp_path: Path, texts: list[str], arguments: list[str], code: int) -> None:
    assert sglint("check", *arguments, cwd=place(tmp_path, *texts)).code == code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere"),
        ([""], "the path is empty"),
        (["--select", "tracked-forwarder", "--ignore", "tracked-forwarder"], "no rule is left"),
        (["--select", "traked-forwarder"], "did you mean tracked-forwarder"),
        (["--ignore", "x"], "there is no rule x"),
        (["--rules", "nowhere"], "nowhere"),
        (["--var-file", "nowhere.tfvars"], "nowhere.tfvars"),
        (["--var", "x"], "x"),
        (["--format", "json", "--format", "text"], "standard output"),
        (["--output", "a", "--output", "b"], "--output b"),
        (["--format", "json", "--output", "a", "--format", "text", "--output", "a"], "both go to a"),
        (["--output", "no/such/folder"], "cannot write no/such/folder"),
        (["--format", "xml"], "xml"),
        (["--fail-on", "fatal"], "fatal"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_why(tmp_path: Path, arguments: list[str], says: str) -> None:
    run = sglint("check", *arguments, cwd=place(tmp_path, BAD))
    assert run.code == 2
    assert says in run.err


def test_the_whole_text(tmp_path: Path) -> None:
    """
    The message names the interface, the flows, the route, the rules that are missing, and what they would expose.
    """
    said = sglint("check", "--fail-on", "never", cwd=place(tmp_path, NOTE)).out
    assert "note[tracked-workload]: aws_instance.app: " in said
    assert "TCP 443 from peers, TCP and UDP that it opens" in said
    assert "behind transit gateway tgw-0123456789abcdef0" in said
    assert "add to aws_security_group.app: ingress TCP and UDP 0-65535 from 0.0.0.0/0" in said
    assert "only these can newly reach it: its own VPC; 0.0.0.0/0 through transit gateway tgw-0123456789abcdef0;" in said
    assert "- 0.0.0.0/0 leads to transit gateway tgw-0123456789abcdef0" in said


def test_each_output_belongs_to_the_format_before_it(tmp_path: Path) -> None:
    place(tmp_path, BAD)
    run = sglint(
        "check", "--format", "text", "--format", "json", "-o", "a.json", "--format", "sarif", "-o", "b.sarif", cwd=tmp_path
    )
    assert run.code == 1
    assert run.out.startswith("warning[tracked-forwarder]")
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == 1
    assert json.loads((tmp_path / "b.sarif").read_text())["version"] == "2.1.0"


def test_variables_win_in_the_order_given(tmp_path: Path) -> None:
    place(tmp_path, MAYBE)
    (tmp_path / "open.tfvars").write_text('clients = "0.0.0.0/0"\n')
    narrow, wide = ["--var", "clients=10.0.0.0/8"], ["--var-file", "open.tfvars"]
    assert sglint("check", "--fail-on", "note", *narrow, *wide, "r0", cwd=tmp_path).code == 0
    assert sglint("check", "--fail-on", "note", *wide, *narrow, "r0", cwd=tmp_path).code == 1


def test_a_file_stands_for_its_root_module(tmp_path: Path) -> None:
    place(tmp_path, BAD, BAD)
    (tmp_path / "r0" / "empty.tf").write_text("")
    run = sglint("check", "r0/empty.tf", cwd=tmp_path)
    assert run.code == 1
    assert "r0/main.tf" in run.out
    assert "r1/main.tf" not in run.out


def test_a_module_file_stands_for_the_root_that_calls_it(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(BAD)
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./m"\n}\n')
    run = sglint("check", "--root", ".", "m/main.tf", cwd=tmp_path)
    assert "module.m.aws_network_interface.data" in run.out


def test_a_finding_in_a_shared_module_names_every_root_that_has_it(tmp_path: Path) -> None:
    call = 'module "m" {\n  source = "../m"\n}\n'
    place(tmp_path, call, call, BAD)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(BAD)
    run = sglint("check", "--format", "text", "--format", "json", "--output", "out.json", cwd=tmp_path)
    assert run.out.count(" = in: r0, r1\n") == 1
    assert run.out.count(" = in: ") == 1
    findings = json.loads((tmp_path / "out.json").read_text())["findings"]
    assert [(one["file"], one["root"], one["roots"]) for one in findings] == [
        ("m/main.tf", "r0, r1", ["r0", "r1"]),
        ("r2/main.tf", "r2", ["r2"]),
    ]


def test_colour(tmp_path: Path) -> None:
    place(tmp_path, BAD)
    assert "\x1b" not in sglint("check", cwd=tmp_path).out
    assert "\x1b[" in sglint("check", "--color", "always", cwd=tmp_path).out
    sglint("check", "--output", "out.txt", cwd=tmp_path)
    assert "\x1b" not in (tmp_path / "out.txt").read_text()


def test_a_comment_sets_a_finding_aside(tmp_path: Path) -> None:
    text = BAD.replace(
        'resource "aws_network_interface"', '# sglint: ignore[tracked-forwarder] a test\nresource "aws_network_interface"'
    )
    run = sglint("check", "--format", "json", cwd=place(tmp_path, text))
    (finding,) = json.loads(run.out)["findings"]
    assert (run.code, finding["status"], finding["status_reason"]) == (0, "ignored", "a test")


def test_a_comment_without_a_reason_is_a_problem_and_not_applied(tmp_path: Path) -> None:
    text = BAD.replace(
        'resource "aws_network_interface"', '# sglint: ignore[tracked-forwarder]\nresource "aws_network_interface"'
    )
    run = sglint("check", cwd=place(tmp_path, text))
    assert run.code == 1
    assert "gives no reason" in run.out


RULE = '''"""
Mine.
"""
from sglint.rule import Found, Severity, rule

@rule(severity=Severity.ERROR, since="1")
def check(net):
'''


def test_rules_of_ones_own(tmp_path: Path) -> None:
    place(tmp_path, GOOD)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text(RULE + '    yield Found(net.judgements[0].interface, "is mine")\n')
    run = sglint("check", "--rules", "rules", cwd=tmp_path)
    assert run.code == 1
    assert "error[mine]: aws_network_interface.data: is mine" in run.out
    assert sglint("check", cwd=tmp_path).code == 0


def test_a_rule_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    place(tmp_path, BAD)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text(RULE + "    raise ValueError(net)\n")
    run = sglint("check", "--rules", "rules", "--fail-on", "never", cwd=tmp_path)
    assert run.code == 2
    assert "internal error in the rule mine: ValueError" in run.out
    assert "tracked-forwarder" in run.out


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    place(tmp_path, BAD, NOTE, MAYBE, HIDES)
    for arguments in (
        ["check", "--maybe"],
        ["check", "--format", "json"],
        ["check", "--format", "sarif"],
        ["inspect", "--format", "json"],
    ):
        said = {
            subprocess.run(
                [sys.executable, "-m", "sglint", *arguments],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": seed},
                capture_output=True,
                check=False,
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(said) == 1
        assert said != {b""}


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    place(tmp_path, BAD)
    done = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m sglint check --format json | true'],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_no_bug_of_ours(tmp_path: Path) -> None:
    place(tmp_path, BAD)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "sglint", "check"]
        done = subprocess.run(
            command, check=False, cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert "cannot write to standard output" in done.stderr
    assert "internal error" not in done.stderr


def test_a_bug_of_ours_is_no_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(roots, "find_roots", broken)
    result = CliRunner().invoke(main, ["check", str(place(tmp_path, BAD))])
    assert result.exit_code == 2
    assert "internal error: KeyError: 'oops'; please report it" in result.output
    assert isinstance(CliRunner().invoke(main, ["check", "--debug", str(tmp_path)]).exception, KeyError)


@pytest.mark.parametrize("module", ["networkx", "tree_sitter", "yaml", "rich", "sglint.pipeline", "sglint.rule"])
def test_the_help_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, sglint.cli; sys.exit({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False)
    assert done.returncode == 0


def explained(*arguments: str) -> Run:
    """
    Return what `sglint explain` says.
    """
    return sglint("explain", *arguments)


def test_explain_prints_the_page() -> None:
    run = explained("tracked-forwarder")
    assert run.code == 0
    assert "# tracked-forwarder (warning, since 0.1)" in run.out
    assert PAGES["tracked-forwarder"] in run.out


def test_explain_lists_the_rules() -> None:
    run = explained()
    assert [line.split()[0] for line in run.out.splitlines()] == sorted(PAGES)


def test_explain_of_a_misspelt_rule_says_which_one_is_meant() -> None:
    run = explained("tracked-forwarders")
    assert run.code == 2
    assert "did you mean tracked-forwarder" in run.err


def test_inspect_one_interface(tmp_path: Path) -> None:
    place(tmp_path, BAD, NOTE)
    run = sglint("inspect", "--interface", "aws_instance.app", "--format", "json", cwd=tmp_path)
    assert [one["address"] for one in json.loads(run.out)["interfaces"]] == ["aws_instance.app"]
    missing = sglint("inspect", "--interface", "aws_instance.ap", cwd=tmp_path)
    assert missing.code == 2
    assert "did you mean aws_instance.app" in missing.err


def test_inspect_for_people(tmp_path: Path) -> None:
    run = sglint("inspect", cwd=place(tmp_path, NOTE))
    assert run.code == 0
    assert "aws_instance.app  workload, in scope" in run.out
    assert "0.0.0.0/0 -> transit-gateway tgw-0123456789abcdef0" in run.out
