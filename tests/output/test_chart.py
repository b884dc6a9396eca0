"""
The charts: what they draw is what the findings say, every value can be read, and names cannot act.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sglint.finding import Finding, Tracked
from sglint.model import Role
from sglint.output.html import charts
from sglint.output.html.chart import cases
from sglint.projected import projected
from sglint.space import Protocol
from tests.output.made import finding, report


def rows_of(text: str) -> dict[str, str]:
    """
    Return the rows of the tables in a page.
    """
    found = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', text)
    return dict(found)


def about(*instance_types: str, protocols: tuple[Protocol, ...] = (Protocol.TCP, Protocol.UDP)) -> Finding:
    """
    Return a finding about the flows of a firewall on such instances, with what they come to.
    """
    tracked = Tracked(Role.FORWARDER, protocols, instance_types)
    (found,) = projected([replace(finding(), tracked=(tracked,))])
    return found


def test_the_rate_of_the_chart_is_that_of_the_finding() -> None:
    one = about("m7i.xlarge")
    rows = rows_of(charts(report(one), None))
    (projection,) = one.projections
    assert rows["as it is"] == f"{projection.least:,.0f} to {projection.most:,.0f}"
    assert rows["groups opened both ways"] == "no limit by the table"
    assert rows["TCP idle timeout 432,000 s"] == rows["as it is"]


def test_shorter_timeouts_make_room_and_bursts_take_it() -> None:
    rows = rows_of(charts(report(about("m7i.xlarge")), None))
    least = {name: float(value.split(" to ")[0].replace(",", "")) for name, value in rows.items() if " to " in value}
    assert least["TCP idle timeout 350 s"] > least["as it is"] > least["16 times as bursty"]


def test_udp_alone_is_compared_by_its_own_timeout() -> None:
    names = rows_of(charts(report(about("m7i.xlarge", protocols=(Protocol.UDP,))), None))
    assert "UDP idle timeout 60 s" in names
    assert not [name for name in names if name.startswith("TCP")]


def test_each_kind_of_instance_is_drawn_once_and_the_first_to_be_full_is_first() -> None:
    told = report(about("m7i.4xlarge"), about("m7i.large", "m7i.xlarge"), about("m7i.xlarge"), about("m7i.2xlarge"))
    assert [one.instance_type for one in cases(told)] == ["m7i.large", "m7i.xlarge", "m7i.2xlarge", "m7i.4xlarge"]
    assert "2 more kinds of instances and traffic not drawn" in charts(told, None)


def test_findings_without_a_projection_have_no_chart() -> None:
    assert charts(report(finding()), None) == ""
