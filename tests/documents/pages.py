"""
The generated pages of docs/, by their paths.
"""

from __future__ import annotations

from pathlib import Path

from tests.command import REPOSITORY
from tests.documents import resources, rules

DOCS = REPOSITORY / "docs"


def generated() -> dict[Path, str]:
    """
    Return every generated page.
    """
    return {DOCS / "resources.md": resources.text(), **{DOCS / "rules" / name: text for name, text in rules.pages().items()}}


def stale() -> list[Path]:
    """
    Return the pages of rules that there are no more.
    """
    return sorted(set((DOCS / "rules").glob("*")) - set(generated()))


def written(path: Path) -> str | None:
    """
    Return what the page says now, None where it is not there.
    """
    return path.read_text(encoding="utf-8") if path.is_file() else None
