"""
Input from a stranger: every run ends in bounded time without a traceback, says where it stumbled, and still checks the rest.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from sglint.cli.check import FORMATS
from tests.command import STACKS, sglint

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def obey_permissions() -> None:
    """
    Let even root be refused what the mode of a file refuses, from the next program on.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)
    libc.prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """
    A directory to scan, with `bad` for a hostile root module beside `good`, in which there is something to find.
    """
    (tmp_path / "bad").mkdir()
    shutil.copytree(STACKS / "inspection-hub", tmp_path / "good")
    return tmp_path


def check_both(scan: Path, *mentions: str) -> str:
    """
    Check `bad` alone, which is not clean, and then beside `good`, whose finding is there all the same with each mention.
    """
    alone = sglint("check", "bad", cwd=scan)
    assert alone.code == 2, alone.said[-3000:]
    run = sglint("check", "bad", "good", cwd=scan)
    assert run.code == 1
    assert "tracked-forwarder" in run.out
    assert "good/main.tf" in run.out
    assert "internal error" not in run.out
    for mention in mentions:
        assert mention in run.out
    return run.out


def test_a_binary_file_named_tf(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_bytes(bytes(range(256)) * 400)
    check_both(scan, "bad/main.tf")


def test_a_syntax_error_is_placed_and_hides_no_more_than_its_block(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text(
        'locals {\n  a = 1\n}\n\nresource "aws_vpc" "v" {\n  cidr_block = = "10.0.0.0/16"\n}\n'
    )
    check_both(scan, "bad/main.tf:6:")


def test_a_module_that_is_not_there(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text('module "m" {\n  source = "./nowhere"\n}\n')
    check_both(scan, "bad/main.tf:2:", "nowhere")


def test_modules_that_call_each_other(scan: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (scan / "bad" / name).mkdir()
        (scan / "bad" / name / "main.tf").write_text(f'module "again" {{\n  source = "../{other}"\n}}\n')
    (scan / "bad" / "main.tf").write_text('module "first" {\n  source = "./a"\n}\n')
    check_both(scan, "main.tf:")


def test_modules_that_call_each_other_and_that_nobody_calls_are_not_passed_over(scan: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (scan / "bad" / name).mkdir()
        (scan / "bad" / name / "main.tf").write_text(f'module "again" {{\n  source = "../{other}"\n}}\n')
    check_both(scan, "main.tf:")


def test_locals_that_mean_each_other(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text(
        'locals {\n  a = local.b\n  b = "${local.a}x"\n}\n\nresource "aws_vpc" "v" {\n  cidr_block = local.a\n}\n\n'
        'resource "aws_subnet" "s" {\n  vpc_id     = aws_vpc.v.id\n  cidr_block = local.b\n}\n'
    )
    run = sglint("check", "bad", "good", cwd=scan)
    assert "tracked-forwarder" in run.out
    assert "bad/main.tf:3:3" in run.out
    assert "refers to itself" in run.out


def test_a_resource_that_means_itself(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text('resource "aws_vpc" "v" {\n  cidr_block = aws_vpc.v.cidr_block\n}\n')
    assert "tracked-forwarder" in sglint("check", "bad", "good", cwd=scan).out


def test_a_directory_that_holds_itself(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text("locals {}\n")
    (scan / "bad" / "loop").symlink_to(scan / "bad", target_is_directory=True)
    run = sglint("check", ".", cwd=scan)
    assert run.code == 1
    assert run.out.count("tracked-forwarder") == sglint("check", "good", cwd=scan).out.count("tracked-forwarder")
    assert "loop" not in run.out


def test_a_file_that_is_a_link_to_itself(scan: Path) -> None:
    (scan / "bad" / "main.tf").symlink_to(scan / "bad" / "main.tf")
    check_both(scan, "bad/main.tf")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no fifos")
def test_a_fifo_named_tf_is_not_waited_for(scan: Path) -> None:
    os.mkfifo(scan / "bad" / "main.tf")
    run = sglint("check", "bad", "good", cwd=scan)
    assert "tracked-forwarder" in run.out


def test_a_million_instances(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text(
        'resource "aws_vpc" "v" {\n  count      = 1000000\n  cidr_block = "10.0.0.0/16"\n}\n\n'
        'resource "aws_subnet" "s" {\n  count  = length(aws_vpc.v)\n  vpc_id = aws_vpc.v[count.index].id\n}\n'
    )
    check_both(scan, "bad/main.tf:2:")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ("{ a = ", " }"), ("(", ")"), ('"${', '}"'), ("f(", ")"), ("-", ""), ("true ? 1 : ", ""), ("1 + ", "")],
)
def test_nesting_without_end(scan: Path, opening: str, closing: str) -> None:
    depth = 5_000_000 // len(opening + closing)
    text = (
        f'locals {{\n  a = {opening * depth}1{closing * depth}\n}}\n\nresource "aws_vpc" "v" {{\n  cidr_block = local.a\n}}\n'
    )
    (scan / "bad" / "main.tf").write_text(text)
    check_both(scan, "bad/main.tf")


def test_blocks_nested_without_end(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text("a {\n" * 1_000_000 + "}\n" * 1_000_000)
    check_both(scan, "bad/main.tf")


def test_json_nested_without_end(scan: Path) -> None:
    (scan / "bad" / "main.tf.json").write_text('{"locals":{"a":' + "[" * 5_000_000 + "]" * 5_000_000 + "}}")
    check_both(scan, "bad/main.tf.json")


YAML_BOMB = "a0: &a0 x\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(9))


@pytest.mark.parametrize(
    "expression",
    [
        "range(0, 100000000)",
        'format("%999999999d", 1)',
        'join("", [for a in range(1000) : join("", [for b in range(1000) : join("", [for c in range(1000) : "x"])])])',
        "setproduct(range(1000), range(1000), range(1000))",
        'regex("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
        'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "/(a|aa)+$/", "x")',
        "pow(10, 1000000000)",
        "pow(pow(9, 999), 999)",
        'parseint("9", 99999)',
        "yamldecode(" + json.dumps(YAML_BOMB) + ")",
        'cidrsubnets("10.0.0.0/8", [for n in range(100000) : 24]...)',
        'base64gzip(join("", [for n in range(1000000) : "x"]))',
        "1e999999999 * 1e999999999",
        'chomp(file("/dev/zero"))',
    ],
)
def test_a_value_that_would_take_forever(scan: Path, expression: str) -> None:
    (scan / "bad" / "main.tf").write_text(
        f'locals {{\n  a = {expression}\n}}\n\nresource "aws_vpc" "v" {{\n  cidr_block = jsonencode(local.a)\n}}\n\n'
        'resource "aws_subnet" "s" {\n  for_each = toset(local.a)\n  vpc_id = aws_vpc.v.id\n  cidr_block = local.a\n}\n'
    )
    assert "tracked-forwarder" in sglint("check", "bad", "good", cwd=scan).out


def test_a_string_that_doubles_itself(scan: Path) -> None:
    doubling = "\n".join(f'  x{n + 1} = "${{local.x{n}}}${{local.x{n}}}"' for n in range(60))
    (scan / "bad" / "main.tf").write_text(
        f'locals {{\n  x0 = "x"\n{doubling}\n}}\n\nresource "aws_vpc" "v" {{\n  cidr_block = local.x60\n}}\n\n'
        'resource "aws_subnet" "s" {\n  vpc_id     = aws_vpc.v.id\n  cidr_block = local.x60\n}\n'
    )
    assert "tracked-forwarder" in sglint("check", "bad", "good", cwd=scan).out


@pytest.mark.parametrize("first", ['"x"', "aws_vpc.v.id", 'sensitive("x")'])
@pytest.mark.parametrize("double", ["[{0}, {0}]", "{{ a = {0}, b = {0} }}", "[for one in [1, 2] : {0}]"])
def test_a_collection_that_doubles_itself(scan: Path, first: str, double: str) -> None:
    doubling = "\n".join(f"  x{n + 1} = {double.format(f'local.x{n}')}" for n in range(60))
    uses = (
        "jsonencode({0})",
        "flatten({0})",
        "{0} == {0}",
        "true ? {0} : 1",
        "{0}[*]",
        '"${{{0}}}"',
        "nonsensitive({0})",
        "{0}",
    )
    vpcs = "\n".join(
        f'resource "aws_vpc" "v{n}" {{\n  cidr_block = {use.format("local.x60")}\n  tags = {use.format("local.x60")}\n}}\n'
        for n, use in enumerate(uses)
    )
    (scan / "bad" / "main.tf").write_text(f'locals {{\n  x0 = {first}\n{doubling}\n}}\n\nresource "aws_vpc" "v" {{}}\n{vpcs}')
    assert "tracked-forwarder" in sglint("check", "bad", "good", cwd=scan).out


def test_modules_that_multiply(scan: Path) -> None:
    for level in range(12):
        (scan / "bad" / f"m{level}").mkdir()
        calls = (
            f'module "x" {{\n  count  = 10\n  source = "../m{level + 1}"\n}}\n' if level < 11 else 'resource "aws_vpc" "v" {}\n'
        )
        (scan / "bad" / f"m{level}" / "main.tf").write_text(calls)
    (scan / "bad" / "main.tf").write_text('module "m" {\n  source = "./m0"\n}\n')
    check_both(scan, "main.tf:")


def test_a_file_outside_of_what_is_scanned_is_not_read(scan: Path) -> None:
    (scan / "bad" / "link.txt").symlink_to("/etc/passwd")
    reads = [
        'file("/etc/passwd")',
        'file("${path.module}/link.txt")',
        'templatefile("/etc/passwd", {})',
        'file("../../../etc/passwd")',
    ]
    (scan / "bad" / "main.tf").write_text(
        "".join(
            f'resource "aws_vpc" "v{n}" {{\n  for_each   = toset(split("\\n", {read}))\n  cidr_block = each.key\n}}\n\n'
            f'resource "aws_instance" "i{n}" {{\n  subnet_id              = {read}\n  vpc_security_group_ids = [{read}]\n}}\n\n'
            for n, read in enumerate(reads)
        )
    )
    for arguments in (["check", "--maybe", "bad", "good"], ["inspect", "--format", "json", "bad"]):
        run = sglint(*arguments, cwd=scan)
        assert "root:" not in run.said
        assert "/bin/" not in run.said


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_vpc" "v" {\n  cidr_block = file("\\u0000")\n}\n',
        'resource "aws_vpc" "v" {\n  cidr_block = templatefile("a\\u0000b", {})\n}\n',
        'resource "aws_vpc" "v" {\n  for_each   = fileset("\\u0000", "*")\n  cidr_block = each.key\n}\n',
        f'resource "aws_vpc" "v" {{\n  cidr_block = file("{"a/" * 10_000}")\n}}\n',
        'module "m" {\n  source = "./\\u0000"\n}\n',
        f'module "m" {{\n  source = "./{"a" * 10_000}"\n}}\n',
        'module "m" {\n  source = "./\\ud800"\n}\n',
    ],
)
def test_paths_that_no_file_can_have(scan: Path, text: str) -> None:
    (scan / "bad" / "main.tf").write_text(text)
    check_both(scan, "bad/main.tf")


def test_a_sensitive_value_is_not_printed(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text(
        'variable "password" {\n  default   = "hunter2hunter2"\n  sensitive = true\n}\n\n'
        'resource "aws_vpc" "v" {\n  cidr_block = var.password\n}\n\n'
        'resource "aws_subnet" "s" {\n  vpc_id     = aws_vpc.v.id\n  cidr_block = sensitive("hunter2hunter2")\n}\n\n'
        'resource "aws_instance" "i" {\n  subnet_id       = aws_subnet.s.id\n  security_groups = [var.password]\n}\n'
    )
    for arguments in (
        ["check", "--maybe", "bad"],
        *(["check", "--maybe", "--format", name, "bad"] for name in FORMATS),
        ["inspect", "--format", "json", "bad"],
    ):
        assert "hunter2" not in sglint(*arguments, cwd=scan).said


ESCAPES = "\\u001b[2J\\u001b]0;x\\u0007\\n::error file=x::y\\u202e"


def escaping(scan: Path) -> Path:
    """
    Make a root module out of `good` whose findings are about an address full of control characters.
    """
    text = (STACKS / "clean" / "main.tf").read_text(encoding="utf-8")
    text = text.replace('cidr_blocks = ["0.0.0.0/0"]', 'cidr_blocks = ["10.0.0.0/8"]')
    text = text.replace(
        'resource "aws_instance" "appliance" {', f'resource "aws_instance" "appliance" {{\n  for_each = toset(["{ESCAPES}"])'
    )
    (scan / "bad" / "main.tf").write_text(text, encoding="utf-8")
    return scan / "bad"


@pytest.mark.parametrize("format_", FORMATS)
def test_control_characters_do_not_reach_the_terminal(scan: Path, format_: str) -> None:
    run = sglint("check", "--format", format_, escaping(scan), cwd=scan)
    assert run.code == 1
    assert "tracked-forwarder" in run.out
    assert not [line for line in run.out.splitlines() if line.startswith("::error file=x")]
    assert not {character for character in run.out if (ord(character) < 32 and character != "\n") or character in "\x7f\u202e"}


def test_a_directory_that_may_not_be_read(scan: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("root cannot be refused here")
    (scan / "bad" / "main.tf").write_text("locals {}\n")
    (scan / "bad").chmod(0)
    try:
        run = sglint("check", ".", cwd=scan, before=obey_permissions)
    finally:
        (scan / "bad").chmod(0o755)
    assert "bad" in run.said
    assert run.code == 1
    assert "tracked-forwarder" in run.out


def test_a_file_that_may_not_be_read(scan: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("root cannot be refused here")
    (scan / "bad" / "main.tf").write_text("locals {}\n")
    (scan / "bad" / "main.tf").chmod(0)
    run = sglint("check", ".", cwd=scan, before=obey_permissions)
    assert "bad/main.tf" in run.said
    assert run.code == 1
    assert "tracked-forwarder" in run.out


def test_a_path_that_does_not_exist(scan: Path) -> None:
    run = sglint("check", "nowhere", "good", cwd=scan)
    assert run.code == 2
    assert "nowhere" in run.err


def test_an_empty_directory_does_not_read_like_a_clean_one(scan: Path) -> None:
    empty = sglint("check", "bad", cwd=scan)
    clean = sglint("check", STACKS / "clean", cwd=scan)
    assert clean.code == 0
    assert empty.said != clean.said
    assert "no " in empty.said or "0 " in empty.said


def test_a_path_that_is_neither_terraform_nor_a_directory(scan: Path) -> None:
    (scan / "notes.txt").write_text("hello")
    run = sglint("check", "notes.txt", "good", cwd=scan)
    assert "notes.txt" in run.said


def test_problems_are_in_the_json_with_their_places(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text('module "m" {\n  source = "./nowhere"\n}\n')
    said = json.loads(sglint("check", "--format", "json", "bad", "good", cwd=scan).out)
    assert any(problem["file"] == "bad/main.tf" and problem["line"] == 2 for problem in said["problems"])
    assert {finding["rule"] for finding in said["findings"]} >= {"tracked-forwarder"}


def test_a_hundred_thousand_errors_do_not_bury_the_finding(scan: Path) -> None:
    (scan / "bad" / "main.tf").write_text('resource "aws_vpc" "v" {\n  cidr_block = = 1\n}\n' * 100_000)
    said = check_both(scan, "bad/main.tf")
    assert len(said) < 5_000_000


def template(scan: Path, body: str, name: str = "t.yaml") -> None:
    """
    Write a template into `bad`.
    """
    (scan / "bad" / name).write_text(body, encoding="utf-8")


def nested(*urls: str) -> str:
    """
    Return a template that nests the templates at these URLs.
    """
    one = "{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}}}}}"
    stacks = (f"  S{n}: {one.format(json.dumps(url))}\n" for n, url in enumerate(urls))
    return f"Resources:\n{''.join(stacks)}"


VPC = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: "


def test_aliases_that_multiply(scan: Path) -> None:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(30)]
    template(scan, f"{''.join(lines)}{VPC}*a29\n")
    check_both(scan, "more than 250000 values, aliases written out")


@pytest.mark.parametrize(
    "value", ["[" * 100_000, "[" * 50_000 + "]" * 50_000, '{"Fn::Join": ["", [' * 3_000 + "x" + "]]}" * 3_000]
)
def test_a_template_nested_without_end(scan: Path, value: str) -> None:
    template(scan, f"{VPC}{value}\n")
    check_both(scan, "bad/t.yaml")


def test_a_tag_that_would_make_an_object_makes_none(scan: Path) -> None:
    made = scan / "made"
    template(scan, f"{VPC}!!python/object/apply:os.system ['touch {made}']\n")
    check_both(scan, "the tag !!python/object/apply:os.system does not fit here")
    assert not made.exists()


def test_templates_that_nest_each_other(scan: Path) -> None:
    template(scan, nested("b.yaml"), "a.yaml")
    template(scan, nested("a.yaml", "b.yaml"), "b.yaml")
    out = check_both(scan, "stack S0 nests bad/b.yaml, which it is nested in itself", "take one of the two out of the other")
    assert "TemplateURL that is a path" not in out


def test_templates_that_multiply(scan: Path) -> None:
    for number in range(8):
        template(scan, nested(*[f"t{number + 1}.yaml"] * 10), f"t{number}.yaml")
    template(scan, f"{VPC}10.0.0.0/16\n", "t8.yaml")
    check_both(scan, "nests more than 500 stacks")


def test_loops_that_multiply(scan: Path) -> None:
    body = "{'S${A}${B}${C}': {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}"
    for name in "CBA":
        body = f"{{'Fn::ForEach::{name}': [{name}, [{', '.join(f'a{n}' for n in range(100))}], {body}]}}"
    template(scan, f"Transform: AWS::LanguageExtensions\nResources: {body}\n")
    check_both(scan, "go round more than 5000 times")


def test_a_scalar_that_is_too_long(scan: Path) -> None:
    template(scan, f"{VPC}'{'x' * 5_000_000}'\n")
    check_both(scan, "bad/t.yaml is larger than 5000000 bytes")


def test_templates_outside_of_what_is_scanned_are_not_read(scan: Path) -> None:
    outside = scan.parent / "outside.yaml"
    outside.write_text(f"{VPC}10.0.0.0/16 # hunter2\n")
    urls = ("../../outside.yaml", str(outside), outside.as_uri(), "../../../../../../../../etc/passwd", "\0", "..", "x" * 5_000)
    template(scan, nested(*urls))
    out = check_both(scan)
    assert len([line for line in out.splitlines() if line.endswith("is not found, so its resources are not seen")]) == len(urls)
    assert "hunter2" not in out
    assert "x" * 100 not in out


def test_a_directory_of_templates_that_holds_itself(scan: Path) -> None:
    template(scan, nested("nowhere.yaml"))
    (scan / "bad" / "more.yaml").symlink_to(scan / "bad", target_is_directory=True)
    check_both(scan, "nowhere.yaml")


def test_a_json_template_with_keys_twice(scan: Path) -> None:
    one = '{"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "CidrBlock": 7}}'
    template(scan, f'{{"Resources": {{"V": {one}, "V": {one}, "S": 3}}}}', "t.json")
    check_both(
        scan, "the key CidrBlock is set twice, the last one counts", "the key V is set twice", "S has no Type that is a text"
    )
