"""
What all tests share: texts that are compared with a recorded one, and recorded anew with `pytest --accept`.

What sglint remembers of its runs is not that of who runs the tests, in this process and in all that it starts. It is nothing,
unless a test gives it a folder: else the second of two runs that are compared would say what the first has said.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A law is true on a busy machine too, and is tried with the same examples in each run; `thorough` looks for others.
settings.register_profile("laws", deadline=None, derandomize=True)
settings.register_profile("thorough", deadline=None, derandomize=False, max_examples=4000)
settings.load_profile("laws")

# Tests that run in the background start with ctrl-c and the end of the terminal ignored; those that interrupt want it heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

Accept = Callable[[str, str], None]


def pytest_configure(config: pytest.Config) -> None:
    """
    Give the tests a folder of their own for what programs remember, in which sglint finds a file where its folder would be.
    """
    folder = tempfile.TemporaryDirectory(prefix="sglint-tests-")
    os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = folder.name
    (Path(folder.name) / "sglint").touch()
    config.add_cleanup(folder.cleanup)


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Add the option that records texts anew.
    """
    parser.addoption("--accept", action="store_true", help="record anew what differs from its expected file")


@pytest.fixture
def expect(request: pytest.FixtureRequest) -> Accept:
    """
    Compare a text with the file `expected/NAME` beside the test.
    """

    def compare(name: str, text: str) -> None:
        path = Path(str(request.node.path)).parent / "expected" / name
        if request.config.getoption("--accept"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{path} is not recorded; run pytest --accept and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare
