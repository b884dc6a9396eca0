"""
The page, as text: what it says first, that no name on it is markup, and that the same input gives the same bytes.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from math import inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.finding import Edit, Fix, Label, Report, Seen, Severity, Status
from sglint.model import Role, Target, TargetKind
from sglint.output.html import render
from sglint.output.html.data import cells
from sglint.output.html.verdict import gain, verdict
from sglint.rule import Judged
from sglint.source import Problem, Source
from sglint.space import Bounds, Ports
from sglint.track import Judgement, State
from tests.output.made import (
    PROJECTIONS,
    TRACKED,
    UNTRACKED,
    at,
    finding,
    full,
    interface,
    judged,
    judgement,
    report,
)
from tests.output.made import verdict as flow

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}\x1b[31m\u202e"

DENIED = Bounds(State.DENIED, State.DENIED)

LOSS = (
    "The connection table of one m7g.large is full from 10 to 280 new TCP flows/s on, and then drops new connections;"
    " untracked flows never fill it (profile web-front-end, an uncalibrated estimate)."
)

EMPTY = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """
    What a browser would make of the page: its elements, its text, and whether all that is opened is closed.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.text += data

    @property
    def data(self) -> dict[str, Any]:
        """
        The data inside the page.
        """
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found


def page(of: Report, *networks: Judged, **more: Any) -> Page:
    """
    Return the page about the report and the networks.
    """
    return Page(render(of, networks, version="1.2.3", **more))


def network(*tracked: bool, role: Role = Role.WORKLOAD) -> Judged:
    """
    Return a network of interfaces in scope, of which some keep flows tracked.
    """
    return judged(
        *(
            judgement(flow(state=TRACKED if one else UNTRACKED), of=interface(f"aws_instance.app{index}", role))
            for index, one in enumerate(tracked)
        )
    )


def seen(interfaces: int, in_scope: int, maybe: int = 0) -> Seen:
    return Seen(roots=1, files=2, resources=9, interfaces=interfaces, in_scope=in_scope, maybe_in_scope=maybe)


def headline(net: Judged, counts: Seen, *problems: Problem) -> str:
    return verdict(report(seen=counts, problems=problems), (net,)).headline


def test_the_verdict_counts_in_words_that_fit() -> None:
    behind = "behind a transit gateway or Gateway Load Balancer"
    could = "flows tracked that their security groups could leave untracked"
    its = "flows tracked that its security groups could leave untracked"
    assert headline(network(True), seen(1, 1)) == f"The one interface {behind} keeps {its}"
    assert headline(network(True, True), seen(2, 2)) == f"Both interfaces {behind} keep {could}"
    assert headline(network(True, True, True), seen(3, 3)) == f"All 3 interfaces {behind} keep {could}"
    assert headline(network(True, False, False), seen(3, 3)) == f"1 of 3 interfaces {behind} keeps {its}"
    assert headline(network(True, True, False), seen(3, 3)) == f"2 of 3 interfaces {behind} keep {could}"
    none = "keep flows tracked because of its security groups"
    assert headline(network(False), seen(1, 1)) == f"The one interface {behind} does not {none}"
    assert headline(network(False, False), seen(2, 2)).startswith(f"None of the 2 interfaces {behind} keeps flows tracked")


def test_clean_and_did_not_look_never_read_alike() -> None:
    nowhere = judged(judgement(flow(), in_scope=Bounds(least=False, most=False)))
    perhaps = judged(judgement(flow(), in_scope=Bounds(least=False, most=True)))
    hidden = Problem("module.net cannot be read")
    said = [
        headline(network(False, False), seen(2, 2)),
        headline(network(False, False), seen(2, 2), hidden),
        headline(judged(), Seen()),
        headline(judged(), seen(0, 0)),
        headline(judged(), seen(0, 0), hidden),
        headline(nowhere, seen(1, 0)),
        headline(nowhere, seen(1, 0), hidden),
        headline(perhaps, seen(1, 0, 1)),
    ]
    assert len(set(said)) == len(said)
    moods = [
        verdict(report(seen=counts, problems=problems), (net,)).mood
        for net, counts, problems in (
            (network(False), seen(1, 1), ()),
            (network(False), seen(1, 1), (hidden,)),
            (judged(), Seen(), ()),
            (perhaps, seen(1, 0, 1), ()),
        )
    ]
    assert moods == ["clear", "unseen", "unseen", "unseen"]


def test_the_verdict_names_roles_loss_errors_and_doubts() -> None:
    both = Judged(
        network(True, False).network,
        (
            *network(True, False, role=Role.FORWARDER).judgements,
            *network(True).judgements,
            *network(False, role=Role.RESOLVER).judgements,
        ),
    )
    told = report(
        finding(projections=PROJECTIONS),
        finding(certain=False),
        finding(severity=Severity.ERROR),
        finding(severity=Severity.ERROR, subjects=("aws_instance.b",)),
        problems=(Problem("module.net cannot be read"),),
        seen=seen(6, 4, 2),
    )
    assert verdict(told, (both,)).says == (
        "They are 1 of 2 appliances and 1 of 1 workload; none of the Resolver endpoint.",
        LOSS,
        "2 errors to see to first: tracked-workload (2).",
        "2 more interfaces may be behind one: the text does not say.",
        "1 finding may hold, depending on what is not known.",
        "Part of the network is missing from all of this: 1 problem, listed below.",
    )


def test_what_is_full_first_comes_first_and_what_may_hold_last() -> None:
    order = [
        finding(projections=PROJECTIONS),
        finding(projections=PROJECTIONS[1:], severity=Severity.ERROR),
        finding("no number", severity=Severity.ERROR),
        finding("no number either", severity=Severity.WARNING),
        finding("perhaps", certain=False, severity=Severity.ERROR, projections=PROJECTIONS),
        finding("set aside", status=Status.IGNORED, severity=Severity.ERROR, projections=PROJECTIONS),
    ]
    assert sorted((order[index] for index in (3, 1, 5, 0, 4, 2)), key=gain) == order


def test_a_page_with_everything_says_it_all() -> None:
    text = page(full(), network(True)).text
    for said in (
        "more are",
        "these may be",
        "these are known",
        "few connections",
        "var.clients has no default",
        "run terraform init",
    ):
        assert said in text


def test_a_fix_is_shown_with_its_proof_and_one_that_is_blocked_with_why() -> None:
    diff = '--- a/main.tf\n+++ b/main.tf\n@@ -1 +1 @@\n-  from_port = 1\n+  password = sensitive("hunter2")\n'
    made = Fix((), diff, safe=True, admits=("UDP 53 from 10.0.0.0/8",), steps=("apply it at night",))
    found = page(report(finding(fix=made), finding(fix=Fix(blocked="the group is made elsewhere"))))
    for said in (
        "lets in nothing new",
        "-  from_port = 1",
        "UDP 53 from 10.0.0.0/8",
        "apply it at night",
        "the group is made elsewhere",
    ):
        assert said in found.text
    assert "hunter2" not in render(report(finding(fix=made)), (), version="1")


@settings(max_examples=25)
@given(st.sampled_from(["message", "rule", "address", "path", "source", "reason", "root", "problem"]), st.text(max_size=30))
def test_no_name_is_markup(where: str, more: str) -> None:
    name = EVIL + more
    span = replace(at(1, 1, 5), path=name) if where == "path" else at(1, 1, 5)
    one = finding(
        name if where == "message" else "m",
        rule=name if where == "rule" else "r",
        span=span,
        labels=(Label(span, name), Label(at(2), "x")),
        subjects=(name if where == "address" else "a",),
        unless=(Label(span, name),),
        status_reason=name if where == "reason" else "",
        fix=Fix(diff=f"+{name}", admits=(name,), steps=(name,)),
    )
    sources = (Source("main.tf", name if where == "source" else "x = 1"), Source(name, name))
    problems = (Problem(name if where == "problem" else "p", span, name),)
    told = Report((one,), problems, seen(1, 1), sources, (name if where == "root" else ".",))
    net = judged(
        judgement(flow(via=Target(TargetKind.TRANSIT_GATEWAY, name)), of=interface(name if where == "address" else "a"))
    )
    text = render(told, (net,), version="1")
    found = Page(text)
    scripts = [attributes.get("type") for tag, attributes in found.elements if tag == "script"]
    assert scripts == ["application/json", None]
    assert not any(tag == "img" for tag, _ in found.elements)
    assert not any(key.startswith("on") or key == "style" for _, attributes in found.elements for key in attributes)
    assert "\x1b" not in text and "\u202e" not in text
    assert "{{7*7}}" in found.text  # nothing in a name is a template


def test_the_policy_lets_nothing_be_fetched_and_its_hashes_are_those_of_the_page() -> None:
    text = render(full(), (network(True),), version="1")
    policy = next(attributes["content"] for tag, attributes in Page(text).elements if "http-equiv" in attributes)
    assert policy is not None and policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside[0].encode()).digest()).decode()}'" in policy


def test_nothing_on_the_page_points_elsewhere_but_links_to_read() -> None:
    for tag, attributes in page(full(), network(True)).elements:
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            value = attributes.get(name)
            assert value is None or (tag == "a" and (value.startswith(("#", "https://docs.aws.amazon.com/"))))


def test_every_link_on_the_page_leads_somewhere() -> None:
    found = page(full(), network(True))
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {
        str(attributes["href"])[1:] for tag, attributes in found.elements if tag == "a" and str(attributes["href"])[0] == "#"
    }
    wanted |= {str(attributes["aria-labelledby"]) for _, attributes in found.elements if "aria-labelledby" in attributes}
    assert wanted and wanted <= set(ids)


def test_the_data_is_inside_the_page_and_says_what_the_matrix_shows() -> None:
    automatic = flow(automatic=("NAT gateway",), via=Target(TargetKind.NAT_GATEWAY, "aws_nat_gateway.out"))
    net = judged(judgement(flow(), automatic, of=interface()), judgement(flow(), automatic, of=interface("aws_instance.b")))
    found = page(report(finding(), seen=seen(2, 2)), net).data
    assert found["schema"] == 1
    assert [one["message"] for one in found["findings"]] == ["aws_instance.app: flows are tracked"]
    assert [one[1] for one in found["interfaces"]] == ["aws_instance.app", "aws_instance.b"]
    assert len(found["shapes"]) == 1  # what is the same is written once
    rows = [(found["targets"][via], cells) for _, via, cells in found["shapes"][0][0]]
    assert rows == [
        (["transit gateway", "aws_ec2_transit_gateway.hub"], "- - - - T - - -"),
        (["NAT gateway", "aws_nat_gateway.out"], "- - - - A - - -"),
    ]


def test_the_matrix_names_ports_where_not_all_are_meant() -> None:
    web, most = Ports(443, 443), [Ports(number, number) for number in range(1, 6)]
    shown = [
        cells([flow(ports=web), flow(state=DENIED)]),
        cells([flow(ports=web), flow(state=UNTRACKED)]),
        cells([flow(ports=one) for one in most]),
    ]
    assert [row.split(" ")[4] for row in shown] == ["TD:443", "TU", "T:1,2,…"]


def test_what_is_saved_is_said_or_why_it_cannot_be() -> None:
    resolver = judged(judgement(flow(), of=interface(role=Role.RESOLVER)))
    plain = judged(judgement(flow(), of=interface()))
    one = finding(unprojected="nothing is known of z9.large")
    assert "takes up to 10,000 DNS queries/s instead of as few as 1,500" in page(report(one), resolver).text
    assert "cannot be said: nothing is known of z9.large" in page(report(one), plain).text
    endless = replace(PROJECTIONS[0], most=inf)
    assert "is full from 10 or more new TCP flows/s on" in page(report(finding(projections=(endless,))), plain).text


def test_what_to_change_names_where_and_errors_come_first() -> None:
    told = report(
        finding("saves", projections=PROJECTIONS, fix=Fix(edits=(Edit(at(7), "x"),), diff="+x")),
        finding("open", severity=Severity.ERROR, labels=(Label(at(8), "tcp 0-65535 from 0.0.0.0/0 is admitted here"),)),
    )
    listed = page(told).text.split("What to change")[-1].split("Findings")[0]
    assert listed.index("main.tf:8") < listed.index("main.tf:7, as a diff")


def test_what_is_sensitive_is_not_on_the_page() -> None:
    text = 'resource "aws_instance" "app" {\n  key = sensitive("hunter2")\n}\n'
    one = finding(span=at(2, 3, 10), labels=(Label(at(2, 9, 18), "here"),))
    assert "hunter2" not in render(Report((one,), (), seen(1, 1), (Source("main.tf", text),), (".",)), (), version="1")


EXPOSED = "only these can newly reach it: its own VPC; 10.0.0.0/8 through transit gateway hub; filter them"


def many(number: int) -> tuple[Report, Judged]:
    """
    Return a report about so many interfaces of as many security groups, each with a finding of its own.
    """
    names = [f'module.spoke["{index % 20}"].aws_instance.app[{index}]' for index in range(number)]
    judgements: list[Judgement] = [judgement(flow(), flow(state=UNTRACKED), of=interface(name)) for name in names]
    made = [
        finding(
            f"{name}: its security groups make EC2 track TCP and UDP that it opens, behind transit gateway hub",
            subjects=(name,),
            advice=(
                f"to leave them untracked, add to aws_security_group.app{index}: ingress TCP and UDP 0-65535 from 0.0.0.0/0",
                EXPOSED,
            ),
            exposes=(EXPOSED,),
            labels=tuple(
                Label(at(line, 1, 20), f"tcp {line} from 10.0.{index % 256}.0/24 is admitted here") for line in (1, 2, 6, 7)
            ),
            severity=list(Severity)[index % 3],
            projections=PROJECTIONS if index % 2 else (),
        )
        for index, name in enumerate(names)
    ]
    return report(*made, seen=seen(number, number)), judged(*judgements)


def test_a_hundred_interfaces_are_under_300_kilobytes() -> None:
    told, net = many(100)
    text = render(told, (net,), version="1")
    assert len(text.encode()) < 300_000


def test_every_finding_is_in_the_data_and_the_first_ones_in_the_text() -> None:
    told, net = many(120)
    found = page(told, net)
    assert len(found.data["findings"]) == 120
    assert [attributes["id"] for tag, attributes in found.elements if tag == "article"] == [
        f"finding-{number}" for number in range(1, 6)
    ]
    assert "Here are the first 5 of 120 findings" in found.text
