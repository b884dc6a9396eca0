"""
The connection table: how many entries some traffic takes, what happens when they run out, and what untracking it saves.

This imports nothing, so that the types of answers (`sglint.simulator.projection`) can be named without loading NumPy;
`sglint.simulator.exports` has all that others need.
"""
