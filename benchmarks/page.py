"""
Measures the page of `sglint report` in a browser: bytes, and milliseconds until it is open and until a filter has answered.

The page is about as many interfaces as it is told, each with security groups and a finding of its own, and each round opens it
anew. Needs Chromium, as the tests of the page do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from sglint.output.html import render
from tests.output.browser import Browser, browser, chromium
from tests.output.test_html import many

FILTER = """new Promise((done) => {
  const start = performance.now();
  const shown = document.querySelector("#finding-count");
  const answered = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  new MutationObserver(answered).observe(shown, {childList: true});
  const filter = document.querySelector("#finding-filters [name=text]");
  filter.value = "app9";
  filter.dispatchEvent(new Event("input", {bubbles: true}));
})"""


def measured(chrome: Browser, page: Path) -> tuple[float, float]:
    """
    Return how many milliseconds it takes until the page is open, and until its findings are filtered.
    """
    chrome.open(page)
    return chrome.run("performance.getEntriesByType('navigation')[0].loadEventEnd"), chrome.run(FILTER)


def main() -> None:
    """
    Print a line for each number of interfaces.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("interfaces", type=int, nargs="*", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    program = chromium()
    if program is None:
        sys.exit("there is no Chromium; tests/output/get-browser puts it there")
    print("| interfaces | kB | ms to open | ms to filter |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, browser(program, Path(folder) / "profile") as chrome:
        page = Path(folder) / "report.html"
        for number in options.interfaces:
            told, net = many(number)
            page.write_text(render(told, (net,), version="1"), encoding="utf-8")
            rounds = [measured(chrome, page) for _ in range(options.rounds)]
            opened, filtered = (statistics.median(times) for times in zip(*rounds, strict=True))
            print(f"| {number:,} | {page.stat().st_size / 1000:,.0f} | {opened:,.0f} | {filtered:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
