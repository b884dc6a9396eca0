"""
The report for the one who decides: one page that needs nothing but a browser.
"""

from sglint.output.html.chart import charts
from sglint.output.html.name import node_id
from sglint.output.html.page import Pictures, render, with_fixes
from sglint.output.html.topology import topology

__all__ = ["Pictures", "charts", "node_id", "render", "topology", "with_fixes"]
