"""
The hooks, run by the real pre-commit in a repository of its own.

pre-commit builds the hooks' environment with pip. So that this needs no index, that environment sees the libraries of the
one which runs the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import REPOSITORY, STACKS

SHIPPED = ["sglint", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"]


def run(*command: str | Path, cwd: Path, cache: Path, code: int = 0) -> str:
    """
    Run a command and return what it wrote; it must end with this code.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {
        "PRE_COMMIT_HOME": str(cache),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "NO_COLOR": "1",
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as "no" to isolation
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def commit_everything(directory: Path, cache: Path) -> None:
    """
    Make the directory a git repository with one commit of all that is in it, without running its hooks.
    """
    run("git", "init", "--quiet", cwd=directory, cache=cache)
    run("git", "add", "--all", cwd=directory, cache=cache)
    run("git", "commit", "--quiet", "--no-verify", "--message", "state", cwd=directory, cache=cache)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """
    Where pre-commit keeps the environments, away from the user's own.
    """
    directory = tmp_path_factory.mktemp("pre-commit")
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """
    A git repository with the project as it lies in the working tree, to install the hook from.
    """
    directory = tmp_path_factory.mktemp("sglint")
    for name in SHIPPED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, directory / name)
    commit_everything(directory, cache)
    return directory


@pytest.fixture
def user(tmp_path: Path, hooks: Path, cache: Path) -> Path:
    """
    A user's repository: a root module in which everything is open, its range in variables.tf, and the hook installed.
    """
    directory = tmp_path / "user"
    directory.mkdir()
    text = (STACKS / "clean" / "main.tf").read_text(encoding="utf-8").replace('["0.0.0.0/0"]', "[var.peers]")
    (directory / "main.tf").write_text(text, encoding="utf-8")
    (directory / "variables.tf").write_text('variable "peers" {\n  default = "0.0.0.0/0"\n}\n', encoding="utf-8")
    revision = run("git", "rev-parse", "HEAD", cwd=hooks, cache=cache).strip()
    (directory / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: sglint\n  - id: sglint-report\n", encoding="utf-8"
    )
    commit_everything(directory, cache)
    run(sys.executable, "-m", "pre_commit", "install", cwd=directory, cache=cache)
    return directory


def test_a_commit_passes_fails_and_passes_again_with_what_it_changes(user: Path, cache: Path) -> None:
    main, variables = user / "main.tf", user / "variables.tf"

    def commit(message: str, code: int = 0) -> str:
        return run("git", "commit", "--all", "--message", message, cwd=user, cache=cache, code=code)

    main.write_text(main.read_text() + '\noutput "vpc" {\n  value = aws_vpc.hub.id\n}\n')
    assert commit("change that harms nothing").count("Passed") == 2
    assert "tracked-forwarder" not in (user / "sglint-report.html").read_text(encoding="utf-8")

    # the file named to the hook is variables.tf alone, and what it breaks stands in main.tf
    variables.write_text(variables.read_text().replace("0.0.0.0/0", "10.0.0.0/8"))
    said = commit("narrow the peers", code=1)
    assert "tracked-forwarder" in said
    assert "main.tf:" in said
    assert "tracked-forwarder" in (user / "sglint-report.html").read_text(encoding="utf-8")

    variables.write_text(variables.read_text().replace("10.0.0.0/8", "0.0.0.0/0").replace("{", "{\n  type    = string", 1))
    assert "Passed" in commit("say the type instead")

    template = (STACKS / "clean" / "template.yaml").read_text(encoding="utf-8")
    for name, text in (("network.template", template), ("nginx.conf.template", "server {}\n"), ("package.json", "{}\n")):
        (user / name).write_text(text, encoding="utf-8")
        run("git", "add", name, cwd=user, cache=cache)
        assert commit(f"add {name}").count("Passed") == 2

    (user / "notes.md").write_text("no Terraform here\n")
    run("git", "add", "notes.md", cwd=user, cache=cache)
    assert "Skipped" in commit("write a note")
