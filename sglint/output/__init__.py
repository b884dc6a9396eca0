"""
What a run has to say, in the formats that people and tools read; each is one function from a report to text.
"""
