"""
Evaluates root modules with tfparse, in whose environment it runs: `python evaluate.py ROOT...`. Nothing is downloaded.
"""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    for root in sys.argv[1:]:
        importlib.import_module("tfparse").load_from_path(root)
