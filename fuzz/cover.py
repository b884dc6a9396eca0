"""
Runs one target by coverage, with atheris: `python -m fuzz.cover module --corpus DIR -- -max_total_time=600`.

What is after `--` goes to libFuzzer. A failure is written to --found and the run goes on; a crash of the interpreter, and what
its limits of memory end, are written by libFuzzer where -artifact_prefix says. Needs requirements/fuzz.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random

import atheris

import sglint

with atheris.instrument_imports(include=["sglint"]):  # what is imported later, too: nothing else is imported within functions
    for _one in walk_packages(sglint.__path__, "sglint."):
        if _one.name not in {"sglint.__main__", "sglint.cfn_lint"}:
            with suppress(ImportError):  # of an extra that is not installed
                import_module(_one.name)
    from fuzz.targets import BY_NAME

from fuzz.mutate import mutated
from fuzz.target import Target
from fuzz.watch import failure, keep


def sown(target: Target, folder: Path) -> list[bytes]:
    """
    Write the seeds to the corpus, and return them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seeds = list(target.seeds())
    for data in seeds:
        (folder / hashlib.sha256(data).hexdigest()[:24]).write_bytes(data)
    return seeds


def main() -> None:
    """
    Fuzz until libFuzzer says that it is over.
    """
    parser = argparse.ArgumentParser(prog="python -m fuzz.cover", description=__doc__)
    parser.add_argument("target", choices=BY_NAME)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    mine = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    given = parser.parse_args(mine)
    target, found = BY_NAME[given.target], given.found.absolute()
    seeds = sown(target, given.corpus)
    words = [word.encode() for word in target.words]

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        chance = random.random()
        if chance < 0.35:
            return bytes(atheris.Mutate(data, most))
        if chance < 0.45 and target.make is not None:
            return target.make(random)[:most]
        return mutated(random, data, seeds, words)[:most]

    def one(data: bytes) -> None:
        wrong = failure(target, data)
        if wrong is not None and (path := keep(wrong, data, found, target.name)):
            print(f"FOUND {wrong.line} in {path}", flush=True)

    more = sys.argv[len(mine) + 2 :]
    atheris.Setup([sys.argv[0], str(given.corpus.absolute()), *more], one, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
