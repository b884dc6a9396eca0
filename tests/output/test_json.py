"""
What programs read: every field of the JSON, recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from sglint.finding import Edit, Fix, Since
from sglint.model import Direction, Interface, Resolved, Role, Unresolved
from sglint.output.inspect import render_json, render_text
from sglint.output.json import render
from sglint.rule import Judged
from sglint.source import Problem
from sglint.space import Bounds, Ports, Protocol
from sglint.track import State
from sglint.value import Unknown
from tests.command import REPOSITORY
from tests.conftest import Accept
from tests.output.made import UNTOLD, UNTRACKED, at, finding, full, interface, judged, judgement, origin, report, verdict


def network() -> Judged:
    """
    Return a network with an interface of every certainty.
    """
    maybe = Bounds(State.DENIED, State.UNTRACKED, (UNTOLD,))
    hidden = Interface(
        origin("aws_lb.front", 5, UNTOLD), "aws_lb", Role.MANAGED, (Unknown("not in the text"),), (), grouped=False
    )
    return judged(
        judgement(verdict(), verdict(Direction.IN, Protocol.UDP, UNTRACKED, Ports(53, 53)), verdict(Direction.IN, state=maybe)),
        judgement(of=interface("aws_instance.off"), in_scope=Bounds(least=False, most=False)),
        judgement(of=hidden, in_scope=Bounds(least=False, most=True, because=(UNTOLD,))),
    )


def test_check(expect: Accept) -> None:
    expect("report.json", render(full(), version="0"))


def test_inspect(expect: Accept) -> None:
    expect("inspect.json", render_json([network()], [Problem("x", at(1))]))


def test_inspect_for_people(expect: Accept) -> None:
    expect("inspect.txt", render_text([network()], [Problem("module.m cannot be read", at(1))]))


def test_a_state_that_is_not_known_has_its_bounds() -> None:
    flows = json.loads(render_json([network()], []))["interfaces"][0]["flows"]
    assert [flow["state"] for flow in flows] == ["tracked", "untracked", "unknown"]
    assert (flows[2]["least"], flows[2]["most"]) == ("denied", "untracked")
    assert "least" not in flows[0]


def test_scope_is_true_false_or_maybe() -> None:
    interfaces = json.loads(render_json([network()], []))["interfaces"]
    assert [one["in_scope"] for one in interfaces] == [True, False, "maybe"]
    assert [one["exists"] for one in interfaces] == ["yes", "yes", "maybe"]


def test_of_many_reasons_why_something_is_not_known_the_first_are_said() -> None:
    ones = [
        Unresolved(
            f"aws_subnet.s[{number}]", "cidr_block", Unknown(f"var.v{number // 10} has no default"), at(number // 10 + 1)
        )
        for number in range(250)
    ]
    one = judged()
    network = replace(one.network, resolved=Resolved(5, 0, tuple(ones)))
    said = render_text([replace(one, network=network)], []).splitlines()
    assert said[1] == "resolved 5 of 255 network attributes: 0 bounded, 250 unknown"
    assert said[2].endswith("aws_subnet.s[2].cidr_block and 7 more, because var.v0 has no default (main.tf:1:1)")
    assert (
        sum("not known" in line for line in said) == 20 and "  5 more reasons not shown: --format json has all of them" in said
    )
    assert len(json.loads(render_json([replace(one, network=network)], []))["resolved"][0]["unresolved"]) == 250


def test_no_interface_is_said() -> None:
    assert "no network interface" in render_text([judged()], [])


def test_a_sensitive_default_beside_a_change_is_not_in_its_diff() -> None:
    hunk = (
        '@@ -1,10 +1,10 @@\n variable "key" {\n   sensitive = true\n   default   = "hunter2"\n }\n'
        ' resource "aws_security_group" "app" {\n   ingress {\n-    cidr_blocks = ["10.0.0.0/8"]\n'
        '+    cidr_blocks = ["0.0.0.0/0"]\n   }\n }\n'
    )
    made = Fix(edits=(Edit(at(7), "x"),), diff=f"--- a/main.tf\n+++ b/main.tf\n{hunk}")
    (found,) = json.loads(render(report(finding(fix=made)), version="1"))["findings"]
    assert "hunter2" not in json.dumps(found)
    assert '+    cidr_blocks = ["0.0.0.0/0"]' in found["fix"]["diff"]


def test_what_following_the_advice_exposes_is_told_apart() -> None:
    one = finding(
        advice=("open it", "only these can newly reach it: its own VPC"),
        exposes=("only these can newly reach it: its own VPC",),
    )
    (found,) = json.loads(render(report(one), version="1"))["findings"]
    assert (found["advice"], found["exposes"]) == (list(one.advice), list(one.exposes))


def test_a_change_of_the_files_has_its_proof_and_its_edits() -> None:
    made = Fix(edits=(Edit(at(7), "x"),), diff="+x", admits=("TCP 22 from 10.0.0.0/8",), steps=("apply it",))
    found = json.loads(render(report(finding(fix=made), finding(fix=Fix(blocked="it is elsewhere")), finding()), version="1"))
    first, second, third = (one["fix"] for one in found["findings"])
    edit = {"file": "main.tf", "line": 7, "column": 1, "end_line": 7, "end_column": 9, "text": "x"}
    assert first == {
        "safe": False,
        "admits": ["TCP 22 from 10.0.0.0/8"],
        "steps": ["apply it"],
        "diff": "+x\n",
        "blocked": None,
        "edits": [edit],
    }
    assert (second["blocked"], second["edits"], third) == ("it is elsewhere", [], None)


def keys(document: object) -> Iterator[str]:
    """
    Yield the keys of a document at any depth.
    """
    if isinstance(document, dict):
        yield from document
    for inner in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from keys(inner)


def test_every_key_is_explained_and_no_other() -> None:
    fixed = replace(finding(), fix=Fix((Edit(at(1), ""),)))
    texts = [path.read_text() for path in REPOSITORY.glob("tests/*/expected/[ri]*.json") if "gitlab" not in path.name]
    texts.append(render(replace(full(), since=Since("main", (fixed,))), version="0"))
    there = {key for text in texts for key in keys(json.loads(text))}
    explained = set(re.findall(r"`([a-z_]+)`", (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")))
    assert there - explained == set()
    words = {"true", "false", "null", "yes", "maybe", "error", "warning", "note", "open", "ignored", "baseline", "unchanged"}
    words |= {"in", "out", "untracked", "tracked", "denied", "forwarder", "resolver", "workload", "managed"}
    assert explained - there - words == set()
