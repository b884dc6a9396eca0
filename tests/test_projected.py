"""
What the tracked flows of a finding come to, and when nothing is said.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sglint.finding import NOBODY, Finding, Severity, Tracked
from sglint.model import Direction, Interface, Role, Seconds, Timeouts
from sglint.output.json import finding_json, projection_json
from sglint.output.text import render
from sglint.projected import PROFILES, projected
from sglint.rule import Found, Rule, run
from sglint.simulator.exports import bundled
from sglint.space import Ports, Protocol
from sglint.value import Unknown
from tests.command import sglint
from tests.output.made import UNTOLD, at, finding, interface, judged, origin, report, verdict

TCP = (Protocol.TCP,)
BOTH = (Protocol.TCP, Protocol.UDP)
GENEVE = verdict(Direction.IN, Protocol.UDP, ports=Ports(6081, 6081))
NETWORK = Path(__file__).parent.parent / "fixtures" / "stacks"


def of(*tracked: Tracked) -> Finding:
    """
    Return a finding about these flows, with what they come to.
    """
    (found,) = projected([replace(finding(), tracked=tracked)])
    return found


def on(*types: str | Unknown, timeouts: Timeouts | None = None, role: Role = Role.WORKLOAD) -> Interface:
    """
    Return the interface of an instance that may have these types.
    """
    return replace(interface(role=role), instance_types=types, timeouts=timeouts)


def found(*subjects: Interface, flows: tuple[object, ...] = (verdict(),)) -> tuple[Tracked, ...]:
    """
    Return whose flows a finding of a rule is about.
    """
    rule = Rule("made", Severity.NOTE, "0.1", "A page.", lambda _: [Found(one, "x", flows=flows) for one in subjects])  # type: ignore[arg-type]  # any verdicts
    findings, problems = run([rule], [judged()])
    assert not problems
    (one,) = findings
    return tuple(dict.fromkeys(replace(flows, named=NOBODY) for flows in one.tracked))


def test_every_profile_of_a_role_is_bundled() -> None:
    assert {name for names in PROFILES.values() for name in names} <= set(bundled())


def test_a_finding_says_from_which_rate_on_the_table_is_full() -> None:
    one = of(Tracked(Role.WORKLOAD, TCP, ("m7g.large",)))
    (projection,) = one.projections
    assert (projection.profile, projection.instance_type, projection.protocols) == ("web-front-end", "m7g.large", TCP)
    assert 0 < projection.least < projection.most
    assert f"more than {projection.least:.0f} to {projection.most:.0f} new TCP flows/s per instance" in render(report(one))


def test_numbers_have_two_digits_at_most() -> None:
    types = ("m7i.large", "m7i.2xlarge", "m8i.8xlarge", "c7i.24xlarge", "m7i-flex.large")
    rows = of(*(Tracked(role, BOTH, types) for role in PROFILES)).projections
    assert len(rows) == len(types) * len(PROFILES)
    assert all(float(f"{end:.1e}") == end for row in rows for end in (row.least, row.most))


def test_of_several_types_the_one_that_is_full_first_is_said() -> None:
    one = of(Tracked(Role.WORKLOAD, TCP, ("m7i.4xlarge", "m7i.large", "t3.nano", "m7i.xlarge")))
    assert [row.instance_type for row in one.projections] == ["m7i.large", "m7i.xlarge", "m7i.4xlarge"]
    assert "on m7i.large (of 3 types the first to be full)" in render(report(one))


def test_a_type_with_more_than_is_known_is_full_no_sooner_than_the_nearest_one() -> None:
    """
    AWS says that types optimised for networks have more, and not how much more.
    """
    (near,) = of(Tracked(Role.FORWARDER, TCP, ("c6i.2xlarge",))).projections
    one = of(Tracked(Role.FORWARDER, TCP, ("c6in.2xlarge",)))
    (row,) = one.projections
    assert (row.like, row.least, row.most) == ("c6i.2xlarge", near.least, math.inf)
    said = render(report(one))
    assert "on c6in.2xlarge, with the entries of c6i.2xlarge at least, an uncalibrated estimate" in said
    assert f"more than {row.least:,.0f} (or some larger number) new TCP flows/s" in said
    document = projection_json(row)
    assert document["new_flows_per_second"] == {"least": row.least, "most": None}
    assert document["allowance_at_least_that_of"] == "c6i.2xlarge"


def test_what_no_group_can_untrack_is_not_said_to_be_free_untracked() -> None:
    said = {remedy: render(report(of(Tracked(Role.FORWARDER, TCP, ("m7i.large",), remedy=remedy)))) for remedy in (True, False)}
    assert "fill the table; untracked they never do" in said[True]
    assert "fill the table" in said[False] and "untracked they never" not in said[False]


@pytest.mark.parametrize(
    ("tracked", "because"),
    [
        (Tracked(Role.WORKLOAD, TCP, ("t3.nano",)), "nothing is known of how many entries t3.nano has; measure it"),
        (Tracked(Role.RESOLVER, BOTH, ("m7i.large",)), "AWS itself says how many queries per second are left"),
        (Tracked(Role.MANAGED, TCP, ("m7i.large",)), "its instances are those of AWS, and no allowance counts"),
        (Tracked(Role.WORKLOAD, TCP, (), missing="the type is not known"), "the type is not known"),
        (Tracked(Role.WORKLOAD, TCP, ("m7i.large",)), ""),
    ],
)
def test_where_nothing_can_be_said_the_finding_says_why(tracked: Tracked, because: str) -> None:
    document = finding_json(of(tracked))
    assert (document["projections"] == []) == bool(because)
    assert str(document["no_projection_because"] or "").startswith(because) and bool(document["no_projection_because"]) == bool(
        because
    )


def test_findings_on_idle_timeouts_carry_what_the_table_comes_to(tmp_path: Path) -> None:
    for slug, said in (
        ("idle-timeout-default", "on c6in.2xlarge, with the entries of c6i.2xlarge at least"),
        ("idle-timeout-below-gwlb", "how many flows the packets of a Gateway Load Balancer carry is not known"),
    ):
        page = (NETWORK.parent.parent / "rules" / f"{slug.replace('-', '_')}.py").read_text(encoding="utf-8")
        (tmp_path / "main.tf").write_text(page.split("```hcl bad\n")[1].split("```")[0], encoding="utf-8")
        command = ("check", "--select", slug, "--fail-on", "never", str(tmp_path))
        (row,) = json.loads(sglint(*command, "--format", "json").out)["findings"]
        assert bool(row["projections"]) != bool(row["no_projection_because"])
        assert said in (row["no_projection_because"] or sglint(*command).out)


@pytest.mark.parametrize(
    "tracked",
    [
        Tracked(Role.RESOLVER, BOTH, ("m7i.large",)),
        Tracked(Role.MANAGED, TCP, ("m7i.large",)),
        Tracked(Role.FORWARDER, BOTH, ("c5n.xlarge",)),
        Tracked(Role.WORKLOAD, TCP, ("m7i",)),
        Tracked(Role.WORKLOAD, TCP, ("m7i.large",), (("tcp_established", 5),)),
    ],
)
def test_nothing_is_said_where_nothing_is_known(tracked: Tracked) -> None:
    one = of(tracked)
    assert not one.projections
    assert "profile" not in render(report(one))


def test_a_finding_is_about_the_flows_and_the_instances_that_are_known() -> None:
    unknown = Unknown("var.type has no default", at(1))
    assert found(on("m7i.large", unknown)) == (Tracked(Role.WORKLOAD, TCP, ("m7i.large",)),)
    assert found(on("m7i.large"), flows=()) == ()
    why = [found(subject)[0].missing for subject in (on(unknown), on())]
    assert why == [
        "the type of the instance is not known: var.type has no default",
        "the type of the instance is not known: the text names no instance of it",
    ]
    udp = verdict(protocol=Protocol.UDP)
    assert found(on("m7i.large"), flows=(udp, verdict(), udp))[0].protocols == BOTH


def test_encapsulated_packets_alone_say_nothing() -> None:
    appliance = on("m7i.large", role=Role.FORWARDER)
    assert found(appliance, flows=(GENEVE,))[0].missing.startswith("how many flows the packets of a Gateway")
    assert found(appliance, flows=(GENEVE, verdict())) == (Tracked(Role.FORWARDER, TCP, ("m7i.large",)),)


def test_timeouts_that_are_written_count_and_unknown_ones_leave_nothing_to_say() -> None:
    def written(value: int | Unknown) -> Interface:
        return on("m7i.large", timeouts=Timeouts(origin("aws_instance.app", 1), tcp_established=Seconds(value, at(2))))

    (short,) = found(written(350))
    assert short.timeouts == (("tcp_established", 350),)
    assert of(short).projections[0].least > of(*found(on("m7i.large"))).projections[0].least
    assert found(written(UNTOLD))[0].missing == "an idle timeout is written, and not known"


def test_instances_of_one_block_have_one_projection_for_each_type() -> None:
    ones = [
        replace(on(kind), origin=origin(f"aws_instance.app[{n}]", 1))
        for n, kind in enumerate(["m7i.large"] * 2 + ["m8i.large"])
    ]
    assert [one.instance_types for one in found(*ones)] == [("m7i.large",), ("m8i.large",)]


def test_resolver_endpoints_have_the_rates_of_aws_alone() -> None:
    said = sglint("check", "--select", "tracked-resolver", str(NETWORK / "resolver-hub")).out
    assert "queries/s per address" in said
    assert "profile" not in said


def test_little_is_loaded_for_a_check() -> None:
    """
    NumPy takes longer to load than a small network to judge, and the simulator is for who found something.
    """
    code = (
        "import sys; from sglint.cli import main; main(sys.argv[1:], standalone_mode=False); "
        "print('numpy' in sys.modules, 'sglint.simulator.limit' in sys.modules)"
    )
    for stack, loaded in (("clean", False), ("spoke", True)):
        run = subprocess.run(
            [sys.executable, "-c", code, "check", "--fail-on", "never", str(NETWORK / stack)],
            capture_output=True,
            text=True,
            check=True,
            cwd=NETWORK.parent.parent,
        )
        assert run.stdout.splitlines()[-1] == f"False {loaded}", run.stdout
