"""
What is judged again after a change is what it can touch, and what comes of it is what judging everything again says.
"""

from __future__ import annotations

import pytest

from sglint.fix.look import Look, look
from sglint.request import Request
from tests.fix.places import FORWARDER, NETWORK, RULES, TEMPLATE, Place

GROUP = """
resource "aws_security_group" "data" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
    cidr_blocks = [%s]
  }
}
"""
ROOT = NETWORK + FORWARDER % "aws_security_group.data.id" + GROUP
STATE = """
data "terraform_remote_state" "hub" {
  backend = "local"
  config  = { path = "../hub/terraform.tfstate" }
}
"""
CALL = 'module "shared" {\n  source = "../shared"\n}\n'
OUTPUT = '\noutput "clients" {\n  value = "10.0.0.0/8"\n}\n'
GROUP_TEMPLATE = """\
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Hub
      SecurityGroupIngress:
        - {IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: %s}
  Data:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
"""
EXPORT = "Outputs:\n  Clients:\n    Value: 10.0.0.0/8\n    Export: {Name: clients}\n"
FILES = {
    "hub/main.tf": ROOT % '"10.0.0.0/8"' + OUTPUT,
    "spoke/main.tf": ROOT % "data.terraform_remote_state.hub.outputs.clients" + STATE,
    "shared/main.tf": ROOT % '"10.0.0.0/8"',
    "one/main.tf": CALL,
    "two/main.tf": CALL,
    "file/main.tf": ROOT % 'trimspace(file("clients.txt"))',
    "file/clients.txt": "10.0.0.0/8\n",
    "given/main.tf": ROOT % "var.clients" + 'variable "clients" {\n  type = string\n}\n',
    "given/terraform.tfvars": 'clients = "10.0.0.0/8"\n',
    "exports.yaml": TEMPLATE + GROUP_TEMPLATE % "10.0.0.0/8" + EXPORT,
    "imports.yaml": TEMPLATE + GROUP_TEMPLATE % "!ImportValue clients",
    "alone.yaml": TEMPLATE + GROUP_TEMPLATE % "10.0.0.0/8",
}
AGAIN: dict[str, set[str]] = {
    "hub/main.tf": {"hub", "spoke"},
    "spoke/main.tf": {"spoke"},
    "shared/main.tf": {"one", "two"},
    "one/main.tf": {"one"},
    "file/main.tf": {"file"},
    "file/clients.txt": {"file"},
    "given/terraform.tfvars": {"given"},
    "exports.yaml": {"exports.yaml", "imports.yaml"},
    "alone.yaml": {"alone.yaml", "imports.yaml"},
}
"""Who imports looks at what every template exports."""


@pytest.fixture
def start(place: Place) -> Look:
    """
    Return what there is to see before any change.
    """
    place.write(FILES)
    return look(Request((".",)), RULES)


@pytest.mark.parametrize("path", AGAIN)
def test_what_a_change_cannot_touch_is_not_judged_again(start: Look, path: str) -> None:
    text = FILES[path].replace("10.0.0.0/8", "10.0.0.0/9").replace("../shared", "./../shared").replace("= false", "= true")
    after = look(Request((".",)), RULES, {path: text}, start)
    there = {id(net) for net in start.networks.judged}
    assert {net.network.root for net in after.networks.judged if id(net) not in there} == AGAIN[path]
    fresh = look(Request((".",)), RULES, {path: text})
    assert after.networks.judged == fresh.networks.judged
    assert (after.networks.problems, after.networks.documents) == (fresh.networks.problems, fresh.networks.documents)
    assert [(one.key, one.finding) for one in after.items] == [(one.key, one.finding) for one in fresh.items]


@pytest.mark.parametrize(
    ("changes", "more", "fewer"),
    [
        ({"one/main.tf": "", "two/main.tf": ""}, {"shared"}, set[str]()),
        ({"alone.yaml": "a: 1\n"}, set[str](), {"alone.yaml"}),
    ],
)
def test_what_a_change_makes_a_root_or_no_root_is_noticed(
    start: Look, changes: dict[str, str], more: set[str], fewer: set[str]
) -> None:
    after, fresh = look(Request((".",)), RULES, changes, start), look(Request((".",)), RULES, changes)
    assert after.networks.judged == fresh.networks.judged
    assert set(after.networks.roots) == (set(start.networks.roots) | more) - fewer
