"""
`sglint fix`: what it prints, what it writes, and how it ends.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from sglint.fix import fix
from sglint.fix.apply import written
from sglint.request import Request
from tests.command import sglint
from tests.fix.places import NETWORK, OPEN, RULES, Place, forwarder
from tests.fix.test_narrow import ENDPOINT
from tests.fix.test_template import BASE, BLOCK

HALVES = f"""
resource "aws_security_group" "data" {{
  vpc_id = aws_vpc.hub.id

  ingress {{
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }}
{OPEN}}}
"""
NARROW = HALVES.replace('"0.0.0.0/1", "128.0.0.0/1"', '"10.1.0.0/16"')


def test_a_safe_change_is_printed_and_git_applies_it(place: Place) -> None:
    place.write({"main.tf": forwarder() + HALVES})
    run = sglint("fix", cwd=place.top)
    assert (run.code, "  fixed\n" in run.err) == (0, True)
    subprocess.run(["git", "apply"], cwd=place.top, input=run.out, text=True, check=True)
    assert 'cidr_blocks = ["0.0.0.0/0"]' in place.read("main.tf")
    assert sglint("check", cwd=place.top).code == 0
    again = sglint("fix", cwd=place.top)
    assert (again.code, again.said) == (0, "")


def test_a_change_that_lets_something_in_is_printed_with_unsafe_only(place: Place) -> None:
    place.write({"main.tf": forwarder() + NARROW})
    run = sglint("fix", cwd=place.top)
    assert (run.code, run.out) == (1, "")
    assert "not written: it is not safe" in run.err
    lets_in = "admits packets to TCP and UDP 0-65535 of aws_network_interface.data from 10.0.0.0/8 but 10.1.0.0/16"
    assert lets_in in run.err
    assert sglint("fix", "--unsafe", cwd=place.top).code == 0


def test_paths_are_those_of_the_work_tree_wherever_it_is_run(place: Place) -> None:
    place.write({"a/b/main.tf": forwarder() + HALVES})
    for arguments, folder in ((("a",), place.top), ((), place.top / "a" / "b"), (("b/main.tf",), place.top / "a")):
        assert "\n--- a/a/b/main.tf\n+++ b/a/b/main.tf\n" in sglint("fix", *arguments, cwd=folder).out


def test_notes_are_fixed_when_they_are_asked_for(place: Place) -> None:
    workload = forwarder().replace("  source_dest_check = false\n", "")
    place.write({"main.tf": workload + NARROW})
    assert sglint("fix", "--unsafe", cwd=place.top).said == ""
    for options in (("--select", "tracked-workload"), ("--interface", "aws_network_interface.data")):
        assert sglint("fix", "--unsafe", *options, cwd=place.top).out
    assert sglint("fix", "--unsafe", "--interface", "aws_network_interface.other", cwd=place.top).out == ""


def test_nothing_is_written_when_a_file_has_changed_meanwhile(place: Place) -> None:
    place.write({"main.tf": forwarder() + HALVES, "b/main.tf": forwarder() + HALVES})
    fixed = fix(Request((".",)), RULES)
    text = place.read("main.tf") + "# changed\n"
    place.write({"main.tf": text})
    before = place.read("b/main.tf")
    assert "has changed meanwhile" in written(fixed)
    assert (place.read("main.tf"), place.read("b/main.tf")) == (text, before)
    assert not list(place.top.rglob(".sglint-*"))


def test_the_mark_at_the_head_of_a_file_stays_where_it_is(place: Place) -> None:
    place.write({"main.tf": "\ufeff" + forwarder() + HALVES})
    assert sglint("fix", "--write", cwd=place.top).code == 0
    after = place.read("main.tf")
    assert after.startswith("\ufeffresource")
    assert '["0.0.0.0/0"]\n  }\n\n  egress' in after


def test_what_a_link_leads_to_is_written_and_the_link_stays(place: Place) -> None:
    place.write({"there/main.tf": forwarder() + HALVES, "here/empty.txt": ""})
    link = place.top / "here" / "main.tf"
    link.symlink_to("../there/main.tf")
    assert sglint("fix", "--write", "here", cwd=place.top).code == 0
    assert link.is_symlink()
    assert '"128.0.0.0/1"' not in place.read("there/main.tf")


def test_the_json_of_check_has_each_change_where_it_is_asked_for(place: Place) -> None:
    place.write({"main.tf": forwarder() + HALVES})
    without = json.loads(sglint("check", "--format", "json", cwd=place.top).out)
    assert [one["fix"] for one in without["findings"]] == [None]
    run = sglint("check", "--fixes", "--format", "json", cwd=place.top)
    ((made,),) = [[one["fix"] for one in json.loads(run.out)["findings"]]]
    assert (made["safe"], made["admits"], made["blocked"]) == (True, [], None)
    assert [edit["text"] for edit in made["edits"]] == ['"0.0.0.0/0"']
    assert made["diff"] == sglint("fix", cwd=place.top).out


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("10.0.0.1/8", "name the range, 10.0.0.0/8, or the address alone"),
        ("10.0.0.0/33", "no range of addresses, such as 10.0.0.0/8"),
        ("fe80::1%eth0", "no range of addresses"),
        ("10.1.0.0/16,::/0", "--from ::/0: that is everyone, and narrows nothing"),
    ],
)
def test_who_may_come_in_is_a_range_of_addresses(given: str, says: str) -> None:
    run = sglint("fix", "--from", given)
    assert (run.code, run.out) == (2, "")
    assert says in run.err


@pytest.mark.parametrize("options", [("--plan", "x.json"), ("--select", "nothing")])
def test_what_makes_no_sense_is_refused(place: Place, options: tuple[str, ...]) -> None:
    place.write({"main.tf": forwarder() + HALVES, "x.json": "{}"})
    assert sglint("fix", *options, cwd=place.top).code == 2


def test_a_folder_without_findings_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    run = sglint("fix", cwd=tmp_path)
    assert (run.code, run.said) == (0, "")


def test_what_a_comment_sets_aside_is_left_alone(place: Place) -> None:
    text = (forwarder() + HALVES).replace(
        'resource "aws_network_interface" "data" {',
        '# sglint: ignore[split-cidr] known\nresource "aws_network_interface" "data" {',
    )
    place.write({"main.tf": text})
    run = sglint("fix", cwd=place.top)
    assert (run.code, run.said) == (0, "")


def test_what_could_not_be_read_is_said_and_ends_with_2(place: Place) -> None:
    place.write({"main.tf": forwarder() + HALVES + '\nmodule "x" {\n  source = "a/b/c"\n}\n'})
    run = sglint("fix", cwd=place.top)
    assert (run.code, bool(run.out)) == (2, True)
    assert "part of the network could not be read" in run.err


BESIDE = """
variable "clients" {
  default = ["10.0.0.0/9"]
}
variable "token" {
  default   = "hunter2"
  sensitive = true
}
"""
BESIDE_YAML = """\
Parameters:
  Clients: {Type: String, Default: 10.0.0.0/9}
  Token:
    Type: String
    Default: hunter2
    NoEcho: true
"""


@pytest.mark.parametrize("output", [("check", "--fixes", "--format", form) for form in ("json", "sarif")] + [("report",)])
@pytest.mark.parametrize("name", ["main.tf", "t.yaml"])
def test_no_output_shows_what_is_sensitive_beside_a_change(place: Place, name: str, output: tuple[str, ...]) -> None:
    if name == "main.tf":
        text = forwarder() + HALVES.replace('["0.0.0.0/1", "128.0.0.0/1"]', "var.clients") + BESIDE
    else:
        text = BESIDE_YAML + BASE + BLOCK.replace("'10.0.0.0/8'", "!Ref Clients")
    place.write({name: text})
    run = sglint(*output, *(("-o", "-") if output == ("report",) else ()), cwd=place.top)
    assert "0.0.0.0/0" in run.out
    assert "hunter2" not in run.said
    assert "hunter2" in text


SENSITIVE = """
variable "clients" {
  type      = list(string)
  sensitive = true%s
}
"""


@pytest.mark.parametrize("beside", [False, True])
def test_what_is_sensitive_is_not_written_to(place: Place, *, beside: bool) -> None:
    network = NETWORK.replace("10.0.0.0/8", "192.168.0.0/16")
    endpoint = ENDPOINT.replace('["0.0.0.0/0"]', "nonsensitive(var.clients)", 1)
    value = '["0.0.0.0/0"]'
    files = {"main.tf": network + endpoint + SENSITIVE % ("" if beside else f"\n  default   = {value}")}
    place.write({**files, **({"terraform.tfvars": f"clients = {value}\n"} if beside else {})})
    fixed = place.fix()
    ((_, made, _),) = fixed.findings
    assert (made.blocked, fixed.diff) == ("var.clients is marked sensitive: what it has to be is to be written by hand", "")
