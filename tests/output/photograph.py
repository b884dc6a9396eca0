"""
Takes the picture of the README: `python -m tests.output.photograph` writes docs/report.png from the report of the example.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.command import REPOSITORY, STACKS, sglint
from tests.output.browser import browser, chromium


def main() -> None:
    """
    Write the picture.
    """
    program = chromium()
    if program is None:
        raise SystemExit("there is no Chromium here")
    with tempfile.TemporaryDirectory() as folder, browser(program, Path(folder) / "profile") as chrome:
        page = Path(folder) / "report.html"
        sglint("report", STACKS / "inspection-hub" / "main.tf", "-o", page)
        chrome.look(width=1100, height=1200, scale=0.7)
        chrome.open(page)
        (REPOSITORY / "docs" / "report.png").write_bytes(chrome.picture())


if __name__ == "__main__":
    main()
