"""
What the configuration says about rules, files and variables, and how that is shown.
"""

from __future__ import annotations

import json
import tomllib
from contextlib import chdir
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from sglint.config import KEYS, configuration
from sglint.config.schema import render, schema
from sglint.finding import Report
from sglint.output import text
from sglint.pipeline import lint
from sglint.request import Request
from sglint.rule import load
from sglint.source import SglintError
from tests.command import REPOSITORY, STACKS, sglint
from tests.repository import repository

CLEAN = (STACKS / "clean" / "main.tf").read_text(encoding="utf-8")
NARROW = CLEAN.replace('"0.0.0.0/0"', '"10.0.0.0/8"')
ASKS = NARROW.replace('["10.0.0.0/8"]', "var.clients") + 'variable "clients" {\n  type = list(string)\n}\n'
WIDE = 'clients = ["0.0.0.0/0"]\n'
SCHEMA = REPOSITORY / "docs" / "sglint.schema.json"
RULES = load()

FULL = """
select = ["tracked-forwarder"]
ignore = ["split-cidr"]
fail-on = "error"
maybe = true
baseline = "known.jsonl"
exclude = ["examples/"]

[severity]
tracked-forwarder = "error"

[[override]]
paths = ["old/"]
select = ["tracked-forwarder"]
ignore = ["split-cidr"]
severity = {tracked-forwarder = "note"}

[[traffic]]
interfaces = ["aws_instance.*"]
tags = {role = "firewall"}
profile = "web-front-end"
allowance = 150_000
instance-type = "m7i.large"

[terraform]
workspace = "prod"
variable-files = ["prod.tfvars"]
variables = {clients = ["10.0.0.0/8"], many = {a = 1}}

[terraform.roots.net]
workspace = "net"
variable-files = ["net.tfvars"]
variables = {size = 3}

[cloudformation.parameters]
Peers = ["10.0.0.0/8", 5]

[cloudformation.nested]
"a.yaml" = "b.yaml"

[cloudformation.templates."t.yaml"]
stack = "prod"
parameters = {Count = 2}
"""


def run(top: Path, said: str, *paths: str, **more: object) -> Report:
    """Return what is found in a folder of which the configuration says this."""
    (top / "sglint.toml").write_text(said, encoding="utf-8")
    (top / ".git").mkdir(exist_ok=True)
    wanted = Request(paths)
    with chdir(top):
        values = {one.name: getattr(wanted, one.name) for one in fields(wanted)} | more
        return lint(Request(**values), RULES, RULES)


def write(top: Path, **files: str) -> None:
    for name, content in files.items():
        path = top / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(one.span.path, one.severity.value, one.status.value) for one in report.findings if one.certain]


def test_a_rule_that_the_configuration_ignores_does_not_run_and_that_is_said(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=NARROW)
    assert told(run(tmp_path, "")) == [("a/main.tf", "warning", "open")]
    report = run(tmp_path, 'fail-on = "error"\nignore = ["tracked-forwarder"]\n')
    assert told(report) == []
    assert text.render(report).splitlines()[-1] == "sglint.toml:2 switches off 1 rule: tracked-forwarder"
    (rest,) = text.render(run(tmp_path, 'select = ["tracked-forwarder"]\n')).splitlines()[-1:]
    assert rest.startswith(f"sglint.toml:1 switches off {len([one for one in RULES if not one.plan]) - 1} rules: ")


def test_rules_that_the_caller_selects_run_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=NARROW)
    said = 'ignore = ["tracked-forwarder"]\n[[override]]\npaths = ["a/"]\nignore = ["tracked-forwarder"]\n'
    report = run(tmp_path, said, selected=True)
    assert (told(report), report.off) == ([("a/main.tf", "warning", "open")], ())
    assert told(run(tmp_path, said, config="")) == [("a/main.tf", "warning", "open")]


def test_severities_are_what_the_configuration_says(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=NARROW, old__main_tf=NARROW)
    said = '[severity]\ntracked-forwarder = "error"\n[[override]]\npaths = ["old/"]\nseverity.tracked-forwarder = "note"\n'
    assert told(run(tmp_path, said)) == [("a/main.tf", "error", "open"), ("old/main.tf", "note", "open")]


def test_what_does_not_count_in_a_folder_is_marked_with_the_line_that_says_so(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=NARROW, old__main_tf=NARROW)
    report = run(tmp_path, '[[override]]\npaths = ["old/"]\nignore = ["tracked-forwarder"]\n')
    assert told(report) == [("a/main.tf", "warning", "open"), ("old/main.tf", "warning", "ignored")]
    assert report.findings[-1].status_reason == "by sglint.toml:3"
    only = run(tmp_path, '[[override]]\npaths = ["/a"]\n[[override]]\npaths = ["*.tf", "!old/"]\nselect = ["split-cidr"]\n')
    assert [status for _, _, status in told(only)] == ["ignored", "ignored"]


def test_patterns_are_seen_from_the_file(tmp_path: Path) -> None:
    write(tmp_path, old__main_tf=NARROW)
    run(tmp_path, '[[override]]\npaths = ["/old/main.tf"]\nignore = ["tracked-forwarder"]\n')
    with chdir(tmp_path / "old"):
        (one,) = lint(Request(), RULES, RULES).findings
    assert one.status_reason == "by ../sglint.toml:3"


def test_what_is_excluded_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=NARROW, examples__x__main_tf=NARROW, a__examples__main_tf=NARROW)
    assert [path for path, _, _ in told(run(tmp_path, 'exclude = ["/examples/"]\n'))] == ["a/examples/main.tf", "a/main.tf"]
    assert [path for path, _, _ in told(run(tmp_path, 'exclude = ["examples/"]\n'))] == ["a/main.tf"]
    report = run(tmp_path, 'exclude = ["examples/"]\n', "examples/x/main.tf", "a/main.tf")
    assert [path for path, _, _ in told(report)] == ["a/main.tf"]


def test_variables_come_from_the_configuration_and_the_command_line_wins(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__main_tf=ASKS,
        b__main_tf=ASKS,
        wide_tfvars='clients = ["0.0.0.0/0"]\n',
        few_tfvars='clients = ["10.0.0.0/8"]\n',
    )
    assert told(run(tmp_path, "")) == []
    both = [("a/main.tf", "warning", "open"), ("b/main.tf", "warning", "open")]
    assert told(run(tmp_path, '[terraform.variables]\nclients = ["10.0.0.0/8"]\n')) == both
    assert told(run(tmp_path, '[terraform]\nvariable-files = ["wide.tfvars", "few.tfvars"]\n')) == both
    one = '[terraform]\nvariable-files = ["wide.tfvars"]\n[terraform.roots.b]\nvariable-files = ["few.tfvars"]\n'
    assert told(run(tmp_path, one)) == both[1:]
    assert told(run(tmp_path, one, assignments=(("var", 'clients=["0.0.0.0/0"]'),))) == []


def test_the_workspace_comes_from_the_configuration(tmp_path: Path) -> None:
    chosen = NARROW.replace('["10.0.0.0/8"]', 'terraform.workspace == "prod" ? ["10.0.0.0/8"] : ["0.0.0.0/0"]')
    write(tmp_path, a__main_tf=chosen, b__main_tf=chosen)
    said = '[terraform]\nworkspace = "prod"\n[terraform.roots.a]\nworkspace = "test"\n'
    assert [path for path, _, _ in told(run(tmp_path, said))] == ["b/main.tf"]
    assert told(run(tmp_path, said, workspace="test")) == []


def test_a_baseline_that_the_configuration_names_counts(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"a/main.tf": NARROW, "sglint.toml": ""})
    assert sglint("baseline", "-o", "lists.jsonl", cwd=repo.top).code == 0
    repo.write({"sglint.toml": 'baseline = "lists.jsonl"\n'})
    assert sglint("check", cwd=repo.top / "a").code == 0
    repo.write({"sglint.toml": 'baseline = "../lists.jsonl"\n'})
    assert "lies outside of what is scanned" in sglint("check", cwd=repo.top).err


def test_check_fails_and_shows_as_the_configuration_says(tmp_path: Path) -> None:
    repo = repository(
        tmp_path / "repo", {"a/main.tf": NARROW, "b/main.tf": ASKS, "sglint.toml": 'fail-on = "error"\nmaybe = true\n'}
    )
    done = sglint("check", cwd=repo.top)
    assert (done.code, "maybe: " in done.out) == (0, True)
    done = sglint("check", "--fail-on", "warning", "--no-maybe", cwd=repo.top)
    assert (done.code, "maybe: " in done.out) == (1, False)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("selct = []", "sglint.toml:1: there is no key selct; did you mean select"),
        ('select = "x"', "sglint.toml:1: select is 'x'; write a list of texts"),
        ('fail-on = "bad"', "sglint.toml:1: fail-on is 'bad'; write one of error, warning, note, never"),
        ('maybe = "yes"', "sglint.toml:1: maybe is 'yes'; write true or false"),
        ("[severity]\nx = 1", "sglint.toml:2: severity.x is 1; write one of error, warning, note"),
        ("[override]\npaths = []", "sglint.toml:1: override is a table; write [[override]]"),
        (
            '[[override]]\npaths = ["a"]\n[[override]]\npath = ["a"]',
            "sglint.toml:4: there is no key override.1.path; did you mean override.1.paths",
        ),
        ("[terraform.roots]\na = 1", "sglint.toml:2: terraform.roots.a is 1; write a table"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, said: str, message: str) -> None:
    with pytest.raises(SglintError) as error:
        run(tmp_path, said)
    assert str(error.value) == message


def test_names_that_there_are_not_are_said(tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=CLEAN)
    said = 'ignore = ["tracked-forwader"]\n[[override]]\nselect = ["mine"]\n[severity]\nno = "note"\n'
    said += "[terraform.variables]\nz = 1\n"
    problems = run(tmp_path, said + '[terraform.roots.a]\nvariable-files = ["nowhere.tfvars", "../out.tfvars"]\n').problems
    assert [(one.message, one.span and one.span.line) for one in problems] == [
        ("there is no rule tracked-forwader", 1),
        ("the override 1 names no paths, so it is for nothing", 3),
        ("there is no rule mine", 3),
        ("there is no rule no", 5),
        ("no root module here declares the variable z", 7),
        ("../out.tfvars lies outside of what is scanned", 9),
        ("cannot read nowhere.tfvars: no such file", 9),
    ]


def test_config_shows_what_holds_and_where_it_comes_from(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"sglint.toml": 'fail-on = "error"\n[severity]\nsplit-cidr = "note"\n', "in/a.tf": ""})
    out = sglint("config", "--select", "split-cidr", cwd=repo.top / "in").out
    rows = {row.split(" ")[0]: " ".join(row.split()) for row in out.splitlines()}
    assert rows["fail-on"] == 'fail-on = "error" # ../sglint.toml:1'
    assert rows["select"] == 'select = ["split-cidr"] # command line'
    assert rows["maybe"] == "maybe = false # default"
    assert rows["severity.split-cidr"] == 'severity.split-cidr = "note" # ../sglint.toml:3'
    found = json.loads(sglint("config", "--format", "json", cwd=repo.top).out)
    assert (found["schema"], found["file"]) == (1, "sglint.toml")
    assert {"key": "fail-on", "value": "error", "origin": "file", "file": "sglint.toml", "line": 1} in found["values"]
    (repo.top / "sglint.toml").unlink()
    assert sglint("config", cwd=repo.top).out.startswith("configuration: none")


def test_the_schema_is_up_to_date_and_knows_every_key(tmp_path: Path) -> None:
    assert SCHEMA.read_text(encoding="utf-8") == render(), "run python -m sglint.config.schema > docs/sglint.schema.json"
    jsonschema.Draft7Validator.check_schema(schema())
    (tmp_path / "sglint.toml").write_text(FULL, encoding="utf-8")
    said = configuration(None, base=str(tmp_path))
    assert all(list(said.of(pattern)) for pattern in KEYS)
    jsonschema.validate(tomllib.loads(FULL), schema())


@pytest.mark.parametrize(
    "said", ["selct = []", 'select = "x"', 'fail-on = "bad"', "maybe = 1", "[[override]]\nselect = []", "terraform = 1"]
)
def test_the_schema_refuses_what_sglint_refuses(said: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(said), schema())


def test_the_examples_of_the_documents_are_valid(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "configuration.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    assert examples
    for example in examples:
        jsonschema.validate(tomllib.loads(example), schema())
        (tmp_path / "sglint.toml").write_text(example, encoding="utf-8")
        configuration(None, base=str(tmp_path))
    assert all(f"`{pattern}`" in page for pattern in KEYS)
