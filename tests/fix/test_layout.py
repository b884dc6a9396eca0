"""
Whatever a file looks like, a fix changes nothing but what it says, and leaves the ends of lines as they are.
"""

from __future__ import annotations

import subprocess
from contextlib import chdir

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sglint.fix import fix
from sglint.request import Request
from tests.fix.places import RULES, forwarder
from tests.fix.spelled import block

MARKS = ("", "", "", " # é世", " // x", "\t", " /* a */")
GROUP = block(
    'resource "aws_security_group" "data"',
    {"vpc_id": "aws_vpc.hub.id"},
    [
        block("ingress", {"protocol": "tcp", "from_port": 0, "to_port": 65535, "cidr_blocks": ["10.1.0.0/16"]}),
        block("ingress", {"protocol": "udp", "from_port": 1024, "to_port": 65535, "cidr_blocks": ["10.0.0.0/8"]}),
        block("egress", {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}),
    ],
)
LONG = '\nlocals {\n  text = <<-EOT\n    ingress { "é" }\n    EOT\n}\n'


@st.composite
def layouts(draw: st.DrawFn) -> bytes:
    """
    Draw a file with one network, laid out in some way.
    """
    lines = (forwarder() + draw(st.sampled_from(("", LONG)))).split("\n") + draw(grouped())
    if draw(st.booleans()):
        lines += ["", "", "# the end"]
    text = draw(st.sampled_from(("\n", "\r\n"))).join(lines)
    start = draw(st.sampled_from(("", "\ufeff")))
    return (start + text + draw(st.sampled_from(("", text[-1:] and "\n")))).encode()


@st.composite
def grouped(draw: st.DrawFn) -> list[str]:
    """
    Draw the lines of the security group.
    """
    found = []
    for line in GROUP.rstrip("\n").split("\n"):
        if draw(st.integers(0, 9)) == 0:
            found.append("  # a line of its own")
        indent = draw(st.sampled_from(("", "", "", "\t", "  ")))
        found.append(indent + line + (draw(st.sampled_from(MARKS)) if line else ""))
    return found


def test_all_but_what_a_fix_changes_stays_however_a_file_is_laid_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    top = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)

    @settings(max_examples=settings().max_examples // 4, suppress_health_check=list(HealthCheck))
    @given(layouts())
    def law(content: bytes) -> None:
        (top / "main.tf").write_bytes(content)
        fixed = fix(Request((".",)), RULES, unsafe=True)
        assert fixed.complete
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=top, input=fixed.diff.encode(), check=True)
        after = (top / "main.tf").read_bytes()
        assert after.removeprefix(b"\xef\xbb\xbf").decode() == fixed.overlay["main.tf"]
        assert fix(Request((".",)), RULES, unsafe=True).findings == ()
        kept(content.decode(), after.decode())

    with chdir(top):
        law()


def kept(before: str, after: str) -> None:
    """
    Assert that every line is there as it was, in order, but for values; and that lines end as they did.
    """
    assert before.startswith("\ufeff") is after.startswith("\ufeff")
    assert before.endswith("\n") is after.endswith("\n")
    assert after.count("\r\n") in {0, after.count("\n"), after.count("\n") - 1}
    assert ("\r\n" in before) is ("\r\n" in after)
    lines = iter(after.split("\n"))
    for line in before.split("\n"):
        if "cidr_blocks" not in line and "from_port" not in line:
            assert line in lines, line
