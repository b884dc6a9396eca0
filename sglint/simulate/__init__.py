"""
The connection table: how many entries some traffic takes, and what happens when they run out.
"""
