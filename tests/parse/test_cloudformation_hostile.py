"""
Templates that are broken or meant to do harm: a problem with a place, in bounded time, and what is complete is still there.
"""

from __future__ import annotations

import time

import pytest

from sglint.template import Intrinsic, List, Node, Scalar
from tests.parse.templates import Plain, plain, read


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "the file is empty", "1:1"),
        ("# only a comment", "the file is empty", "1:1"),
        ("- a", "a template is a mapping", "1:1"),
        ("!Ref a", "a template is a mapping", "1:1"),
        ("a: 1\n---\nb: 2", "a second document", "2:1"),
        ("a: 1\n...\n%x", "while scanning a directive", "3:3"),
        ("a: *b", "no anchor &b stands before this", "1:4"),
        ("a: &a [*a]", "&a contains itself", "1:8"),
        ("a: &a\n  <<: *a", "&a contains itself", "2:7"),
        ("a: &a {b: &b {c: *a}}", "&a contains itself", "1:18"),
        ("a: &a 1\nb:\n  <<: *a", "<< takes a mapping or a list of mappings", "3:7"),
        ("a: !!python/object/apply:os.system ['true']", "the tag !!python/object/apply:os.system does not fit", "1:4"),
        ("a: !!binary aGk=", "the tag !!binary does not fit", "1:4"),
        ("a: !!int many", "the tag !!int does not fit", "1:4"),
        ("%TAG ! tag:x,1:\n---\na: !Ref b", "the tag tag:x,1:Ref does not fit", "3:4"),
        ("a:\n\tb: 1", "found character that cannot start any token", "2:1"),
        ("a: \0", "the character U+0000 is not allowed", "1:4"),
        ("Ä: ü\nb: \x07", "the character U+0007 is not allowed", "2:4"),
        ("a: \ud800", "a character that no text may have", "1:4"),
        ("a: b: c", "mapping values are not allowed in this context", "1:5"),
        ('a: "b', "found unexpected end of stream", "1:6"),
        ("? [a]\n: b", "a key has to be a text", "1:3"),
        ("a: 1\n{{b}}: c", "a key has to be a text", "2:1"),
        ("~: b", "a key has to be a text", "1:1"),
        ("!Ref a: b", "a key has to be a text", "1:1"),
        ('{"a": 1', "expected a comma or }", "1:8"),
        ('{"a": NaN}\n}', "expected a value before NaN", "1:7"),
    ],
)
def test_what_is_broken_is_a_problem_with_a_place(text: str, message: str, place: str) -> None:
    problems = [problem for problem in read(text).problems if problem.hides]
    found = [(problem.message, str(problem.span).removeprefix("t.yaml:")) for problem in problems]
    assert any(any(part in said for part in message.split("|")) and where == place for said, where in found), found
    assert all(problem.hint for problem in problems)


DEEP = 100_000
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(20)
)
MERGED = "a: &k0 {x: 1}\n" + "".join(f"k{n}: &k{n}\n  <<: *k{n - 1}\n  y{n}: *k{n - 1}\n" for n in range(1, 2_000))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, "more than 250000 values, aliases written out"),
        (MERGED, "nested more than 100 levels|more than 250000 values"),
        ("a:\n" + "- 1\n" * 300_000, "more than 250000 values"),
        ('{"a": [' + "1," * 300_000 + "1]}", "more than 250000 values"),
        ("a: 1\n" * 200_000, "more than 100 problems"),
        ("a: " + "[" * DEEP, "nested more than 100 levels"),
        ("{a: " * DEEP, "expected a key in quotes"),
        ('{"a": ' * DEEP, "nested more than 100 levels"),
        ("a: " + "- " * DEEP, "block sequence entries are not allowed"),
        ("- " * DEEP, "nested more than 100 levels"),
        ("? " * DEEP, "nested more than 100 levels"),
        ("".join(" " * depth + "a:\n" for depth in range(1_000)), "nested more than 100 levels"),
        ("a: [\n" + "#\n" * 300_000 + "]", "more than 50000 comments"),
        ('{"a": "' + "\\" * 1_000_001, "is not an escape sequence"),
        ("\t" * 100_000 + "a: 1", "found character that cannot start any token"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_grows_ends_soon(text: str, message: str) -> None:
    started = time.process_time()
    found = read(text)
    assert time.process_time() - started < 10
    assert any(part in problem.message for problem in found.problems for part in message.split("|")), found.problems[:2]
    if found.body is not None:
        assert _depth(found.body) <= 202


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "x" * 2_000_000,
        "a: " + "1" * 2_000_000,
        "a: 0x" + "f" * 2_000_000,
        "a: 1" + ":1" * 1_000_000,
        "a: |\n" + "  x\n" * 400_000,
        "a: &b" + " " * 2_000_000 + "c",
        "a: " + "#" * 2_000_000,
        '{"a": "' + "\\n" * 400_000 + '"}',
    ],
    ids=lambda text: str(text)[:8],
)
def test_one_huge_scalar_is_a_scalar(text: str) -> None:
    started = time.process_time()
    found = read(text)
    assert time.process_time() - started < 5
    assert found.problems == ()
    assert found.body is not None
    value = found.body.get("a")
    assert isinstance(value, Scalar)
    assert value.value is None or isinstance(value.value, str)


def _depth(node: Node) -> int:
    """
    Return how deep a tree is.
    """
    if isinstance(node, Scalar):
        return 1
    if isinstance(node, Intrinsic):
        return 1 + _depth(node.argument)
    inner = node.items if isinstance(node, List) else tuple(entry.value for entry in node)
    return 1 + max(map(_depth, inner), default=0)


def test_nothing_is_constructed_from_a_tag() -> None:
    body = read("a: !!python/object/apply:os.system ['true']").body
    assert body is not None
    (entry,) = body.entries
    assert isinstance(entry.value, Intrinsic)
    assert entry.value.name == "!!python/object/apply:os.system"


RESOURCES = "Resources:\n  A: {x: 1}\n  B:\n    y: 2\n  C:\n    z: 3\n"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (RESOURCES + "    - broken\n", {"Resources": {"A": {"x": 1}, "B": {"y": 2}}}),
        (RESOURCES + "   w: 4\n", {"Resources": {"A": {"x": 1}, "B": {"y": 2}}}),
        (RESOURCES + "broken\n", {"Resources": {"A": {"x": 1}, "B": {"y": 2}}}),
        (RESOURCES + "Outputs:\n  D: {\n", {"Resources": {"A": {"x": 1}, "B": {"y": 2}, "C": {"z": 3}}, "Outputs": {}}),
        ('{"Resources": {"A": {"x": 1}, "B": {"y": [2', {"Resources": {"A": {"x": 1}}}),
        ('{"Resources": {"A": {"x": 1}, "B": {"y": 2}}', {"Resources": {"A": {"x": 1}}}),
    ],
)
def test_what_is_surely_complete_survives(text: str, kept: dict[str, Plain]) -> None:
    found = read(text)
    assert found.body is not None
    assert plain(found.body) == kept
    assert [problem.hides for problem in found.problems] == [True]
