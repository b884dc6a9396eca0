"""
Roots that read the state of another root of the same scan.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.pipeline import Networks, judge
from sglint.request import Request
from sglint.rule import Judged
from sglint.source import Problem

S3 = """
  backend "s3" {
    bucket = "states"
    key    = "network.tfstate"
    region = "eu-west-1"
  }
"""
NETWORK = """
variable "n" {}
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_ec2_transit_gateway" "t" {}
resource "aws_subnet" "a" {
  for_each   = { x = 1, y = 2 }
  vpc_id     = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, each.value)
}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
}
resource "aws_route_table_association" "r" {
  for_each       = aws_subnet.a
  subnet_id      = each.value.id
  route_table_id = aws_route_table.r.id
}
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "own" {
  subnet_id              = aws_subnet.a["x"].id
  vpc_security_group_ids = [aws_security_group.open.id]
}
output "subnet_ids" { value = [for s in aws_subnet.a : s.id] }
output "vpc" { value = aws_vpc.v }
output "group" { value = aws_security_group.open.id }
output "name" { value = "net-${terraform.workspace}" }
output "secret" {
  value     = "hush"
  sensitive = true
}
output "given" { value = var.n }
"""
CONFIG = """
  backend = "s3"
  config = {
    bucket = "states"
    key    = "network.tfstate"
    region = "eu-west-1"
  }
"""
USER = """
resource "aws_instance" "i" {
  subnet_id              = data.terraform_remote_state.net.outputs.subnet_ids[0]
  vpc_security_group_ids = [data.terraform_remote_state.net.outputs.group]
}
"""


def write(directory: Path, roots: dict[str, str]) -> None:
    for name, text in roots.items():
        (directory / name).mkdir(exist_ok=True, parents=True)
        (directory / name / "main.tf").write_text(text)


def backend(text: str) -> str:
    return f"terraform {{\n{text}\n}}\n"


def reads(config: str) -> str:
    return f'data "terraform_remote_state" "net" {{\n{config}\n}}\n'


def judged(directory: Path, roots: dict[str, str], workspace: str | None = None) -> tuple[dict[str, Judged], Networks]:
    """
    Return the judged network of each root by its path.
    """
    write(directory, roots)
    found = judge(Request((str(directory),), workspace=workspace, debug=True))
    return {one.network.root.rpartition("/")[2]: one for one in found.judged}, found


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.message for problem in problems]


def subnets(directory: Path, kept: str, config: str, workspace: str | None = None) -> list[str]:
    """
    Return the subnets of an interface in one root that are written in another, where they are known.
    """
    roots = {"network": backend(kept) + NETWORK, "app": reads(config) + USER}
    found, _ = judged(directory, roots, workspace)
    return [str(one) for one in found["app"].network.interfaces[0].subnets if isinstance(one, str)]


SUBNET = 'network:aws_subnet.a["x"]'
LOCAL = 'backend = "local"\nconfig = { path = "../network/terraform.tfstate" }'


@pytest.mark.parametrize(
    ("kept", "config"),
    [
        (S3, CONFIG),
        (S3, CONFIG.replace('    region = "eu-west-1"\n', "")),
        ("", LOCAL),
        ('backend "local" {\n path = "../all/net.tfstate"\n}', 'backend = "local"\nconfig = { path = "../all/net.tfstate" }'),
        (
            'cloud {\n organization = "o"\n workspaces {\n name = "w"\n }\n}',
            'backend = "remote"\nconfig = {\n organization = "o"\n workspaces = { name = "w" }\n}',
        ),
        (
            'backend "gcs" {\n bucket = "b"\n prefix = "p"\n}',
            'backend = "gcs"\nconfig = {\n bucket = "b"\n prefix = "p"\n}',
        ),
        ('backend "http" {\n address = "https://x"\n}', 'backend = "http"\nconfig = { address = "https://x" }'),
    ],
)
def test_a_state_is_that_of_the_root_which_keeps_it_there(tmp_path: Path, kept: str, config: str) -> None:
    assert [one.rpartition("/")[2] for one in subnets(tmp_path, kept, config)] == [SUBNET]


@pytest.mark.parametrize(
    ("kept", "config"),
    [
        (S3, CONFIG.replace("network.tfstate", "other.tfstate")),
        (S3, CONFIG.replace("eu-west-1", "eu-west-2")),
        (S3, CONFIG.replace('"states"', "var.bucket") + '}\nvariable "bucket" {\n'),
        (S3, CONFIG + '\nworkspace = var.w\n}\nvariable "w" {\n'),
        ('backend "s3" {\n key = "network.tfstate"\n}', CONFIG),
        ('backend "s3" {\n}', CONFIG),
        ("", 'backend = "local"\nconfig = { path = "../elsewhere/terraform.tfstate" }'),
        ("", LOCAL + '\nworkspace = "prod"'),
        ('backend "http" {\n address = "https://x"\n}', 'backend = "http"\nconfig = {\n address = "https://x"\n u = 1\n}'),
        (S3 + S3, CONFIG),
    ],
)
def test_a_state_that_may_be_another_is_not_known(tmp_path: Path, kept: str, config: str) -> None:
    assert subnets(tmp_path, kept, config) == []


def test_of_two_roots_that_keep_their_state_in_one_place_neither_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"copy": backend(S3) + NETWORK})
    assert subnets(tmp_path, S3, CONFIG) == []


def test_an_interface_in_the_subnet_of_another_root_is_judged_by_that_roots_routes_and_groups(tmp_path: Path) -> None:
    found, networks = judged(tmp_path, {"network": backend(S3) + NETWORK, "app": reads(CONFIG) + USER})
    (judgement,) = found["app"].judgements
    assert judgement.in_scope.least
    assert [target.address.rpartition("/")[2] for path in judgement.paths for target in path.targets if target.address] == [
        "network:aws_ec2_transit_gateway.t"
    ]
    assert len(found["app"].permissions(judgement.interface)) == 1
    assert [one.interface.address for one in found["network"].judgements] == ["aws_instance.own"]
    assert told(networks.problems) == []


def test_known_values_are_known_and_secrets_stay_secret(tmp_path: Path) -> None:
    user = (
        reads(CONFIG)
        + """
    locals { net = data.terraform_remote_state.net.outputs }
    resource "aws_security_group" "g" {
      name   = local.net.secret
      vpc_id = local.net.vpc.id
      ingress {
        from_port   = 0
        to_port     = 0
        protocol    = "-1"
        cidr_blocks = [local.net.vpc.cidr_block, local.net["given"]]
      }
    }
    """
    )
    found, _ = judged(tmp_path, {"network": backend(S3) + NETWORK, "app": user})
    network = found["app"].network
    boxes = [one.boxes for one in network.permissions if one.group == "aws_security_group.g"]
    assert {str(box.peer) for one in boxes for box in one.least} == {"10.0.0.0/16"}
    assert {one.unknown.why for one in network.resolved.unresolved} == {
        "output.secret is sensitive, and its value is not shown",
        "var.n has no default and no value is given",
    }
    assert "hush" not in repr(network)


def test_the_workspace_of_the_state_counts(tmp_path: Path) -> None:
    def group(config: str, workspace: str | None) -> list[str]:
        user = (
            reads(config)
            + """
        resource "aws_security_group" "g" {
          name = data.terraform_remote_state.net.outputs.name
          ingress {
            from_port   = 0
            to_port     = 0
            protocol    = "-1"
            cidr_blocks = [data.terraform_remote_state.net.outputs.name == "net-prod" ? "10.1.0.0/16" : "10.2.0.0/16"]
          }
        }
        """
        )
        found, _ = judged(tmp_path, {"network": backend(S3) + NETWORK, "app": user}, workspace)
        boxes = [one.boxes for one in found["app"].network.permissions if one.group == "aws_security_group.g"]
        return sorted({str(box.peer) for one in boxes for box in one.least})

    assert group(CONFIG, None) == ["10.2.0.0/16"]
    assert group(CONFIG, "prod") == ["10.2.0.0/16"]
    assert group(CONFIG + 'workspace = "prod"\n', None) == ["10.1.0.0/16"]
    assert group(CONFIG + "workspace = terraform.workspace\n", "prod") == ["10.1.0.0/16"]
    assert group(CONFIG + "workspace = terraform.workspace\n", None) == []


def test_roots_that_read_each_other_end(tmp_path: Path) -> None:
    other = CONFIG.replace("network.tfstate", "b.tfstate")
    a = backend(S3) + reads(other) + 'output "x" { value = data.terraform_remote_state.net.outputs.y }\n'
    b = backend(S3.replace("network.tfstate", "b.tfstate")) + reads(CONFIG)
    b += 'output "y" { value = data.terraform_remote_state.net.outputs.x }\nresource "aws_instance" "i" {\n'
    b += "subnet_id = data.terraform_remote_state.net.outputs.x\n}\n"
    found, networks = judged(tmp_path, {"a": a, "b": b})
    assert told(networks.problems) == []
    assert not any(isinstance(one, str) for one in found["b"].network.interfaces[0].subnets)


def test_an_output_that_is_not_there_is_unknown_and_no_problem(tmp_path: Path) -> None:
    user = reads(CONFIG) + 'resource "aws_instance" "i" {\n subnet_id = data.terraform_remote_state.net.outputs.gone\n}\n'
    found, networks = judged(tmp_path, {"network": backend(S3) + NETWORK, "app": user})
    (subnet,) = found["app"].network.interfaces[0].subnets
    assert not isinstance(subnet, str)
    assert told(networks.problems) == []


def test_a_chain_of_states_is_followed(tmp_path: Path) -> None:
    middle = backend(S3.replace("network.tfstate", "middle.tfstate")) + reads(CONFIG)
    middle += 'output "subnet_ids" { value = data.terraform_remote_state.net.outputs.subnet_ids }\n'
    middle += 'output "group" { value = data.terraform_remote_state.net.outputs.group }\n'
    user = reads(CONFIG.replace("network.tfstate", "middle.tfstate")) + USER
    found, _ = judged(tmp_path, {"network": backend(S3) + NETWORK, "middle": middle, "app": user})
    (judgement,) = found["app"].judgements
    assert judgement.in_scope.least
    assert len(found["app"].permissions(judgement.interface)) == 1


def test_instances_for_each_identity_of_a_list_are_told_apart(tmp_path: Path) -> None:
    user = (
        reads(CONFIG)
        + """
    resource "aws_instance" "i" {
      for_each  = toset(data.terraform_remote_state.net.outputs.subnet_ids)
      subnet_id = each.value
    }
    """
    )
    found, _ = judged(tmp_path, {"network": backend(S3) + NETWORK, "app": user})
    interfaces = found["app"].network.interfaces
    assert len(interfaces) == 2
    assert len({one.subnets for one in interfaces}) == 2
    assert all(one.origin.maybe is None for one in interfaces)


def test_outputs_that_double_from_root_to_root_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sglint.evaluate.terraform.states.MOST_HANDED", 500)
    roots = {"r0": backend(S3.replace("network", "r0")) + 'output "o" { value = ["x"] }\n'}
    for number in range(1, 14):
        other = "data.terraform_remote_state.net.outputs.o"
        text = f'output "o" {{ value = [{other}, {other}] }}\nresource "aws_vpc" "v" {{ cidr_block = jsonencode({other}) }}\n'
        kept = backend(S3.replace("network", f"r{number}"))
        roots[f"r{number}"] = kept + reads(CONFIG.replace("network", f"r{number - 1}")) + text
    found, _ = judged(tmp_path, roots)
    why = str(found["r13"].network.vpcs[0])
    assert "has more than 500 parts, too many to read from another root" in why
