"""
Whole modules and templates made at random: most of what they say means something, and some of it is wrong.
"""
