"""
What a shell completes, and what is said for a report of a bug.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import REPOSITORY, sglint

PAGE = (REPOSITORY / "docs" / "configuration.md").read_text(encoding="utf-8")


def ask(instruction: str, *words: str) -> str:
    """Return what sglint tells a shell."""
    told = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)} if words else {}
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "_SGLINT_COMPLETE": instruction, **told}
    program = "from sglint.cli import main\nmain(prog_name='sglint')"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sglint", "che"), "plain,check"),
        (("sglint", "explain", "tracked-fo"), "plain,tracked-forwarder"),
        (("sglint", "check", "--select", "split"), "plain,split-cidr"),
        (("sglint", "check", "--select", "split-cidr,tracked-fo"), "plain,split-cidr,tracked-forwarder"),
        (("sglint", "check", "--fail-on", "w"), "plain,warning"),
        (("sglint", "check", "--ba"), "plain,--baseline"),
    ],
)
def test_commands_options_and_rules_are_completed(words: tuple[str, ...], told: str) -> None:
    assert ask("bash_complete", *words).split() == [told]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_what_the_documents_say_to_ask_for(shell: str) -> None:
    assert re.search(rf"_SGLINT_COMPLETE={shell}_source sglint", PAGE)
    said = ask(f"{shell}_source")
    assert f"_SGLINT_COMPLETE={shell}_complete" in said


def test_bash_completes_with_the_line_of_the_documents(tmp_path: Path) -> None:
    (line,) = re.findall(r"^(eval .*bash_source.*)$", PAGE, re.MULTILINE)
    program = f"#!{sys.executable}\nfrom sglint.cli import main\nmain(prog_name='sglint')\n"
    (tmp_path / "sglint").write_text(program, encoding="utf-8")
    (tmp_path / "sglint").chmod(0o755)
    script = f"{line}\nCOMP_WORDS=(sglint explain split) COMP_CWORD=2\n_sglint_completion sglint\necho ${{COMPREPLY[@]}}"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["split-cidr"], done.stderr


def test_the_version_for_a_report_of_a_bug() -> None:
    short, long = sglint("version").out, sglint("version", "--verbose").out
    assert long.startswith(short) and re.fullmatch(r"sglint \d+\.\d+\.\d+\S*\n", short)
    assert f"python {sys.version.split()[0]} " in long and "\nsystem " in long
    assert sglint("--version").out.split()[-1] == short.split()[1]
