"""
The same values as another reader sees: every template of the fixtures goes through cfn-lint's decoder as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from cfnlint.decode.decode import decode, decode_str  # type: ignore[import-untyped]  # it has types and does not say so
from hypothesis import assume, given
from hypothesis import strategies as st

from sglint.parse.scalar import resolve
from sglint.template import Scalar
from tests.parse.templates import body, inside, plain, read, typed

TEMPLATES = sorted((Path(__file__).parents[2] / "fixtures/templates").iterdir())
plain_scalars = st.text("0123456789abxoeE+-_:.", min_size=1, max_size=10) | st.from_regex(
    r"[-+]?(0[xob])?[0-9a-f_]{1,6}(:[0-9]{1,2}){0,2}(\.[0-9_]{0,4}(e[-+]?[0-9]{1,2})?)?", fullmatch=True
)


def split(value: object) -> object:
    """
    Return their value with the arguments of `Fn::GetAtt` as lists, which they keep as they are written.
    """
    if isinstance(value, list):
        return [split(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::GetAtt"] and isinstance(value["Fn::GetAtt"], str):
        return {"Fn::GetAtt": value["Fn::GetAtt"].split(".", 1)}
    return {key: split(inner) for key, inner in value.items()}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_has_the_values_that_cfn_lint_sees(path: Path) -> None:
    theirs, errors = decode(str(path))
    assert errors == []
    assert typed(plain(body(path.read_text(encoding="utf-8")))) == typed(split(theirs))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_without_libyaml_the_tree_is_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    fast = read(text)
    monkeypatch.setattr("sglint.parse.yaml._Loader", yaml.SafeLoader)
    assert read(text) == fast


def test_the_fixtures_hold_every_function() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    short = "Ref Condition GetAtt Sub Select GetAZs FindInMap ImportValue Base64 Join Split If Equals And Or Not Cidr Transform"
    assert [name for name in short.split() if f"!{name}" not in text] == []
    assert sum(1 for path in TEMPLATES for _ in inside(body(path.read_text(encoding="utf-8")))) > 500


@given(plain_scalars)
def test_every_number_has_the_value_that_cfn_lint_sees(written: str) -> None:
    theirs, errors = decode_str(f"a: [{written}]")
    assume(not errors)
    node = body(f"a: [{written}]").get("a")
    assert node is not None
    assert typed(plain(node)) == typed(theirs["a"])
    scalars = [each for each in inside(node) if isinstance(each, Scalar)]
    assert [resolve(each.text) for each in scalars] == plain(node)
