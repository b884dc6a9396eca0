"""
What runs sglint elsewhere: the GitHub action and the job for GitLab, whose scripts are taken out of their files and run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from junitparser import JUnitXml

from sglint.output.markdown import MARKER
from tests.command import REPOSITORY, STACKS
from tests.output.test_github import understood
from tests.output.test_gitlab import SCHEMA
from tests.stored import GITHUB_ACTION, GITHUB_WORKFLOW, GITLAB_CI, SARIF, stored

ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((REPOSITORY / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
PRELUDE = f"import sys\nsys.path.insert(0, {str(REPOSITORY)!r})\nfrom sglint.cli import main\nmain(prog_name='sglint')\n"
GH = """
import json, os, pathlib, sys
file = pathlib.Path(os.environ["COMMENTS"])
comments, arguments = json.loads(file.read_text()), sys.argv[1:]
assert os.environ["GH_TOKEN"] == "secret" and os.environ["GH_REPO"] == "octo/net"
if os.environ.get("FORBIDDEN"):
    sys.exit("HTTP 403: Resource not accessible by integration")
if arguments[:2] == ["pr", "view"]:
    assert arguments[2:5] == ["7", "--json", "comments"]
    pathlib.Path(os.environ["COMMENTS"] + ".jq").write_text(arguments[6])
    ours = [one["id"] for one in comments if one["viewerDidAuthor"] and one["body"].startswith("<!-- sglint:")]
    print(ours[0] if ours else "")
elif arguments[:2] == ["pr", "comment"]:
    assert arguments[2:4] == ["7", "--body-file"]
    body = pathlib.Path(arguments[4]).read_text()
    comments.append({"id": f"IC_{len(comments)}", "viewerDidAuthor": True, "body": body})
else:
    assert arguments[:2] == ["api", "graphql"]
    given = dict(one.split("=", 1) for one in arguments if "=" in one)
    (one,) = (one for one in comments if one["id"] == given["id"])
    assert "updateIssueComment" in given["query"] and given["body"].startswith("@")
    one["body"] = pathlib.Path(given["body"][1:]).read_text()
file.write_text(json.dumps(comments))
"""


def program(path: Path, text: str) -> None:
    """
    Write a program in Python that is found by its name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
    path.chmod(0o755)


@dataclass
class Runner:
    """
    A machine that runs the steps of the action: its folders, what the steps may refer to, and what they wrote.
    """

    home: Path
    contexts: dict[str, str]
    log: str = ""
    codes: dict[str, int] = field(default_factory=dict)
    used: list[Mapping[str, Any]] = field(default_factory=list)

    def value(self, text: str) -> str:
        """
        Return the text with each expression in it replaced; what is not there is empty, as on GitHub.
        """
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: self.contexts.get(match[1], ""), text)

    def holds(self, condition: str) -> bool:
        """
        Return whether the condition of a step holds: comparisons of contexts with texts, joined by `&&`.
        """
        parts = [re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part) for part in condition.split(" && ")]
        assert all(parts), condition
        return all((self.contexts.get(part[1], "") == part[3]) == (part[2] == "==") for part in parts if part)

    def run(self, *skipped: str, **more: str) -> int:
        """
        Run the steps in order and return the code of the first that fails, 0 when none does.
        """
        for step in ACTION["runs"]["steps"]:
            if step["name"] in skipped or not self.holds(step.get("if", "inputs.none == ''")):
                continue
            if "uses" in step:
                self.used.append({**step, "with": {name: self.value(one) for name, one in step["with"].items()}})
                continue
            code = self.step(step, more)
            if code:
                return code
        return 0

    def step(self, step: Mapping[str, Any], more: Mapping[str, str]) -> int:
        """
        Run the script of a step as GitHub does, and take over its outputs.
        """
        assert step["shell"] == "bash"
        outputs = self.home / "outputs"
        outputs.write_text("")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "INPUT_"))}
        environment = {
            **kept,
            **{name: self.value(str(one)) for name, one in step.get("env", {}).items()},
            "RUNNER_TEMP": str(self.home / "temp"),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            "COMMENTS": str(self.home / "comments.json"),
            "PATH": f"{self.home / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            **more,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=self.home / "work", env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        self.log += done.stdout + done.stderr
        self.codes[step["name"]] = done.returncode
        for line in outputs.read_text().splitlines():
            name, _, value = line.partition("=")
            self.contexts[f"steps.{step.get('id')}.outputs.{name}"] = value
        return done.returncode

    @property
    def comments(self) -> list[dict[str, Any]]:
        """
        The comments on the pull request.
        """
        found: list[dict[str, Any]] = json.loads((self.home / "comments.json").read_text())
        return found

    @property
    def summary(self) -> str:
        """
        The summary of the job.
        """
        return (self.home / "summary").read_text()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """
    A machine with a checked-out repository, for pull request 7, with sglint installed and `gh` in its place.
    """
    shutil.copytree(STACKS / "inspection-hub", tmp_path / "work" / "net work", ignore=shutil.ignore_patterns("*.yaml"))
    shutil.copytree(STACKS / "clean", tmp_path / "work" / "clean")
    program(tmp_path / "bin" / "gh", GH)
    program(tmp_path / "temp" / "sglint" / "bin" / "sglint", PRELUDE)
    (tmp_path / "summary").write_text("")
    strangers = {"id": "IC_0", "viewerDidAuthor": False, "body": f"{MARKER}\nI am not sglint"}
    (tmp_path / "comments.json").write_text(json.dumps([strangers]))
    inputs = {f"inputs.{name}": one["default"] for name, one in ACTION["inputs"].items()}
    contexts = {"github.repository": "octo/net", "github.event.pull_request.number": "7", "github.action_path": str(REPOSITORY)}
    return Runner(tmp_path, {**inputs, **contexts, "inputs.token": "secret"})


def test_the_files_are_as_their_schemas_have_them() -> None:
    jsonschema.Draft7Validator(stored(GITHUB_ACTION)).validate(ACTION)
    jsonschema.Draft7Validator(stored(GITLAB_CI)).validate(GITLAB)


def test_the_page_on_ci_names_what_there_is() -> None:
    text = (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8")
    workflow, gitlab_ci, hooks = (
        yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    )
    workflow["on"] = workflow.pop(True)  # what YAML 1.1 makes of on
    jsonschema.Draft7Validator(stored(GITHUB_WORKFLOW)).validate(workflow)
    steps = workflow["jobs"]["sglint"]["steps"]
    assert steps[-1]["with"].keys() <= ACTION["inputs"].keys()
    jsonschema.Draft7Validator(stored(GITLAB_CI)).validate(gitlab_ci)
    assert gitlab_ci["include"][0]["remote"].endswith("/ci/gitlab.yml")
    assert gitlab_ci["variables"].keys() <= {*GITLAB["sglint"]["variables"], "SGLINT_PACKAGE"}
    there = {hook["id"] for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for hook in hooks["repos"][0]["hooks"]} == there


def test_no_script_has_an_expression_in_it() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert scripts and not any("${{" in script for script in scripts)


def test_findings_are_uploaded_commented_on_and_shown_and_fail_the_job_at_the_end(runner: Runner) -> None:
    assert runner.run("Install sglint") == 1
    assert runner.codes == {"Check": 0, "Comment on the pull request": 0, "Result": 1}
    upload = runner.used[-1]
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    log = json.loads(Path(upload["with"]["sarif_file"]).read_text())
    jsonschema.Draft7Validator(stored(SARIF)).validate(log)
    assert log["runs"][0]["results"]
    stranger, ours = runner.comments
    assert stranger["body"].endswith("I am not sglint")
    assert ours["body"].startswith(MARKER) and ours["body"] == runner.summary
    assert "**sglint: found 1 warning; 2 of 4 interfaces" in ours["body"]
    assert [one.name for one in map(understood, runner.log.splitlines()) if one and one.name == "warning"] == ["warning"]


def test_a_second_run_updates_the_comment(runner: Runner) -> None:
    runner.run("Install sglint")
    runner.contexts["inputs.paths"] = "clean\n"
    assert runner.run("Install sglint") == 0
    assert len(runner.comments) == 2
    assert "**sglint: found nothing" in runner.comments[1]["body"]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_comment_is_found_by_who_wrote_it_and_its_first_line(runner: Runner) -> None:
    runner.run("Install sglint")
    asked = (runner.home / "comments.json.jq").read_text()

    def found(*comments: Mapping[str, object]) -> str:
        text = json.dumps({"comments": comments})
        return subprocess.run(["jq", "-r", asked], input=text, capture_output=True, text=True, check=True).stdout

    stranger, ours = runner.comments
    assert found(stranger, ours) == "IC_1\n"
    assert found(stranger, {**ours, "body": f"see {MARKER}"}) == ""


def test_a_token_that_may_not_comment_is_a_warning(runner: Runner) -> None:
    runner.contexts["inputs.paths"] = "clean"
    assert runner.run("Install sglint", FORBIDDEN="yes") == 0
    assert "::warning title=sglint::the comments of the pull request cannot be read" in runner.log
    assert "found nothing" in runner.summary


def test_there_is_no_comment_where_there_is_no_pull_request_or_none_is_wanted(runner: Runner) -> None:
    runner.contexts |= {"inputs.comment": "false", "inputs.sarif": "false", "inputs.annotations": "false"}
    assert runner.run("Install sglint") == 1
    assert len(runner.comments) == 1 and len(runner.used) == 1
    assert not [one for one in map(understood, runner.log.splitlines()) if one and one.name == "warning"]
    runner.contexts |= {"inputs.comment": "true", "github.event.pull_request.number": ""}
    assert runner.run("Install sglint") == 1
    assert len(runner.comments) == 1


def test_inputs_are_options_and_paths_and_no_commands(runner: Runner) -> None:
    runner.contexts |= {
        "inputs.paths": "net work\n\nclean\n",
        "inputs.args": "--maybe   --color never",
        "inputs.fail-on": "never",
    }
    assert runner.run("Install sglint") == 0
    assert "looked at 2 root modules" in runner.summary
    for name, value in (("paths", '$(touch bad); "`touch bad`'), ("args", "; touch bad"), ("fail-on", "$(touch bad)")):
        before = runner.contexts[f"inputs.{name}"]
        runner.contexts[f"inputs.{name}"] = value
        assert runner.run("Install sglint") == 2
        runner.contexts[f"inputs.{name}"] = before
    assert not (runner.home / "work" / "bad").exists()


def test_a_pull_request_answers_for_what_it_brings(runner: Runner) -> None:
    work, change = runner.home / "work", runner.home / "work" / "net work" / "main.tf"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "state"]):
        subprocess.run([*git, *arguments], cwd=work, check=True)
    change.write_text(f"# nothing new\n{change.read_text(encoding='utf-8')}", encoding="utf-8")
    runner.contexts["inputs.args"] = "--diff main"
    assert runner.run("Install sglint") == 0, runner.log
    assert "found nothing new since main" in runner.summary and "1 finding unchanged since main" in runner.summary


def test_a_wrong_option_ends_with_its_message_and_nothing_is_uploaded(runner: Runner) -> None:
    runner.contexts["inputs.args"] = "--no-such-option"
    assert runner.run("Install sglint") == 2
    assert "No such option" in runner.log and "--no-such-option" in runner.log
    assert len(runner.used) == 1 and len(runner.comments) == 1


def test_the_log_has_no_command_of_a_checked_file(runner: Runner) -> None:
    main = runner.home / "work" / "net work" / "main.tf"
    text = main.read_text(encoding="utf-8")
    assert text.count("[var.hub_cidr]") == 2
    main.write_text(text.replace("[var.hub_cidr]", "[var.hub_cidr] # ##[add-matcher]bad.json"), encoding="utf-8")
    runner.run("Install sglint")
    stopped, seen = "", []
    for line in runner.log.splitlines():
        one = understood(line)
        if stopped and line == f"::{stopped}::":
            stopped = ""
        elif not stopped and one and one.name == "stop-commands":
            stopped = one.text
            assert len(stopped) == 32
        elif not stopped and "##[" in line:
            seen.append(line)
    assert "##[add-matcher]" in runner.log and not stopped
    assert all(understood(line) for line in seen)


def test_it_installs_from_its_own_folder(runner: Runner) -> None:
    shutil.rmtree(runner.home / "temp" / "sglint")
    (runner.home / "temp").mkdir(exist_ok=True)
    runner.contexts["inputs.paths"] = "clean"
    here = {"PYTHONPATH": sysconfig.get_paths()["purelib"], "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    assert runner.run(**here) == 0, runner.log
    installed = runner.home / "temp" / "sglint" / "lib"
    assert list(installed.glob("*/site-packages/sglint/_rules/tracked_forwarder.py"))


def gitlab(directory: Path, **variables: str) -> tuple[int, str]:
    """
    Run the script of the job as GitLab does, one line after the other, and return its code and its log.
    """
    job = GITLAB["sglint"]
    program(directory / "bin" / "sglint", PRELUDE)
    program(directory / "bin" / "python", "import sys\nprint('asked:', *sys.argv[1:])\n")
    environment = {
        **os.environ,
        **job["variables"],
        **variables,
        "PATH": f"{directory / 'bin'}:{os.environ['PATH']}",
    }
    script = "\n".join(["set -eo pipefail", *job["script"]])
    done = subprocess.run(
        ["bash", "-c", script], cwd=directory, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_job_for_gitlab_writes_what_it_says_are_its_reports(tmp_path: Path) -> None:
    shutil.copytree(STACKS / "inspection-hub", tmp_path / "net")
    shutil.copytree(STACKS / "clean", tmp_path / "clean")
    code, log = gitlab(tmp_path, SGLINT_PACKAGE="sglint==0.1.0", SGLINT_PATHS="net clean", SGLINT_ARGS="--ignore split-cidr")
    assert code == 1, log
    assert "asked: -m pip install --quiet sglint==0.1.0" in log and "looked at 2 root modules" in log
    reports = GITLAB["sglint"]["artifacts"]["reports"]
    quality = json.loads((tmp_path / reports["codequality"]).read_text())
    jsonschema.Draft7Validator(SCHEMA).validate(quality)
    assert {one["location"]["path"] for one in quality} == {"net/main.tf", "net/template.yaml"}
    tests: Any = JUnitXml.fromfile(str(tmp_path / reports["junit"]))
    assert (tests.failures, tests.errors) == (3, 0)
    assert gitlab(tmp_path, SGLINT_PACKAGE="x", SGLINT_PATHS="clean")[0] == 0


def test_the_job_for_gitlab_asks_for_the_package(tmp_path: Path) -> None:
    code, log = gitlab(tmp_path)
    assert code != 0 and "say in SGLINT_PACKAGE what pip is to install" in log
