"""
Text to syntax: one parser for each format, chosen by the name of the file.
"""
