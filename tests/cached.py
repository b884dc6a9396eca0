"""
A work tree in which everything stands that a result may depend on, and the ways in which somebody may change it.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from contextlib import chdir, suppress
from dataclasses import replace
from pathlib import Path

from sglint import pipeline
from sglint.output.formats import Shown, render
from sglint.request import Request
from sglint.rule import load
from sglint.source import SglintError

NETWORK = """
module "group" {
  source  = "../../modules/group"
  vpc     = aws_vpc.v.id
  clients = var.clients
}

variable "clients" {
  default = "10.0.0.0/8"
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  for_each   = { for name in fileset("zones", "*.txt") : trimsuffix(name, ".txt") => trimspace(file("zones/${name}")) }
  vpc_id     = aws_vpc.v.id
  cidr_block = each.value
}

resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id

  route {
    cidr_block         = jsondecode(templatefile("route.json.tftpl", { to = "0.0.0.0/0" })).to
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "t" {
  for_each       = aws_subnet.s
  subnet_id      = each.value.id
  route_table_id = aws_route_table.t.id
}

output "subnet" {
  value = fileexists("second") ? aws_subnet.s["b"].id : aws_subnet.s["a"].id
}

output "group" {
  value = module.group.id
}
"""
GROUP = """
variable "vpc" {}
variable "clients" {}

resource "aws_security_group" "g" {
  vpc_id = var.vpc

  # sglint: ignore[tracked-forwarder] it is a test
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = [var.clients]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

output "id" {
  value = aws_security_group.g.id
}
"""
USER = """
data "terraform_remote_state" "net" {
  backend = "local"
  config  = { path = "../net/terraform.tfstate" }
}

resource "aws_instance" "i" {
  subnet_id              = data.terraform_remote_state.net.outputs.subnet
  vpc_security_group_ids = [data.terraform_remote_state.net.outputs.group]
  source_dest_check      = false
}
"""
INSTALLED = """
module "group" {
  source  = "example.com/a/group/aws"
  vpc     = aws_vpc.w.id
  clients = "0.0.0.0/0"
}

resource "aws_vpc" "w" {
  cidr_block = "10.1.0.0/16"
}
"""
SITE = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Clients: {Type: String, Default: 10.0.0.0/8}
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: parts/net.yaml, Parameters: {Clients: !Ref Clients}}
Outputs:
  Subnet: {Value: !GetAtt Net.Outputs.Subnet, Export: {Name: site-subnet}}
  Group: {Value: !GetAtt Net.Outputs.Group, Export: {Name: site-group}}
"""
PART = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Clients: {Type: String}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.2.0.0/16}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.2.1.0/24}}
  T: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref V}}
  R:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref T, DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-0123456789abcdef0}
  A: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref S, RouteTableId: !Ref T}}
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref V
      GroupDescription: g
      SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: !Ref Clients}]
Outputs:
  Subnet: {Value: !Ref S}
  Group: {Value: !Ref G}
"""
IMPORTING = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  I:
    Type: AWS::EC2::Instance
    Properties:
      SubnetId: !ImportValue site-subnet
      SecurityGroupIds: [!ImportValue site-group]
      SourceDestCheck: false
"""
RULE = '''"""
Says how many interfaces there are.

Nothing is wrong.
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Severity, rule


@rule(severity=Severity.NOTE, since="1.0")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at all interfaces.
    """
    for judgement in net.judgements:
        yield Found(subject=judgement.interface, says="is there, 10.0.0.0/8")
'''
FILES: Mapping[str, str] = {
    "live/net/main.tf": NETWORK,
    "live/net/terraform.tfvars": 'clients = "10.0.0.0/8"\n',
    "live/net/route.json.tftpl": '{"to": "${to}"}\n',
    "live/net/zones/a.txt": "10.0.1.0/24\n",
    "live/net/zones/b.txt": "10.0.2.0/24\n",
    "live/app/main.tf": USER,
    "live/more/main.tf": USER,
    "live/reg/main.tf": INSTALLED,
    "live/reg/.terraform/modules/modules.json": json.dumps(
        {"Modules": [{"Key": "group", "Source": "example.com/a/group/aws", "Dir": ".terraform/modules/group"}]}
    ),
    "live/reg/.terraform/modules/group/main.tf": GROUP,
    "modules/group/main.tf": GROUP,
    "cfn/site.yaml": SITE,
    "cfn/parts/net.yaml": PART,
    "cfn/app.yaml": IMPORTING,
    "parameters.json": '{"Clients": "10.0.0.0/8"}\n',
    "more.tfvars": 'clients = "10.0.0.0/8"\n',
    "sglint.toml": '[terraform.roots."live/net".variables]\nclients = "10.0.0.0/8"\n',
    "mine/present.py": RULE,
}
WORDS = (
    "10.0.0.0/8",
    "0.0.0.0/0",
    "10.0.1.0/24",
    "../../modules/group",
    "tracked-forwarder",
    "site-group",
    "parts/net.yaml",
    "net",
)
WAYS = (
    Request((".",)),
    Request(("live/app/main.tf", "cfn/parts/net.yaml")),
    Request((".",), parameter_files=("parameters.json",), assignments=(("file", "more.tfvars"),)),
    Request(("modules/group/main.tf", "live"), workspace="w"),
)


def planted(folder: Path) -> Path:
    """
    Write the work tree, and return its folder.
    """
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / ".git").mkdir()
    return folder


def said(folder: Path, cache: Path | None, wanted: Request) -> str:
    """
    Return what a run says in this folder, with what is remembered there, in two formats.
    """
    with chdir(folder):
        try:
            rules = load([path for path in (Path("mine"),) if path.is_dir()])
            report = pipeline.lint(replace(wanted, cache="" if cache is None else str(cache)), rules, rules)
        except SglintError as error:
            return str(error)
    shown = Shown(rules, "", None, maybe=True, color=False)
    return render(report, "json", shown) + render(report, "text", shown)


def change(folder: Path, draw: random.Random) -> str:
    """
    Change something in the work tree, and return what.
    """
    files = [
        path for path in sorted(folder.rglob("*")) if (path.is_symlink() or path.is_file()) and "__pycache__" not in path.parts
    ]
    path, other = draw.choice(files), draw.choice(files)
    name = draw.choice(sorted(FILES))
    how = draw.choice(
        ("word", "word", "word", "line", "comment", "away", "back", "back", "back", "rename", "link", "copy", "touch", "folder")
    )
    with suppress(OSError, UnicodeDecodeError, shutil.SameFileError):
        _change(folder, path, other, name, how, draw)
    return f"{how} {path.relative_to(folder)} {other.relative_to(folder)} {name}"


def _change(folder: Path, path: Path, other: Path, name: str, how: str, draw: random.Random) -> None:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    match how:
        case "word":
            path.write_text(text.replace(draw.choice(WORDS), draw.choice(WORDS)), encoding="utf-8")
        case "line":
            path.write_text(text + draw.choice(("\n", "}\n", "- x\n", "x = 1\n")), encoding="utf-8")
        case "comment":
            path.write_text(f"# sglint: ignore[tracked-workload] {draw.random()}\n{text}", encoding="utf-8")
        case "away":
            path.unlink()
        case "back":
            (folder / name).unlink(missing_ok=True)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(FILES[name], encoding="utf-8")
        case "rename":
            path.rename(path.with_name(draw.choice(("x.tf", "second", "c.txt", "z.auto.tfvars", "x.yaml", "manifest.json"))))
        case "link":
            path.unlink()
            path.symlink_to(other)
        case "copy":
            shutil.copy(path, draw.choice((other.parent, folder / "live" / "new")))
        case "touch":
            path.touch()
        case "folder":
            path.unlink()
            path.mkdir()
            shutil.copy(other, path)
