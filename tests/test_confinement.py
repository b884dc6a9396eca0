"""
A stranger's files make sglint read nothing outside of what is scanned, run nothing, reach nothing, and tell no secret.
"""

# ruff: noqa: E501, PTH118
# What is hostile is written as it stands in the files.

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sglint.cli import main
from tests.command import REPOSITORY, STACKS

CANARY = "c4n4ry-0f-th3-0uts1d3"
WATCHED = """
import json, os, sys
told = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
KINDS = ("open", "os.listdir", "os.scandir", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen",
         "socket.connect", "socket.getaddrinfo", "ctypes.dlopen")
def hook(name, given):
    if name in KINDS:
        os.write(told, (json.dumps([name, [os.fsdecode(one) if isinstance(one, bytes) else str(one) for one in given]]) + "\\n").encode())
sys.addaudithook(hook)
sys.argv = ["sglint", *sys.argv[2:]]
from sglint.cli import main
main()
"""
KEY = "AKIA" + "Q7ZJ4M2X9W3K8P5T"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"


def formats(command: str) -> list[str]:
    """
    Return the formats of a command, as it says itself.
    """
    found = main.commands[command]
    choices = [one.type for one in found.params if one.name == "formats" and isinstance(one.type, click.Choice)]
    return [str(one) for one in choices[0].choices] if choices else []


COMMANDS = [(command, one) for command in ("check", "inspect", "graph") for one in formats(command)]


def watched(folder: Path, *arguments: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """
    Return what a run says, and what it opens, lists, runs and connects to.
    """
    log = folder.parent / "events"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "TF_VAR_secret": CANARY, "SGLINT_SECRET": CANARY},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
        timeout=300,
    )
    assert done.returncode in {0, 1, 2}, done.stderr[-3000:]
    assert "Traceback" not in done.stderr and "internal error" not in done.stdout + done.stderr
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return done.stdout + done.stderr, [(name, given) for name, given in events]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """
    A folder that tries in every way to make sglint read `outside`, which lies beside it.
    """
    outside, folder = tmp_path / "outside", tmp_path / "scan"
    (outside / "m").mkdir(parents=True)
    folder.mkdir()
    (outside / "secret.txt").write_text(CANARY)
    (outside / "m" / "main.tf").write_text(f'resource "aws_vpc" "{CANARY}" {{\n  cidr_block = "10.0.0.0/16"\n}}\n')
    (outside / "v.tfvars").write_text(f'secret = "{CANARY}"\n')
    (outside / "t.yaml").write_text(f"Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties: {{CidrBlock: {CANARY}}}\n")
    (outside / "p.json").write_text(json.dumps({"A": CANARY}))
    (outside / "sglint.toml").write_text(f'[cloudformation.parameters]\nA = "{CANARY}"\n')
    terraform(folder, outside)
    cloudformation(folder, outside)
    return folder


def terraform(folder: Path, outside: Path) -> None:
    """
    Write a root module that names files and modules outside, by every function and every kind of path.
    """
    targets = (
        str(outside / "secret.txt"),
        "../outside/secret.txt",
        "${path.module}/../outside/secret.txt",
        "link.txt",
        "dir/secret.txt",
    )
    names = (*targets, "/etc/passwd", "/proc/self/environ", "~/.ssh/id_rsa", "x/../../outside/secret.txt", "file:///etc/passwd")
    calls = [f'{one}("{name}")' for one in ("file", "filebase64", "filesha256", "fileexists") for name in names]
    calls += [f'templatefile("{name}", {{}})' for name in names]
    calls += ['fileset("/etc", "*")', 'fileset("..", "**")', 'fileset(".", "../outside/*")', 'fileset("dir", "**")']
    lines = "".join(
        f'resource "aws_vpc" "v{number}" {{\n  for_each   = toset([for one in flatten([{call}]) : tostring(one)])\n  cidr_block = each.key\n}}\n\n'
        for number, call in enumerate(calls)
    )
    sources = (
        str(outside / "m"),
        "../outside/m",
        "./dir/m",
        "git::https://example.com/m.git",
        "https://example.com/m.zip",
        "a/b/aws",
    )
    lines += "".join(f'module "m{number}" {{\n  source = "{one}"\n}}\n\n' for number, one in enumerate(sources))
    lines += 'variable "secret" {}\n\nresource "aws_vpc" "s" {\n  cidr_block = var.secret\n}\n\n'
    lines += 'data "external" "e" {\n  program = ["touch", "ran"]\n}\n\nresource "null_resource" "n" {\n  provisioner "local-exec" {\n    command = "touch ran"\n  }\n}\n'
    (folder / "main.tf").write_text(lines)
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "dir").symlink_to(outside, target_is_directory=True)
    (folder / "linked.tf").symlink_to(outside / "m" / "main.tf")
    (folder / "x.auto.tfvars").symlink_to(outside / "v.tfvars")
    (folder / ".terraform" / "modules").mkdir(parents=True)
    entries = [
        {"Key": f"m{number}", "Source": "x", "Dir": one}
        for number, one in enumerate((str(outside / "m"), "../outside/m", "dir/m"))
    ]
    (folder / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": entries}))
    (folder / ".gitignore").symlink_to(outside / "secret.txt")


def cloudformation(folder: Path, outside: Path) -> None:
    """
    Write templates, a cloud assembly and a configuration that name files outside.
    """
    urls = (
        str(outside / "t.yaml"),
        "../outside/t.yaml",
        "dir/t.yaml",
        (outside / "t.yaml").as_uri(),
        "https://example.com/t.yaml",
    )
    stacks = "".join(
        f"  S{number}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: '{url}'}}}}\n"
        for number, url in enumerate(urls)
    )
    (folder / "t.yaml").write_text(
        f"Parameters:\n  A: {{Type: String}}\nResources:\n  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: !Ref A}}}}\n{stacks}"
    )
    (folder / "linked.yaml").symlink_to(outside / "t.yaml")
    artifacts = {
        "A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../outside/t.yaml", "stackName": "x"}},
        "B": {"type": "cdk:asset-manifest", "properties": {"file": "../outside/p.json"}},
        "C": {"type": "cdk:asset-manifest", "properties": {"file": str(outside / "p.json")}},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    (folder / "sglint.toml").write_text(
        '[cloudformation.nested]\n"https://example.com/t.yaml" = "../outside/t.yaml"\n"b.yaml" = "dir/t.yaml"\n'
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize(
    "arguments",
    [("check", "--maybe", "."), ("inspect", "--format", "json", "."), ("graph", "."), ("fix", "."), ("report", "-o", "-", ".")],
)
def test_nothing_outside_is_read_and_nothing_is_run(scan: Path, arguments: tuple[str, ...]) -> None:
    said, events = watched(scan, *arguments)
    assert CANARY not in said
    assert "root:x:" not in said and "/bin/sh" not in said
    outside = str(scan.parent / "outside")
    for name, given in events:
        assert name in {"open", "os.listdir", "os.scandir", "ctypes.dlopen"}, (name, given)
        real = os.path.realpath(os.path.join(scan, given[0]))
        assert not real.startswith(outside), (name, given)
        assert not real.startswith(("/etc/passwd", "/proc/self/environ")), (name, given)
    assert not (scan / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_what_is_named_is_read_wherever_it_lies(scan: Path) -> None:
    """
    What the caller names is read, so that the test above would see it if the files could do the same.
    """
    _, events = watched(scan, "check", "--var-file", "../outside/v.tfvars", "--parameter-file", "../outside/p.json", ".")
    opened = {os.path.realpath(os.path.join(scan, given[0])) for name, given in events if name == "open"}
    assert {str(scan.parent / "outside" / one) for one in ("v.tfvars", "p.json")} <= opened


HIDDEN = (
    "hunter2-sens1tive",
    "hunter2-functi0n",
    "hunter2-n0echo",
    "hunter2-def4ult",
    KEY,
    PEM,
    "TVpoZXJlIGlzIGEgbG9uZyBiYXNlNjQgdGV4dA",
)


def secrets(folder: Path) -> None:
    """
    Write a network with findings, whose security groups, names and places are full of secrets.
    """
    text = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")
    text += f'''
variable "password" {{
  default   = "{HIDDEN[0]}"
  sensitive = true
}}

locals {{
  made = "${{upper(var.password)}}-${{var.password}}-{{x}}"
  more = [for one in [var.password] : "${{one}}/16"]
}}

resource "aws_vpc" "secret" {{
  cidr_block = local.made
  tags       = {{ Name = var.password }}
}}

resource "aws_subnet" "secret" {{
  for_each          = toset(["a"])
  vpc_id            = aws_vpc.secret.id
  cidr_block        = sensitive("{HIDDEN[1]}")
  availability_zone = var.password
}}

resource "aws_security_group" "secret" {{
  name   = var.password
  vpc_id = aws_vpc.hub.id

  ingress {{
    protocol    = var.password
    from_port   = var.password
    to_port     = 80
    cidr_blocks = [var.password, local.more[0]]
    description = "{KEY}"
  }}
}}

resource "aws_instance" "secret" {{
  subnet_id              = aws_subnet.secret["a"].id
  vpc_security_group_ids = [aws_security_group.secret.id, var.password]
  instance_type          = var.password
  user_data              = "{PEM}\\n{HIDDEN[6]}"
}}
'''
    (folder / "main.tf").write_text(text)
    (folder / "t.yaml").write_text(f"""Parameters:
  Password: {{Type: String, NoEcho: true, Default: {HIDDEN[2]}}}
Resources:
  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: !Ref Password}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V, CidrBlock: !Sub '${{Password}}/16', AvailabilityZone: !Ref Password}}}}
  I:
    Type: AWS::EC2::Instance
    Properties: {{SubnetId: !Ref S, SecurityGroupIds: [!Ref Password], InstanceType: !Join ['', [!Ref Password, x]], UserData: {KEY}}}
""")


@pytest.mark.parametrize(("command", "format_"), [*COMMANDS, ("fix", ""), ("report", "")])
def test_no_secret_reaches_an_output(tmp_path: Path, command: str, format_: str) -> None:
    folder = tmp_path / "scan"
    folder.mkdir()
    secrets(folder)
    more = ["--format", format_] if format_ else ["-o", "-"] if command == "report" else []
    said, _ = watched(folder, command, *more, *(["--maybe"] if command == "check" else []), ".")
    for hidden in (*HIDDEN, HIDDEN[0].upper()):
        assert hidden not in said, said[max(0, said.find(hidden) - 300) : said.find(hidden) + 100]


def test_the_environment_is_told_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    shutil.copytree(STACKS / "clean", folder)
    (folder / "v.tf").write_text('variable "secret" {}\n\nresource "aws_vpc" "v" {\n  cidr_block = var.secret\n}\n')
    said, _ = watched(folder, "inspect", "--format", "json", ".")
    assert CANARY not in said
