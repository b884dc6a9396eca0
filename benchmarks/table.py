"""
Measures sglint where it is used, and prints the table of docs/performance.md: start-up, one changed file, one root module,
repositories and templates given on the command line, estates that grow.

`python benchmarks/run.py table DIRECTORY... --estate 1000 10000` measures each with sglint, and with whom else can look at it:
checkov; tfparse, which evaluates the same root modules and judges nothing; cfn-lint for templates; and the floor, which is the
bare parse. CPU seconds are those of whole processes, but for the floor. sglint's are the median of the rounds, where one does
not take long; all others run once. Each ratio is to sglint's CPU seconds, and that of the floor is how often they contain it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost import CFN_LINT, CHECKOV, TFPARSE, BrokenOffError, Cost, measured, median, peer
from benchmarks.floor import templates
from benchmarks.shapes import FILES, generate, generate_estate, generate_growth

SGLINT = (sys.executable, "-m", "sglint")
CHECK = (*SGLINT, "check", "--fail-on", "never", "--jobs", "1")
COLD = (*CHECK, "--no-cache")
QUIET = ("--compact", "--quiet", "--skip-download")
LINTS = tuple(range(0, 16, 2))
"""
How cfn-lint ends: a bit for each of errors, warnings and what else it says.
"""
ROOTS = "import json, sys, sglint; print(json.dumps(sglint.lint([sys.argv[1]]).roots))"
MOST = 5_000
"""
Of how many interfaces an estate is given to checkov.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """
    What one thing costs sglint, and whom else.
    """

    name: str
    ours: Cost
    checkov: float | None = None
    tfparse: float | None = None
    cfn_lint: float | None = None
    floor: float | None = None
    note: str = ""

    def shown(self) -> str:
        """
        Return the row as a line of a table.
        """
        cells = [self.name, f"{self.ours.seconds:.2f}", f"{self.ours.megabytes:.0f}"]
        for other in (self.checkov, self.tfparse, self.cfn_lint):
            cells += [digits(other), digits(other and other / self.ours.seconds)]
        return (
            f"| {' | '.join([*cells, digits(self.floor), digits(self.floor and self.ours.seconds / self.floor), self.note])} |"
        )


HEAD = "| | sglint, CPU s | MB | checkov | ratio | tfparse | ratio | cfn-lint | ratio | floor | ratio | |"


def digits(number: float | None) -> str:
    """
    Return two significant digits or three, nothing for nothing.
    """
    if number is None:
        return ""
    return f"{number:.0f}" if number >= 20 else f"{number:.1f}" if number >= 1 else f"{number:.2g}"


@dataclass(frozen=True, slots=True)
class Bench:
    """
    How to measure: how many rounds, with others or without, and where files may be written.
    """

    rounds: int
    peers: bool
    scratch: Path

    def ours(self, *arguments: str | Path) -> Cost:
        """
        Return what sglint costs.
        """
        return median(lambda: measured([*COLD, *arguments]), self.rounds)

    def checkov(self, *arguments: str | Path) -> float | None:
        """
        Return the CPU seconds of checkov; None where it breaks off, which is said on standard error.
        """
        try:
            return measured([peer(CHECKOV) / "checkov", *arguments], (0, 1)).seconds if self.peers else None
        except BrokenOffError as error:
            print(f"after {error.seconds:.1f} CPU s: {error}", file=sys.stderr, flush=True)
            return None

    def tfparse(self, top: Path) -> float | None:
        """
        Return the CPU seconds of tfparse on all root modules that sglint finds.
        """
        if not self.peers:
            return None
        said = self.scratch / "roots.json"
        measured([sys.executable, "-c", ROOTS, top], into=said)
        roots = [root for root in json.loads(said.read_text(encoding="utf-8")) if Path(root).is_dir()]
        return measured([peer(TFPARSE) / "python", Path(__file__).with_name("evaluate.py"), *roots]).seconds if roots else None

    def cfn_lint(self, top: Path) -> float | None:
        """
        Return the CPU seconds of cfn-lint on all templates.
        """
        return measured([peer(CFN_LINT) / "cfn-lint", "--", *templates(top)], LINTS).seconds if self.peers else None

    def folder(self, name: str, top: Path, *, peers: bool = True) -> Row:
        """
        Return what the files below a folder cost.
        """
        said = self.scratch / "floor.json"
        measured([sys.executable, Path(__file__).with_name("floor.py"), top], into=said)
        least = json.loads(said.read_text(encoding="utf-8"))
        kind = "terraform" if least["files"] >= least["templates"] else "cloudformation"
        many = f"{least['files']:,} .tf" if kind == "terraform" else f"{least['templates']:,} templates"
        return Row(
            f"{name}: {many}, {least['bytes'] / 1e6:.2g} MB",
            self.ours(top),
            self.checkov("-d", top, "--framework", kind, *QUIET) if peers else None,
            self.tfparse(top) if peers and kind == "terraform" else None,
            self.cfn_lint(top) if kind == "cloudformation" else None,
            least["parsing"],
        )


def hook(bench: Bench) -> Iterator[Row]:
    """
    Yield what a hook costs in a repository of 200 files: start-up, and one changed file, whose root module has ten.
    """
    top = bench.scratch / "repository"
    generate_estate(top, 400)
    terraform = ("--framework", "terraform", *QUIET)
    changed = top / "root_00003" / "network_004.tf"
    yield Row("start-up, `--help`", median(lambda: measured([*SGLINT, "--help"]), bench.rounds), bench.checkov("--help"))
    yield Row("one changed file of 200", bench.ours(changed), bench.checkov("-f", changed, *terraform))
    yield Row("one changed file of 200, cached", median(lambda: cached(bench, top, changed, changed), bench.rounds))
    yield Row("all 200, one of them changed, cached", median(lambda: cached(bench, top, changed, top), bench.rounds))
    yield Row("all 200, none of them changed, cached", median(lambda: cached(bench, top, None, top), bench.rounds))
    yield bench.folder("all of them", top)


def cached(bench: Bench, top: Path, changed: Path | None, looked: Path) -> Cost:
    """
    Return what sglint costs after a file changed, or none did, when all was looked at before.
    """
    cache = bench.scratch / "cache"
    measured([*CHECK, top], XDG_CACHE_HOME=cache)
    if changed is not None:
        changed.write_text(f"{changed.read_text(encoding='utf-8')}# changed\n", encoding="utf-8")
    return measured([*CHECK, looked], XDG_CACHE_HOME=cache)


def roots(bench: Bench) -> Iterator[Row]:
    """
    Yield what one root module costs: a small one, one five times as large, and one of 10,000 resources.
    """
    for files in (FILES, FILES * 5):
        top = bench.scratch / f"root-{files}"
        generate(top, files)
        yield bench.folder("one root", top)
    large = bench.scratch / "large"
    generate_growth(large, 10_000)
    yield bench.folder("one root of 10,000 resources", large)


def estates(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """
    Yield what estates cost, and with which power of their size that grows.
    """
    idle = measured([*SGLINT, "--help"]).seconds
    before: tuple[int, float] | None = None
    for size in sizes:
        top = bench.scratch / f"estate-{size}"
        generate_estate(top, size)
        row = bench.folder(f"estate of {size:,} interfaces", top, peers=size <= MOST)
        more = row.ours.seconds - idle
        note = f"power {math.log(more / before[1]) / math.log(size / before[0]):.2f}" if before else ""
        yield Row(row.name, row.ours, row.checkov, row.tfparse, None, row.floor, note)
        before = size, more


def repositories(bench: Bench, directories: Sequence[Path]) -> Iterator[Row]:
    """
    Yield what repositories cost; a plus in the name of a folder stands for a slash.
    """
    for directory in directories:
        yield bench.folder(directory.name.replace("+", "/"), directory.resolve())


def main() -> None:
    """
    Measure what is asked for, and print it.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="*", type=Path)
    parser.add_argument("--estate", nargs="*", type=int, default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(options.rounds, not options.without_peers, Path(scratch).resolve())
        print(f"{HEAD}\n|---|{'---|' * (HEAD.count('|') - 2)}")
        for rows in (hook(bench), roots(bench), repositories(bench, options.directories), estates(bench, options.estate)):
            for row in rows:
                print(row.shown(), flush=True)


if __name__ == "__main__":
    main()
