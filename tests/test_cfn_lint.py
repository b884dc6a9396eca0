"""
The rules as a plug-in of cfn-lint, run by cfn-lint itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import sglint
from sglint.cfn_lint import IDS, UNDECIDED, UNREAD, UNUSABLE, classes
from sglint.finding import Severity
from sglint.rule import find, load
from tests.command import REPOSITORY, STACKS

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.NOTE: "I"}
PAGE = find(load(), "tracked-resolver").page
RESOLVER = re.findall(r"```yaml bad\n(.*?)```", PAGE, re.DOTALL)[0]
LINE = RESOLVER.splitlines().index("  Inbound: # found") + 2
STACK = "Type: AWS::CloudFormation::Stack, Properties"


@dataclass(frozen=True, slots=True)
class Told:
    """
    How a run of cfn-lint ended, and what the rules of sglint told: rule, file, line, column, message.
    """

    code: int
    matches: list[tuple[str, str, int, int, str]]

    @property
    def places(self) -> list[tuple[str, str, int, int]]:
        """
        The matches without their messages.
        """
        return [one[:4] for one in self.matches]


def cfn_lint(*arguments: str, cwd: Path) -> Told:
    """
    Run cfn-lint with sglint's rules.
    """
    command = shutil.which("cfn-lint", path=str(Path(sys.executable).parent))
    assert command is not None, "cfn-lint is not installed beside Python"
    done = subprocess.run(
        [command, "--append-rules", "sglint.cfn_lint", "--include-checks", "I9", "--format", "json", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert "Traceback" not in done.stderr
    found = [
        (one["Rule"]["Id"], one["Filename"], start["LineNumber"], start["ColumnNumber"], one["Message"])
        for one in json.loads(done.stdout or "[]")
        for start in (one["Location"]["Start"],)
        if one["Rule"]["Id"][1] == "9" or one["Rule"]["Id"].startswith("E000")
    ]
    return Told(done.returncode, sorted(found))


def test_every_rule_has_an_id_of_its_own_that_says_how_bad_it_is() -> None:
    rules = {rule.slug: rule for rule in load()}
    assert set(rules) <= set(IDS), "give a new rule the next number, and leave the others as they are"
    numbers = [int(number[1:]) for number in (*IDS.values(), UNUSABLE, UNREAD, UNDECIDED)]
    assert len(set(numbers)) == len(numbers)
    assert all(9500 <= number < 9600 for number in numbers)
    assert {slug: IDS[slug][0] for slug in rules} == {slug: LETTERS[rule.severity] for slug, rule in rules.items()}
    assert {IDS[slug] for slug in rules} < {one.id for one in classes().values()}
    for one in classes().values():
        assert one.id and one.shortdesc and one.description
    assert next(one for one in classes().values() if one.id == IDS["tracked-resolver"]).source_url.startswith(
        "https://docs.aws."
    )


def test_cfn_lint_shows_what_sglint_finds_at_the_same_places() -> None:
    names = [f"{name}/template.yaml" for name in ("clean", "inspection-hub", "reply-narrow", "spoke")]
    told = cfn_lint(*names, cwd=STACKS)
    found = [
        (IDS[one.rule], str(Path(one.span.path).relative_to("fixtures/stacks")), one.span.line, one.span.column)
        for name in names
        for one in sglint.lint([STACKS.relative_to(REPOSITORY) / name]).findings
        if one.certain
    ]
    assert len({number for number, *_ in found}) > 1
    assert [one for one in told.places if one[0] != UNDECIDED] == sorted(found)
    assert told.code & 4, "cfn-lint's code for warnings"


def test_nested_stacks_ignores_and_what_is_not_certain(tmp_path: Path) -> None:
    nests = f"""Resources:
  One: {{{STACK}: {{TemplateURL: resolver.yaml}}}}
  Two: {{{STACK}: {{TemplateURL: resolver.yaml}}}}
  Gone: {{{STACK}: {{TemplateURL: gone.yaml}}}}
"""
    resolver = IDS["tracked-resolver"]
    why = f"    Metadata: {{cfn-lint: {{config: {{ignore_checks: [{resolver}]}}}}}}\n"
    peers = "Parameters:\n  Peers: {Type: String}\n"
    files = {
        "resolver.yaml": RESOLVER,
        "nests.yaml": nests,
        "ignored.yaml": RESOLVER.replace("  Inbound: # found\n", f"  Inbound:\n{why}"),
        "aside.yaml": RESOLVER.replace("# found", "# sglint: ignore[tracked-resolver] few queries"),
        "maybe.yaml": peers + RESOLVER.replace("CidrIp: 10.0.0.0/8", "CidrIp: !Ref Peers"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(HEAD + text, encoding="utf-8")
    told = cfn_lint(*sorted(files), cwd=tmp_path)
    assert told.places == [
        (UNREAD, "nests.yaml", 5, 70),
        (UNREAD, "resolver.yaml", 1, 1),
        (UNDECIDED, "maybe.yaml", 1, 1),
        (resolver, "nests.yaml", 3, 3),
        (resolver, "nests.yaml", 4, 3),
        (resolver, "resolver.yaml", LINE, 3),  # a nested template stands for those that nest it
        (resolver, "resolver.yaml", LINE, 3),
    ]
    messages = [message for *_, message in told.matches]
    assert "the template gone.yaml of stack Gone is not found" in messages[0]
    assert messages[1].endswith("(nests.yaml:5:70)")
    assert "1 finding hangs on values that are not known; sglint check --maybe maybe.yaml" in messages[2]
    assert messages[3].startswith("One.Inbound: ") and messages[3].endswith(f"(resolver.yaml:{LINE}:3)")
    assert "to leave them untracked, add to Two.Group: ingress" in messages[6]
    told = cfn_lint("maybe.yaml", "--parameters", "Peers=10.1.0.0/16", cwd=tmp_path)
    assert told.places == [(resolver, "maybe.yaml", LINE + 2, 3)]


def test_a_wrong_configuration_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + RESOLVER, encoding="utf-8")
    (tmp_path / "sglint.toml").write_text("[cloudformatio]\n", encoding="utf-8")
    told = cfn_lint("t.yaml", cwd=tmp_path)
    assert told.places == [(UNUSABLE, "t.yaml", 1, 1)]
    assert "sglint.toml:1: there is no key cloudformatio; did you mean cloudformation" in told.matches[0][4]
    assert told.code & 2
