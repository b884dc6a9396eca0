"""
Hostile input, made at random: for every format that sglint reads, by coverage (atheris), by mutation, and from a grammar.

`python -m fuzz --help` needs nothing more than the tests do; `python -m fuzz.cover` needs requirements/fuzz.txt.
"""
