"""
Writes the generated pages of docs/: run as `python -m tests.documents`.
"""

from __future__ import annotations

from tests.documents.pages import generated, stale, written

if __name__ == "__main__":
    for path in stale():
        path.unlink()
    for path, text in generated().items():
        path.parent.mkdir(exist_ok=True)
        if written(path) != text:
            path.write_text(text, encoding="utf-8", newline="\n")
