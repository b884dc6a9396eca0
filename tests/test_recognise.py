"""
Which YAML and JSON files are templates, told from their text.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sglint.source import discover, read
from sglint.source.recognise import is_template, resembles_template
from sglint.source.text import Problem

TYPED = "Resources:\n  A:\n    Type: AWS::EC2::VPC\n"
CDK = '{"Resources":{"VpcABC":{"Type":"AWS::EC2::VPC","Metadata":{"aws:cdk:path":"Stack/Vpc"}}}}'


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n",
        "# a comment\n\n---\n'AWSTemplateFormatVersion' : '2010-09-09'\n",
        "%YAML 1.1\n---\n" + TYPED,
        TYPED,
        TYPED.replace("AWS::EC2::VPC", "Custom::Thing"),
        TYPED.replace("AWS::EC2::VPC", '"Alexa::ASK::Skill"'),
        TYPED.replace("AWS::EC2::VPC", "MongoDB::Atlas::Cluster"),
        TYPED.replace("\n", "\r\n"),
        "  " + TYPED.replace("\n", "\n  "),
        "\ufeff" + TYPED,
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n",
        "Resources: # the list\n\n  # comes below\n  A: {Type: AWS::EC2::VPC}\n",
        CDK,
        '{\n  "Description": "}]",\n  "Resources" : {\n "A": {"Type" : "AWS::EC2::VPC"}}}',
        '\n {"AWSTemplateFormatVersion" : "2010-09-09"',
        '{AWSTemplateFormatVersion: "2010-09-09", Resources: {}}',
        '{"Resources": {"A": {"Type": "AWS::EC2::VPC"',
    ],
)
def test_templates_are_known(text: str) -> None:
    assert is_template(text.encode())
    assert is_template(text.lstrip("\ufeff").encode("utf-16"))
    assert is_template(text.lstrip("\ufeff").encode("utf-16-be"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  template.yaml: |\n    AWSTemplateFormatVersion: 2010-09-09\n    " + TYPED,
        "on: push\njobs:\n  a:\n    steps:\n      - run: aws cloudformation deploy # AWS::EC2::VPC\n",
        '{"name": "x", "version": "1", "scripts": {"Resources": "AWS::EC2::VPC"}}',
        "services:\n  web:\n    image: x\nx-aws-cloudformation:\n  Resources:\n    A: {Type: AWS::EC2::VPC}\n",
        "{{- if .Values.x }}\nkind: Service\n{{- end }}\n",
        "openapi: 3.0.0\npaths: {}\nx-amazon-apigateway-integration: {Type: AWS::Lambda}\n",
        "version: 0.0\nResources:\n  # one\n  - Service:\n      Type: AWS::ECS::Service\n",
        '{"version": 0.0, "Resources": [{"Service": {"Type": "AWS::ECS::Service"}}]}',
        '{"version": "tree-0.1", "tree": {"Resources": {"Type": "AWS::EC2::VPC"}}}',
        '{"a": "\\"Resources\\": {", "b": {"Resources": {"A": {"Type": "AWS::EC2::VPC"}}}}',
        "service: x\nresources:\n  Resources:\n    A:\n      Type: AWS::EC2::VPC\n",
        "Resources:\n  cpu: 100m\n",
    ],
)
def test_other_files_are_not(text: str) -> None:
    assert not is_template(text.encode())


@pytest.mark.parametrize(
    "content",
    [
        b'"Resources" Type: A::B' + b'{"' + b'\\"' * 2_000_000,
        b"Resources:" + b"\n" * 4_000_000 + b"Type: A::B",
        b"Type: A::B\n" + b"Resources\n" * 400_000,
        b"Type" * 1_000_000 + b"Resources: Type: A::B",
        b" " * 4_000_000 + b"Resources: {Type: A::B}",
        b"# Resources Type: A::B\n" * 200_000,
        b"{Resources Type: A::B" + b"[" * 4_000_000,
    ],
    ids=lambda content: content[:20].decode(),
)
def test_looking_takes_no_longer_than_the_file_is(content: bytes) -> None:
    started = time.process_time()
    is_template(content)
    resembles_template(content)
    assert time.process_time() - started < 5


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_a_cloud_assembly_is_read_when_it_is_named_although_git_ignores_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".gitignore", "cdk.out\n")
    write(tmp_path / "cdk.out/Stack.template.json", CDK)
    write(tmp_path / "cdk.out/manifest.json", '{"version": "36.0.0", "artifacts": {}}')
    write(tmp_path / "cdk.out/tree.json", '{"version": "tree-0.1", "tree": {"Type": "AWS::EC2::VPC"}}')
    write(tmp_path / "main.tf", "")
    assert [found.path for found in discover(["."], base=str(tmp_path)).files] == ["main.tf"]
    for named in ("cdk.out", "cdk.out/Stack.template.json"):
        discovery = discover([named], base=str(tmp_path))
        assert [(found.path, found.format) for found in discovery.files] == [
            ("cdk.out/Stack.template.json", "cloudformation"),
        ]
        assert discovery.problems == ()


def test_every_suffix_counts_in_both_formats(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml", "c.template", "d.json", "e.txt"):
        write(tmp_path / name, TYPED)
        write(tmp_path / f"json-{name}", CDK)
    found = discover(["."], base=str(tmp_path)).files
    assert [file.path.removeprefix("json-") for file in found] == ["a.yaml", "b.yml", "c.template", "d.json"] * 2


@pytest.mark.parametrize(
    ("name", "content", "message", "hides"),
    [
        ("a.template", "server {}\n", "a.template is no CloudFormation template", False),
        ("a.template", "A:\n  Type: AWS::EC2::VPC\n", "a.template is not recognised as a CloudFormation template", True),
        ("a.yaml", "A:\n  Type: AWS::EC2::VPC\n", "a.yaml is not recognised as a CloudFormation template", True),
        ("a.yaml", "kind: Pod\n", "a.yaml is no CloudFormation template", False),
        ("a.txt", TYPED, "a.txt is no Terraform or CloudFormation file", True),
    ],
)
def test_a_named_file_that_is_not_read_is_said(tmp_path: Path, name: str, content: str, message: str, hides: bool) -> None:
    write(tmp_path / name, content)
    problems = discover([name], base=str(tmp_path)).problems
    assert [(problem.message, problem.hides) for problem in problems] == [(message, hides)]


def test_files_that_a_hook_names_and_that_are_none_are_said_once(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        write(tmp_path / name, "kind: Pod\n")
    (problem,) = discover(["a.yaml", "b.yaml", "c.yaml"], base=str(tmp_path)).problems
    assert problem.message == "a.yaml and 2 more are no CloudFormation templates"


def test_a_named_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (problem,) = discover(["a.yaml"], base=str(tmp_path)).problems
    assert problem.message == "a.yaml is not a regular file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TYPED.encode("utf-16"), "t.yaml is not text"),
        (TYPED.encode() + b"# " + b"x" * 5_000_000, "t.yaml is larger than 5000000 bytes"),
        (TYPED.encode() + b"\xff", "t.yaml is not UTF-8"),
    ],
)
def test_a_template_that_is_no_readable_text_is_found_and_then_a_problem(tmp_path: Path, content: bytes, message: str) -> None:
    write(tmp_path / "t.yaml", content)
    discovery = discover(["."], base=str(tmp_path))
    assert [found.format for found in discovery.files] == ["cloudformation"]
    found = read(discovery.tree, "t.yaml")
    assert isinstance(found, Problem)
    assert found.message == message
