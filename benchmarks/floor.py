"""
What nobody gets under: reading the bytes of Terraform files, and the bare parse of tree-sitter; of templates, the events of
libyaml, or the values of JSON. None of it makes anything of what it reads.

`python benchmarks/floor.py DIRECTORY` prints JSON. It is a process of its own so that its memory is nobody else's.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

YAML = (".yaml", ".yml", ".template")


def files(directory: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    """
    Yield the files of these endings that are not in hidden directories.
    """
    for folder, below, names in os.walk(directory):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(endings))


def templates(directory: Path) -> list[Path]:
    """
    Return the files that look like templates.
    """
    found = []
    for path in files(directory, (*YAML, ".json")):
        text = path.read_bytes()
        if b"AWSTemplateFormatVersion" in text or b"AWS::" in text:
            found.append(path)
    return found


def parsers() -> tuple[Callable[[bytes], object], Callable[[bytes], object]]:
    """
    Return the parsers of Terraform and of templates.
    """
    sitter, yaml = importlib.import_module("tree_sitter"), importlib.import_module("yaml")
    parser = sitter.Parser(sitter.Language(importlib.import_module("tree_sitter_hcl").language()))

    def template(text: bytes) -> object:
        if text.lstrip().startswith(b"{"):
            return json.loads(text)
        return sum(1 for _ in yaml.parse(text, Loader=yaml.CLoader))

    return parser.parse, template


def main() -> None:
    """
    Measure, and print how many files and templates and bytes there are, and the CPU seconds of reading and parsing them.
    """
    directory = Path(sys.argv[1])
    terraform, forms = list(files(directory, (".tf",))), templates(directory)
    hcl, template = parsers()
    start = time.process_time()
    texts, others = [path.read_bytes() for path in terraform], [path.read_bytes() for path in forms]
    read = time.process_time()
    for text in texts:
        hcl(text)
    parsed = time.process_time()
    for text in others:
        try:
            template(text)
        except ValueError:
            continue
    end = time.process_time()
    print(
        json.dumps(
            {
                "files": len(texts),
                "templates": len(others),
                "bytes": sum(map(len, texts)) if len(texts) >= len(others) else sum(map(len, others)),
                "reading": read - start,
                "parsing": parsed - read if len(texts) >= len(others) else end - parsed,
            }
        )
    )


if __name__ == "__main__":
    main()
