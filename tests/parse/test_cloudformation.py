"""
Templates in YAML and JSON become one tree, and every place in it points at what is written there.
"""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from sglint.template import Entry, Intrinsic, List, Mapping, Scalar, heads
from tests.parse.templates import Plain, at, body, inside, plain, read, typed

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
keys = words.filter(lambda key: key != "Ref" and not key.startswith("Fn::"))
whole = st.none() | st.booleans() | st.integers() | words
scalars = whole | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


def templates(leaves: st.SearchStrategy[Plain]) -> st.SearchStrategy[dict[str, Plain]]:
    nested = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))
    return st.dictionaries(keys, nested, min_size=1, max_size=4)


def as_yaml(value: object, *, flow: bool | None = False, style: str | None = None, width: int = 80) -> str:
    """
    Return the value in YAML, if PyYAML itself reads back what it writes.
    """
    text: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=flow, default_style=style, width=width, allow_unicode=True
    )
    try:
        assume(yaml.load(text, Loader=yaml.CSafeLoader) == value)
    except (yaml.YAMLError, ValueError):
        assume(False)
    return text


@given(templates(scalars), st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_json_says_what_the_standard_library_reads(value: dict[str, Plain], indent: int | str | None, escaped: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    root = body(text)
    assert typed(plain(root)) == typed(value)
    assert at(text, root.span) == text
    for found in inside(root):
        written = json.loads(at(text, found.span))
        assert typed(written) == typed(found.key if isinstance(found, Entry) else found.value)


@given(
    templates(scalars),
    st.sampled_from([False, True, None]),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([20, 1000]),
)
def test_yaml_says_what_pyyaml_wrote(value: dict[str, Plain], flow: bool | None, style: str | None, width: int) -> None:
    text = as_yaml(value, flow=flow, style=style, width=width)
    root = body(text)
    assert typed(plain(root)) == typed(value)
    lines = text.count("\n") + 1
    for found in inside(root):
        written = at(text, found.span)
        assert written == written.strip(" \n")
        assert found.span.end_line <= lines
        if found.span.line == found.span.end_line and isinstance(found, Scalar):
            again = yaml.load(written, Loader=yaml.CSafeLoader)
            assert typed(again) == (typed(found.value) if style is None else found.text)


@given(templates(whole))
def test_both_formats_are_one_tree(value: dict[str, Plain]) -> None:
    first, second = body(json.dumps(value)), body(as_yaml(value))
    assert _shape(first) == _shape(second)


def _shape(node: object) -> object:
    """
    Return a node without its places.
    """
    if isinstance(node, Scalar):
        return (node.value, type(node.value), node.text)
    if isinstance(node, List):
        return [_shape(item) for item in node.items]
    if isinstance(node, Mapping):
        return sorted(((entry.key, _shape(entry.value)) for entry in node), key=lambda pair: pair[0])
    assert isinstance(node, Intrinsic)
    return node.name, _shape(node.argument)


def only(text: str) -> Intrinsic:
    """
    Return the one function below the key `a`.
    """
    node = body(text).get("a")
    assert isinstance(node, Intrinsic)
    return node


@pytest.mark.parametrize(
    ("short", "long", "name"),
    [
        ("!Ref b", "{Ref: b}", "Ref"),
        ("!Condition b", None, "Condition"),
        ("!Sub '${b}'", '{"Fn::Sub": "${b}"}', "Fn::Sub"),
        ("!Sub ['${b}', {b: !Ref c}]", "{'Fn::Sub': ['${b}', {b: {Ref: c}}]}", "Fn::Sub"),
        ("!Select [0, !GetAZs '']", "{'Fn::Select': [0, {'Fn::GetAZs': ''}]}", "Fn::Select"),
        ("!GetAtt b.c.d", "{'Fn::GetAtt': [b, c.d]}", "Fn::GetAtt"),
        ("!GetAtt [b, c]", "{'Fn::GetAtt': b.c}", "Fn::GetAtt"),
        ("!Base64 {'Fn::Join': ['', [b]]}", "{'Fn::Base64': !Join ['', [b]]}", "Fn::Base64"),
        ("!Transform {Name: AWS::Include}", "{'Fn::Transform': {Name: 'AWS::Include'}}", "Fn::Transform"),
    ],
)
def test_short_and_long_functions_are_one(short: str, long: str | None, name: str) -> None:
    found = only(f"a: {short}")
    assert found.name == name
    assert at(f"a: {short}", found.span) == short
    assert at(f"a: {short}", found.argument.span) == short.partition(" ")[2]
    if long is not None:
        assert _shape(only(f"a: {long}")) == _shape(found)


def test_the_halves_of_an_attribute_have_places() -> None:
    for text in ("a: !GetAtt Ä.Outputs.X", 'a: {"Fn::GetAtt": "Ä.Outputs.X"}', '{"a": {"Fn::GetAtt": "Ä.Outputs.X"}}'):
        argument = only(text).argument
        assert isinstance(argument, List)
        assert [at(text, item.span) for item in argument.items] == ["Ä", "Outputs.X"]


def test_a_function_is_a_mapping_with_one_key_and_a_loop_is_an_entry() -> None:
    root = body("a: {Condition: b}\nFn::Transform: {Name: x}\nc: {Fn::ForEach::X: [y, [z], {}]}\nd: {Ref: b, e: f}\n")
    assert [type(entry.value) for entry in root] == [Mapping, Mapping, Mapping, Mapping]


def test_places_count_characters_and_cover_blocks() -> None:
    text = "Ä: &x 'ü'\n東: # c\n  京: |\n    ä\n     b\n\n  c:\n  - d\n\ne: [1,\n  2]\n# end\n"
    root = body(text)
    assert [at(text, entry.value.span) for entry in root] == [
        "'ü'",
        "京: |\n    ä\n     b\n\n  c:\n  - d",
        "[1,\n  2]",
    ]
    assert [(at(text, head), at(text, all_of)) for head, all_of in heads(read(text))][1:3] == [
        ("東", "東: # c\n  京: |\n    ä\n     b\n\n  c:\n  - d"),
        ("京", "京: |\n    ä\n     b"),
    ]


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_every_line_break_counts_as_the_file_counts_it(line: str) -> None:
    text = line.join(["a: 1", "b: |", "  x # no", "  y", "c: z # yes", "d: [1,", " 2]"])
    found = read(text)
    assert found.body is not None
    assert [at(text, entry.span) for entry in found.body] == ["a", "b", "c", "d"]
    assert [at(text, comment.span) for comment in found.comments] == ["# yes"] == [comment.text for comment in found.comments]


def test_comments_are_what_stands_outside_of_scalars() -> None:
    text = "\n".join(
        [
            "# 1",
            "a: b#c # 2",
            "'d#e': \"# f\" # 3",
            "g: | # 4",
            "  # h",
            "# 5",
            "i: !Sub # 6",
            "  j",
            "k: [ # 7",
            "  l, # 8",
            "  m]# 9",
            "n: o",
            "  #p",
            "q: 'r",
            "  # s'",
            "#",
        ]
    )
    assert [comment.text for comment in read(text).comments] == [*(f"# {number}" for number in range(1, 10)), "#p", "#"]


def test_what_is_written_is_kept() -> None:
    text = "a: 0022\nb: yes\nc: -1\nd: '0022'\ne: 22:22\nf: 1e3\ng: 0b_\nh: .inf\n1.50: i\non: j\n"
    root = body(text)
    assert [entry.key for entry in root][-2:] == ["1.50", "on"]
    values = [entry.value for entry in root]
    assert [node.text for node in values if isinstance(node, Scalar)][:5] == ["0022", "yes", "-1", "0022", "22:22"]
    assert [plain(node) for node in values][:8] == [18, True, -1, "0022", 1342, "1e3", "0b_", ".inf"]


def test_json_numbers_are_exact_and_strings_unescaped() -> None:
    root = body('{"a": 1e3, "b": 0.1, "c": "\\ud83d\\ude00", "d": 12345678901234567890123}')
    assert [str(plain(entry.value)) for entry in root] == ["1000", "0.1", "\U0001f600", "12345678901234567890123"]


def test_json_that_is_only_yaml_is_read_as_yaml() -> None:
    root = body('{Resources: {"a": 1,}} # c')
    assert plain(root) == {"Resources": {"a": 1}}


def test_merged_keys_yield_to_explicit_ones_and_keep_their_places() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  x: 5\n  <<: [*a, *b]\nd: *a\n"
    found = body(text).get("c")
    assert isinstance(found, Mapping)
    assert plain(found) == {"x": 5, "y": 2, "z": 4}
    assert {entry.key: entry.span.line for entry in found} == {"x": 4, "y": 1, "z": 2}
    alias = body(text).entry("d")
    assert alias is not None
    assert at(text, alias.value.span) == "*a"


def test_a_merged_function_is_a_function() -> None:
    assert only("b: &b {Ref: c}\na: {<<: *b}").name == "Ref"


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", '{"a": 1, "b": 2, "a": 3}', "{a: 1, b: 2, a: 3}"])
def test_of_a_key_that_is_written_twice_the_last_counts(text: str) -> None:
    found = read(text)
    (problem,) = found.problems
    assert found.body is not None
    assert plain(found.body) == {"a": 3, "b": 2}
    assert (problem.message, problem.hides) == ("the key a is set twice, the last one counts", False)
    assert problem.span is not None
    assert at(text, problem.span).strip('"') == "a"
    assert problem.span.line == 3 or problem.span.column > 10
