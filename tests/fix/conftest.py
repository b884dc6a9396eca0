"""
What all tests of fixes start from.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fix.places import Place, place_in


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """
    Return an empty git work tree, in which everything is run.
    """
    return place_in(tmp_path, monkeypatch)
