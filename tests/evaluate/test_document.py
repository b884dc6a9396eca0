"""
The page that tells users what is evaluated.
"""

from __future__ import annotations

from tests.evaluate.document import DOCUMENT, text


def test_the_page_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == text(), "run python -m tests.evaluate.document"
