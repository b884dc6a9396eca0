"""
What a rule is given, what becomes of what it finds, and how rules are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sglint.finding import Severity
from sglint.model import Direction, Role, Target, TargetKind
from sglint.rule import (
    Exposes,
    Found,
    Judged,
    Rule,
    choose,
    find,
    flows_name,
    holds,
    load,
    missing,
    reach,
    remedy,
    run,
    target_name,
)
from sglint.rule.load import read
from sglint.source import SglintError
from sglint.space import ALL_PORTS, Bounds, Ports, Protocol
from sglint.track import Judgement, State
from tests.output.made import (
    EVERYONE,
    HUB,
    UNTOLD,
    UNTRACKED,
    interface,
    judged,
    judgement,
    permission,
    verdict,
)

MAYBE = Bounds(State.DENIED, State.UNTRACKED, (UNTOLD,))
RULES = {rule.slug: rule for rule in load()}


def made(*found: Found, slug: str = "made") -> Rule:
    """
    Return a rule that finds this.
    """

    def check(net: Judged) -> Iterator[Found]:
        yield from found

    return Rule(slug, Severity.WARNING, "0.1", "A page.", check)


def slugs(net: Judged, *, certain: bool | None = None) -> list[str]:
    """
    Return the names of the bundled rules that find something.
    """
    findings, problems = run(RULES.values(), [net])
    assert not problems
    return [finding.rule for finding in findings if certain in {None, finding.certain}]


def test_instances_of_one_block_are_one_finding_with_all_subjects() -> None:
    rule = made(*(Found(interface(f"module.m.aws_instance.app[{n}]"), "is wrong") for n in range(3)))
    findings, _ = run([rule], [judged()])
    assert [one.subjects for one in findings] == [tuple(f"module.m.aws_instance.app[{n}]" for n in range(3))]
    assert findings[0].message == "module.m.aws_instance.app (3 instances): is wrong"


def test_what_is_said_about_several_instances_names_no_instance_of_another_thing() -> None:
    rule = made(
        *(Found(interface(f"aws_instance.app[{n}]"), f"is behind aws_lb.b[{n}]", (), (f"open g[{n}]",)) for n in (0, 1))
    )
    (finding,), _ = run([rule], [judged()])
    assert finding.message == "aws_instance.app (2 instances): is behind aws_lb.b"
    assert finding.advice == ("open g[0] and g[1]",)
    (single,), _ = run([made(Found(interface("aws_instance.app[0]"), "is behind aws_lb.b[0]"))], [judged()])
    assert single.message == "aws_instance.app[0]: is behind aws_lb.b[0]"


def test_instances_about_which_something_else_is_said_stay_apart() -> None:
    rule = made(Found(interface("aws_instance.app[0]"), "is wrong"), Found(interface("aws_instance.app[1]"), "is worse"))
    assert len(run([rule], [judged()])[0]) == 2


def test_a_rule_that_fails_is_one_problem_and_the_others_run() -> None:
    def check(net: Judged) -> Iterator[Found]:
        yield Found(interface(), "half")
        raise ValueError("oops")

    broken = Rule("broken", Severity.ERROR, "0.1", "A page.", check)
    findings, problems = run([broken, made(Found(interface(), "is wrong"))], [judged(), judged()])
    assert [finding.rule for finding in findings] == ["made"]
    assert len(problems) == 1
    assert "broken: ValueError: oops" in problems[0].message
    assert problems[0].hides
    assert "Traceback" not in problems[0].hint
    assert "Traceback" in run([broken], [judged()], debug=True)[1][0].hint


def test_a_finding_about_what_may_not_exist_is_not_certain_and_says_why() -> None:
    (finding,), _ = run([made(Found(interface(maybe=UNTOLD), "is wrong"))], [judged()])
    assert not finding.certain
    assert [label.text for label in finding.unless] == [UNTOLD.why]


@pytest.mark.parametrize(
    ("one", "least", "most"),
    [
        (judgement(verdict()), True, True),
        (judgement(), False, False),
        (judgement(verdict(state=MAYBE)), False, True),
        (judgement(verdict(), of=interface(maybe=UNTOLD)), False, True),
        (judgement(verdict(), in_scope=Bounds(least=False, most=True, because=(UNTOLD,))), False, True),
        (judgement(verdict(via=Target(TargetKind.UNKNOWN, why=UNTOLD))), False, True),
    ],
)
def test_certainty_follows_from_the_network(one: Judgement, least: bool, most: bool) -> None:
    found = holds(one, one.verdicts)
    assert (found.least, found.most) == (least, most)
    assert found.because == (() if found.certain else (UNTOLD,))


@pytest.mark.parametrize(
    ("role", "slug"),
    [
        (Role.FORWARDER, "tracked-forwarder"),
        (Role.RESOLVER, "tracked-resolver"),
        (Role.WORKLOAD, "tracked-workload"),
        (Role.MANAGED, "tracked-workload"),
    ],
)
def test_one_interface_has_one_finding_by_its_role(role: Role, slug: str) -> None:
    assert slugs(judged(judgement(verdict(), verdict(Direction.IN), of=interface(role=role)))) == [slug]


@pytest.mark.parametrize(
    "one",
    [
        judgement(verdict(state=UNTRACKED)),
        judgement(verdict(state=Bounds(State.DENIED, State.DENIED))),
        judgement(verdict(protocol=Protocol.ICMP)),
        judgement(verdict(), in_scope=Bounds(least=False, most=False)),
        judgement(verdict(via=Target(TargetKind.NAT_GATEWAY), automatic=("NAT gateways",))),
        judgement(verdict(via=Target(TargetKind.NONE))),
    ],
)
def test_what_no_group_can_change_is_not_found(one: Judgement) -> None:
    assert slugs(judged(one)) == []


def test_a_finding_that_may_hold_is_not_certain() -> None:
    net = judged(judgement(verdict(state=MAYBE)))
    assert slugs(net, certain=True) == []
    assert slugs(net, certain=False) == ["tracked-workload"]


NARROW = (
    permission(Direction.IN, Protocol.TCP, EVERYONE, Ports(443, 443)),
    permission(Direction.OUT, Protocol.TCP, EVERYONE, Ports(1024, 65535)),
)


def test_a_near_miss_is_told_once() -> None:
    flow = verdict(Direction.IN, ports=Ports(443, 443))
    assert slugs(judged(judgement(flow), permissions=NARROW)) == ["reply-ports-narrow"]


def test_what_a_near_miss_does_not_explain_is_told_beside_it() -> None:
    one = judgement(verdict(Direction.IN, ports=Ports(443, 443)), verdict(protocol=Protocol.UDP))
    findings, _ = run(RULES.values(), [judged(one, permissions=NARROW)])
    by_rule = {finding.rule: finding.message for finding in findings}
    assert set(by_rule) == {"reply-ports-narrow", "tracked-workload"}
    assert "UDP" in by_rule["tracked-workload"]
    assert "443" not in by_rule["tracked-workload"]


@pytest.mark.parametrize("ports", [Ports(443, 443), Ports(0, 1023), ALL_PORTS])
def test_a_rule_for_a_service_is_no_near_miss(ports: Ports) -> None:
    rules = (permission(Direction.OUT, Protocol.TCP, EVERYONE), permission(Direction.IN, Protocol.TCP, EVERYONE, ports))
    assert slugs(judged(judgement(verdict()), permissions=rules)) == ["tracked-workload"]


def test_two_halves_of_the_ports_are_one_opening_in_two_rules() -> None:
    rules = (
        permission(Direction.OUT, Protocol.TCP, EVERYONE),
        permission(Direction.IN, Protocol.TCP, EVERYONE, Ports(0, 32767)),
        permission(Direction.IN, Protocol.TCP, EVERYONE, Ports(32768, 65535)),
    )
    findings, _ = run(RULES.values(), [judged(judgement(verdict()), permissions=rules)])
    assert [finding.rule for finding in findings] == ["split-cidr"]
    assert "nothing new can reach it" in findings[0].advice[1]


def test_a_private_endpoint_is_told_that_no_group_helps() -> None:
    one = judgement(verdict(automatic=("AWS PrivateLink",)), of=interface(role=Role.MANAGED, automatic="AWS PrivateLink"))
    findings, _ = run(RULES.values(), [judged(one, permissions=NARROW)])
    assert [finding.rule for finding in findings] == ["tracked-workload"]
    assert findings[0].advice == ("leave its security groups narrow: opening them exposes it and gains nothing",)


def test_what_it_takes_is_what_is_missing() -> None:
    one = judgement(verdict(), verdict(protocol=Protocol.UDP), verdict(Direction.IN, ports=Ports(22, 22)))
    net = judged(one, permissions=(permission(Direction.OUT, Protocol.TCP, EVERYONE),))
    assert missing(net, one, one.verdicts) == (
        "ingress TCP and UDP 0-65535 from 0.0.0.0/0",
        "egress UDP 0-65535 to 0.0.0.0/0",
    )


def test_the_remedy_names_the_group_and_what_it_exposes() -> None:
    one = judgement(verdict())
    advice = remedy(judged(one), one, one.verdicts)
    assert str(advice[0]).startswith(
        "to leave them untracked, add to aws_security_group.app: ingress TCP 0-65535 from 0.0.0.0/0"
    )
    exposes = advice[1]
    assert isinstance(exposes, Exposes)
    assert "0.0.0.0/0 through transit gateway aws_ec2_transit_gateway.hub" in exposes.text
    assert "not decided" in exposes.text


def test_who_can_reach_it_names_the_internet_only_where_it_can() -> None:
    gateway = Target(TargetKind.INTERNET_GATEWAY, "aws_internet_gateway.out")
    private = judgement(via=gateway)
    public = replace(private, interface=replace(private.interface, public=True))
    flows = (verdict(Direction.IN),)
    assert "internet" not in reach(judged(private), private, flows)
    assert "the whole internet" in reach(judged(public), public, flows)


def test_flows_that_may_be_untracked_are_told_apart() -> None:
    one = judgement(verdict(protocol=Protocol.UDP), verdict(state=MAYBE), verdict(Direction.IN, state=MAYBE))
    assert flows_name(one, one.verdicts) == "UDP that it opens, and maybe TCP both from peers and that it opens"
    assert flows_name(one, one.verdicts[1:]) == "TCP both from peers and that it opens"


def test_flows_in_words() -> None:
    one = judgement(
        verdict(Direction.IN, ports=Ports(22, 22)),
        verdict(Direction.IN, ports=Ports(443, 443)),
        verdict(),
        verdict(protocol=Protocol.UDP),
    )
    assert flows_name(one, one.verdicts) == "TCP 22 and 443 from peers, TCP and UDP that it opens"
    assert flows_name(one, (verdict(), verdict(Direction.IN))) == "TCP both from peers and that it opens"


def test_targets_in_words() -> None:
    assert target_name(HUB) == "transit gateway aws_ec2_transit_gateway.hub"
    assert target_name(Target(TargetKind.GWLB_ENDPOINT, 'aws_vpc_endpoint.e["a"]')) == (
        'Gateway Load Balancer endpoint aws_vpc_endpoint.e["a"]'
    )
    assert target_name(Target(TargetKind.NAT_GATEWAY)) == "a NAT gateway"


OWN = '''"""
Mine.
"""
from sglint.rule import Severity, rule

@rule(severity=Severity.NOTE, since="1")
def check(net):
    return ()
'''


def test_the_file_name_is_the_name_of_the_rule(tmp_path: Path) -> None:
    (tmp_path / "my_own_rule.py").write_text(OWN)
    assert "my-own-rule" in {rule.slug for rule in load([tmp_path])}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("tracked_workload.py", OWN, "another rule tracked-workload"),
        ("a.py", "x = 1", "has 0"),
        ("a.py", OWN.replace("Mine.", ""), "docstring"),
        ("a.py", "raise OSError('no')", "OSError: no"),
        ("a.py", "def (", "SyntaxError"),
    ],
)
def test_a_file_that_is_no_rule_is_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SglintError, match=says):
        load([tmp_path])


def test_a_folder_of_rules_has_to_exist(tmp_path: Path) -> None:
    with pytest.raises(SglintError, match="not a folder"):
        load([tmp_path / "nowhere"])


def test_a_misspelt_rule_is_answered_with_the_right_one() -> None:
    with pytest.raises(SglintError, match="did you mean tracked-workload"):
        find(load(), "traked-workload")
    with pytest.raises(SglintError, match="there is no rule x"):
        choose(load(), [], ["x"])


def test_selecting_and_ignoring() -> None:
    assert [rule.slug for rule in choose(load(), ["tracked-workload", "tracked-resolver"], ["tracked-resolver"])] == [
        "tracked-workload"
    ]
    rules = load()
    assert choose(rules, [], []) == rules


def test_a_rule_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    assert read(path).page == "Mine."
    assert read(path).severity is Severity.NOTE
