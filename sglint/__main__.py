"""
`python -m sglint` is `sglint`.
"""

from sglint.cli import main

main(prog_name="sglint")
