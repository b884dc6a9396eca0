"""
The licences of what sglint builds on: `python -m tests.licences` lists them, with all extras that are installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, distribution

from tests.command import REPOSITORY

PERMISSIVE = frozenset(
    """
    0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python ISC LLVM-exception
    MIT MIT-0 MPL-2.0 PSF-2.0 Unlicense Zlib
    """.split()
)
"""What may be used by a program under Apache-2.0 and given away beside it."""
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, order=True)
class Licence:
    """
    A package that is installed, and its licence, "" where it says none that is known.
    """

    name: str
    version: str
    licence: str


def licences() -> list[Licence]:
    """
    Return the licences of all packages that sglint requires, directly or not; what is not installed is left out.
    """
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    found: dict[str, Licence] = {}
    while waiting:
        match = _NAME.match(waiting.pop())
        name = match[0].lower().replace("_", "-") if match else ""
        if name in found:
            continue
        try:
            there = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = Licence(name, there.version, _said(there.metadata))
        waiting += [line for line in there.requires or () if "extra ==" not in line]
    return sorted(found.values())


def _said(metadata: PackageMetadata) -> str:
    """Return what a package says in any of the three places that there have been for it."""
    classifiers = metadata.get_all("Classifier") or []
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: OSI Approved :: ")]
    listed = " AND ".join(sorted({_CLASSIFIERS.get(name, name) for name in names}))
    (expression,) = metadata.get_all("License-Expression") or [""]
    (words,) = metadata.get_all("License") or [""]
    return expression or listed or words


def permissive(licence: str) -> bool:
    """
    Return whether each part of a licence may be used.

    >>> permissive("BSD-3-Clause AND MIT"), permissive("MIT AND GPL-2.0-only")
    (True, False)
    """
    parts = re.split(r" (?:AND|OR|WITH) ", licence.replace("(", "").replace(")", ""))
    return all(part in PERMISSIVE for part in parts)


if __name__ == "__main__":
    for one in licences():
        sys.stdout.write(f"{one.name:20} {one.version:14} {one.licence or 'says none'}\n")
