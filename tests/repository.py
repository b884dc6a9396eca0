"""
A git repository for a test, made by git itself.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/nowhere")


@dataclass(frozen=True, slots=True)
class Repository:
    """
    A work tree with files that tests write and commit.
    """

    top: Path

    def git(self, *arguments: str) -> str:
        """
        Run git there, and fail where it does.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *AUTHOR, *arguments],
            cwd=self.top,
            env={**environment, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, files: dict[str, str]) -> None:
        """
        Write these files.
        """
        for path, text in files.items():
            (self.top / path).parent.mkdir(parents=True, exist_ok=True)
            (self.top / path).write_text(text, encoding="utf-8")

    def commit(self, files: dict[str, str] | None = None) -> None:
        """
        Write these files, and commit all there are.
        """
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a")


def repository(top: Path, files: dict[str, str] | None = None) -> Repository:
    """
    Return a new repository with these files in the first commit of its branch `main`.
    """
    top.mkdir(parents=True, exist_ok=True)
    made = Repository(top)
    made.git("init", "-q", "-b", "main", ".")
    if files is not None:
        made.commit(files)
    return made
