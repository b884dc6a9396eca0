"""
The configuration: what it gives, what wins over it, what is wrong with it, and what it cannot do.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.command import STACKS, Run, sglint

SPOKE = (STACKS / "spoke" / "template.yaml").read_text(encoding="utf-8")
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
PEERS = SPOKE.replace("  Ami:\n", "  Peers:\n    Type: CommaDelimitedList\n    Default: 0.0.0.0/0\n  Ami:\n").replace(
    "ToPort: 443\n          CidrIp: 0.0.0.0/0", "ToPort: 443\n          CidrIp: !Select [0, !Ref Peers]"
)
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Spare: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
"""
NESTS = """
Parameters: {Bucket: {Type: String}}
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub "https://${Bucket}.s3.amazonaws.com/v7/net.yaml"}}
"""


def write(directory: Path, **files: str) -> Path:
    """
    Write files into a git work tree; `__` in a name stands for `/`, and `_` before its last part for the dot.
    """
    (directory / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = directory / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def peers(run: Run) -> set[str]:
    """
    Return from where the interfaces let in TCP 443.
    """
    flows = [flow for one in json.loads(run.out)["interfaces"] for flow in one["flows"]]
    return {
        flow["peer"] for flow in flows if (flow["direction"], flow["ports"], flow["via"]) == ("in", "443", "transit-gateway")
    }


def inspect(directory: Path, *options: str, cwd: str = ".") -> Run:
    """
    Inspect the template t.yaml of a directory.
    """
    return sglint("inspect", directory / "t.yaml", "--format", "json", *options, cwd=directory / cwd)


def problems(run: Run) -> list[str]:
    """
    Return the messages of the problems, with their lines.
    """
    return [f"{one['file']}:{one['line']}: {one['message']}" for one in json.loads(run.out)["problems"]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sglint_toml", '[cloudformation.parameters]\nPeers = "10.1.0.0/16"\n'),
        ("sglint_toml", '[cloudformation.parameters]\nPeers = ["10.1.0.0/16", "10.2.0.0/16"]\n'),
        ("sglint_toml", '[cloudformation.templates."t.yaml".parameters]\nPeers = "10.1.0.0/16"\n'),
        ("sglint_toml", 'cloudformation.templates."./a/../t.yaml" = {parameters = {Peers = "10.1.0.0/16"}}\n'),
        ("pyproject_toml", '[project]\nname = "x"\n[tool.sglint.cloudformation.parameters]\nPeers = "10.1.0.0/16"\n'),
    ],
)
def test_a_configuration_gives_parameters(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, t_yaml=PEERS, **{name: text})
    assert peers(inspect(tmp_path)) == {"10.1.0.0/16"}
    assert peers(inspect(tmp_path, "--parameter", "Peers=10.9.0.0/16")) == {"10.9.0.0/16"}


def test_the_nearest_configuration_in_the_work_tree_counts(tmp_path: Path) -> None:
    mine = '[cloudformation.parameters]\nPeers = "10.%s.0.0/16"\n'
    write(tmp_path, sglint_toml=mine % 0)
    work = write(tmp_path / "work", t_yaml=PEERS, a__b__x_txt="", a__pyproject_toml="[tool.ruff]\n")
    assert peers(inspect(work)) == {"0.0.0.0/0"}, "what lies above the work tree is not looked at"
    write(work, sglint_toml=mine % 1)
    assert peers(inspect(work, cwd="a/b")) == {"10.1.0.0/16"}
    write(work, a__sglint_toml=mine % 2)
    assert peers(inspect(work, cwd="a/b")) == {"10.2.0.0/16"}
    assert peers(inspect(work, "--config", str(tmp_path / "sglint.toml"), cwd="a/b")) == {"10.0.0.0/16"}
    assert peers(inspect(work, "--root", "..", cwd="a")) == {"10.2.0.0/16"}


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    text = '[cloudformation.templates."t.yaml"]\nparameters = {Peers = "10.1.0.0/16"}\n'
    work = write(tmp_path / "work", t_yaml=PEERS, a__x_txt="", sglint_toml=text)
    write(tmp_path / "work", a__sglint_toml=text)
    assert peers(inspect(work)) == {"10.1.0.0/16"}
    assert peers(inspect(work, cwd="a")) == {"0.0.0.0/0"}


def test_a_configuration_says_where_a_nested_template_lies(tmp_path: Path) -> None:
    write(tmp_path, t_yaml=HEAD + NESTS, parts__network_yaml=HEAD + NETWORK)
    assert "the template of stack Net is not known" in str(problems(inspect(tmp_path)))
    for url in ("v7/net.yaml", "net.yaml"):
        write(tmp_path, sglint_toml=f'[cloudformation.nested]\n"{url}" = "parts/network.yaml"\n')
        run = inspect(tmp_path)
        assert (problems(run), run.code) == ([], 0)
        assert [one["address"] for one in json.loads(run.out)["interfaces"]] == ["Net.Spare"]


def test_a_configuration_says_what_a_stack_is_called(tmp_path: Path) -> None:
    exports = 'Outputs:\n  S: {Value: !Ref Subnet, Export: {Name: !Sub "${AWS::StackName}-subnet"}}\n'
    imports = "Resources:\n  Eni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !ImportValue b-subnet}}\n"
    write(tmp_path, a_yaml=HEAD + NETWORK + exports, b_yaml=HEAD + NETWORK + exports, t_yaml=HEAD + imports)

    def subnets() -> list[str]:
        found = json.loads(sglint("inspect", ".", "--format", "json", cwd=tmp_path).out)["interfaces"]
        return next(one["subnets"] for one in found if one["address"] == "Eni")

    assert subnets() == []
    write(tmp_path, sglint_toml='[cloudformation.templates]\n"a.yaml".stack = "a"\n"b.yaml".stack = "b"\n')
    assert subnets() == ["b:Subnet"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[cloudformation.parameter]\nA = 1\n",
            "sglint.toml:1: there is no key cloudformation.parameter; did you mean cloudformation",
        ),
        ("\n[cloudfromation]\n", "sglint.toml:2: there is no key cloudfromation; did you mean cloudformation"),
        ("color = true\n", "sglint.toml:1: there is no key color; there are baseline, cloudformation, exclude"),
        (
            '[cloudformation.templates."t.yaml"]\nstak = "a"\n',
            'sglint.toml:2: there is no key cloudformation.templates."t.yaml".stak',
        ),
        ("[cloudformation.parameters]\nA = 1\nB = 1.5\n", "sglint.toml:3: cloudformation.parameters.B is 1.5; write a text"),
        ("[cloudformation.parameters.A]\nB = 1\n", "sglint.toml:1: cloudformation.parameters.A is a table; write a text"),
        (
            "[cloudformation.parameters]\nA = [\n  [1],\n]\n",
            "sglint.toml:2: cloudformation.parameters.A is a list; write a text",
        ),
        ("[cloudformation.parameters]\nA = 2026-11-23\n", "cloudformation.parameters.A is a date or time; write a text"),
        ("cloudformation.nested = 3\n", "sglint.toml:1: cloudformation.nested is 3; write a table"),
        ("[cloudformation.nested]\na = true\n", "sglint.toml:2: cloudformation.nested.a is true; write a text in quotes"),
        ("[cloudformation\n", "sglint.toml is not TOML: "),
        ("a = " + "[" * 9000 + "\n", "sglint.toml is not TOML: "),
        ("a = " + "9" * 9000 + "\n", "sglint.toml is not TOML: "),
        ("a." * 50_000 + "b = 1\n", "sglint.toml is not TOML: a key in it has more than 100 parts"),
        ("[" + '"a" . ' * 101 + "b]\n", "sglint.toml is not TOML: a key in it has more than 100 parts"),
        ("a = '" + "." * 500 + "'\n" + "x." * 99 + "b = 1\n", "sglint.toml:1: there is no key a"),
        ("#" + "x" * 1_000_001, "sglint.toml is larger than 1000000 bytes"),
    ],
)
def test_what_is_wrong_in_a_configuration_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, t_yaml=PEERS, sglint_toml=text)
    run = inspect(tmp_path)
    assert run.code == 2
    assert said in run.err
    assert run.out == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no fifos")
def test_a_configuration_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, t_yaml=PEERS)
    (tmp_path / "sglint.toml").symlink_to("nowhere")
    assert "cannot read sglint.toml: no such file" in inspect(tmp_path).err
    (tmp_path / "sglint.toml").unlink()
    os.mkfifo(tmp_path / "sglint.toml")
    assert "sglint.toml is not a regular file" in inspect(tmp_path).err


def test_a_table_that_is_none_is_an_error_in_pyproject_too(tmp_path: Path) -> None:
    write(tmp_path, t_yaml=PEERS, pyproject_toml="[tool]\nsglint = 3\n")
    assert "pyproject.toml:2: tool.sglint is 3; write a table" in inspect(tmp_path).err
    run = inspect(tmp_path, "--config", "nowhere.toml")
    assert run.code == 2
    assert "--config: cannot read nowhere.toml: no such file" in run.err


def test_names_that_nothing_has_are_said(tmp_path: Path) -> None:
    text = '[cloudformation.parameters]\nPears = "x"\n[cloudformation.templates."t.yaml".parameters]\nPeas = "y"\n'
    more = '[cloudformation.templates."u.yaml"]\nstack = "z"\n'
    write(tmp_path, t_yaml=PEERS, sglint_toml=text + more)
    whole = sglint("inspect", ".", "--format", "json", cwd=tmp_path)
    assert problems(whole) == [
        "sglint.toml:2: no template here declares the parameter Pears",
        "sglint.toml:4: t.yaml has no parameter Peas",
        "sglint.toml:6: cannot read u.yaml: no such file",
    ]
    assert whole.code == 0
    assert problems(inspect(tmp_path)) == problems(whole)[1:], "the parameter may be one of a template that is not looked at"


def test_a_configuration_reaches_nothing_outside_of_what_is_scanned(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(HEAD + NETWORK)
    work = write(tmp_path / "work", t_yaml=HEAD + NESTS)
    (work / "link.yaml").symlink_to(tmp_path / "network.yaml")
    for path in ("../network.yaml", str(tmp_path / "network.yaml"), "link.yaml", "/dev/zero", "a\\u0000b"):
        write(work, sglint_toml=f'[cloudformation.nested]\n"net.yaml" = "{path}"\n')
        run = inspect(work)
        assert run.code == 2
        assert json.loads(run.out)["interfaces"] == []
        assert any("sglint.toml:2" in problem for problem in problems(run)), path
        assert "10.0.0.0/16" not in run.said
    (work / "sglint.toml").unlink()
    (tmp_path / "secret").write_text("password = 'hunter2'\n")
    (work / "sglint.toml").symlink_to(tmp_path / "secret")
    run = inspect(work)
    assert run.code == 2
    assert "sglint.toml links to outside of what is scanned" in run.err
    assert "hunter2" not in run.said


def test_what_is_excluded_nests_no_template_that_is_named(tmp_path: Path) -> None:
    outer = "Resources:\n  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../t.yaml}}\n"
    write(tmp_path, t_yaml=PEERS, old__outer_yaml=outer)
    assert json.loads(inspect(tmp_path).out)["roots"] == ["old/outer.yaml"]
    write(tmp_path, sglint_toml='exclude = ["old"]\n')
    assert json.loads(inspect(tmp_path).out)["roots"] == ["t.yaml"]
