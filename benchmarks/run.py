"""
Measures sglint: CPU seconds of whole processes, with all that they start, in one run on one machine.

`python benchmarks/run.py table` says what a run costs beside checkov, cfn-lint, tfparse and the floor, `growth` how that grows,
`decode` compares the readers of templates, `simulate` the simulator of connection tables, `flow_logs` the estimates from flow
logs, and `page` the report in a browser: each is in the file of its name, and says more with `--help`. What follows the name is
for that.

All need sglint in the environment of that Python, all but `table` and `growth` the development requirements, and `table` a
package index from which it installs what it compares with into environments of their own, once.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

WHAT = ("table", "growth", "decode", "simulate", "flow_logs", "page")


def main() -> None:
    """
    Run what is named.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    sys.path[0] = str(Path(__file__).parents[1])
    sys.argv[1:] = options.arguments
    runpy.run_module(f"benchmarks.{options.what}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
