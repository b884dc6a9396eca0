"""
In templates an edit is written as its neighbours are, and goes where the value comes from.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.fix.places import TEMPLATE, Place
from tests.fix.test_terraform import changes, swapped

NOTED = ("tracked-forwarder", "tracked-workload")

BASE = (
    TEMPLATE
    + """\
  Data:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Hub
"""
)
BLOCK = """\
      SecurityGroupIngress:
      - IpProtocol: "udp"  # geneve
        FromPort: 6081
        ToPort: 6081
        CidrIp: '10.0.0.0/8'
"""
BOTH = """\
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 0
          ToPort: 65535
          CidrIp: RANGE
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: RANGE
"""


class Loader(yaml.SafeLoader):
    """
    Reads short functions as long ones.
    """


def function(loader: yaml.SafeLoader, name: str, node: yaml.ScalarNode) -> dict[str, Any]:
    """
    Return a short function as a long one.
    """
    return {name if name == "Ref" else f"Fn::{name}": loader.construct_scalar(node)}


Loader.add_multi_constructor("!", function)


def as_json(text: str, indent: int | None) -> str:
    """
    Return a template as JSON.
    """
    return json.dumps(yaml.load(text, Loader), indent=indent)  # noqa: S506 -- a loader that constructs plain data


def test_items_of_a_list_are_indented_and_quoted_like_the_last_one(place: Place) -> None:
    place.write({"t.yaml": BASE + BLOCK})
    assert changes(place.fix().diff) == {
        "t.yaml": (
            [],
            [
                '      - IpProtocol: "tcp"',
                "        FromPort: 0",
                "        ToPort: 65535",
                "        CidrIp: '0.0.0.0/0'",
                '      - IpProtocol: "udp"',
                "        FromPort: 0",
                "        ToPort: 65535",
                "        CidrIp: '0.0.0.0/0'",
            ],
        )
    }
    assert place.fix().diff == ""


@pytest.mark.parametrize("indent", [None, 2])
def test_items_of_a_list_have_their_keys_in_the_order_of_the_others(place: Place, indent: int | None) -> None:
    item = '        - CidrIp: "10.0.0.0/8"\n          IpProtocol: udp\n          FromPort: 6081\n          ToPort: 6081\n'
    short = "        - {CidrIpv6: 'fd00::/8', IpProtocol: -1}\n"
    text = BASE + "      SecurityGroupIngress:\n" + item + short
    place.write({"t.yaml": text} if indent is None else {"t.json": as_json(text, indent)})
    _, new = changes(place.fix().diff)["t.yaml" if indent is None else "t.json"]
    order = re.findall("CidrIp|IpProtocol|FromPort|ToPort", "".join(new))
    assert order == 2 * ["CidrIp", "IpProtocol", "FromPort", "ToPort"]


def test_a_list_in_brackets_gets_items_in_braces(place: Place) -> None:
    line = "      SecurityGroupIngress: [{IpProtocol: udp, FromPort: 6081, ToPort: 6081, CidrIp: 10.0.0.0/8}]"
    place.write({"t.yaml": f"{BASE}{line}\n      Tags: []\n"})
    tcp, udp = (f", {{IpProtocol: {one}, FromPort: 0, ToPort: 65535, CidrIp: 0.0.0.0/0}}" for one in ("tcp", "udp"))
    assert changes(place.fix().diff) == {"t.yaml": ([line], [f"{line[:-1]}{tcp}{udp}]"])}


def test_a_group_without_rules_gets_a_list(place: Place) -> None:
    place.write({"t.yaml": BASE})
    old, new = changes(place.fix(*NOTED).diff)["t.yaml"]
    assert old == []
    assert new[:3] == ["      SecurityGroupIngress:", "        - IpProtocol: tcp", "          FromPort: 0"]
    assert place.fix(*NOTED).diff == ""


@pytest.mark.parametrize(
    ("head", "value", "line"),
    [
        ("Parameters:\n  Clients:\n    Type: String\n    Default: 10.0.0.0/8\n", "!Ref Clients", "    Default: 10.0.0.0/8"),
        (
            'Mappings:\n  Ranges:\n    Clients:\n      Cidr: "10.0.0.0/8"  # them\n',
            "!FindInMap [Ranges, Clients, Cidr]",
            '      Cidr: "10.0.0.0/8"  # them',
        ),
    ],
)
def test_a_value_is_changed_where_it_comes_from(place: Place, head: str, value: str, line: str) -> None:
    place.write({"t.yaml": head + BASE + BOTH.replace("RANGE", value)})
    assert changes(place.fix().diff) == {"t.yaml": swapped(line)}


def test_a_default_that_something_else_is_given_for_stays(place: Place) -> None:
    head = "Parameters:\n  Clients:\n    Type: String\n    Default: 10.0.0.0/8\n"
    place.write({"t.yaml": head + BASE + BOTH.replace("RANGE", "!Ref Clients")})
    old, new = changes(place.fix(parameters=("Clients=10.1.0.0/16",)).diff)["t.yaml"]
    assert (old, len(new)) == ([], 8)


ALONE = """\
  Geneve:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt Group.GroupId
      IpProtocol: udp
      FromPort: 6081
      ToPort: 6081
      CidrIp: 10.0.0.0/8
"""


def test_rules_of_their_own_get_more_of_their_kind(place: Place) -> None:
    place.write({"t.yaml": BASE + ALONE})
    old, new = changes(place.fix().diff)["t.yaml"]
    assert (old, len(new)) == ([], 16)
    assert new[:4] == [
        "  GroupIngressTcp:",
        "    Type: AWS::EC2::SecurityGroupIngress",
        "    Properties:",
        "      GroupId: !GetAtt Group.GroupId",
    ]


@pytest.mark.parametrize("indent", [None, 2, 4])
@pytest.mark.parametrize("rest", ["", BLOCK, ALONE])
def test_json_stays_json_with_its_indentation(place: Place, rest: str, indent: int | None) -> None:
    before = as_json(BASE + rest, indent)
    place.write({"t.json": before})
    place.fix(*NOTED)
    after = place.read("t.json")
    assert after != before
    assert after == json.dumps(json.loads(after), indent=indent)
    assert place.fix(*NOTED).diff == ""


def test_line_ends_stay(place: Place) -> None:
    place.write({"t.yaml": (BASE + BLOCK).rstrip("\n").replace("\n", "\r\n")})
    place.fix()
    after = place.read("t.yaml")
    assert "\n" not in after.replace("\r\n", "")
    assert after.endswith("CidrIp: '0.0.0.0/0'")


@pytest.mark.parametrize("protocols", [["-1"], ["tcp", "udp"]])
def test_an_interface_gets_a_group_more_which_lets_out_no_more_than_the_others(place: Place, protocols: list[str]) -> None:
    other = """\
  Other:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet:
        - !GetAtt Group.GroupId
"""
    ports = "          FromPort: 0\n          ToPort: 65535\n"
    items = [f"        - IpProtocol: {one}\n{ports}          CidrIp: 0.0.0.0/0\n" for one in protocols]
    place.write({"t.yaml": BASE + BLOCK + "      SecurityGroupEgress:\n" + "".join(items) + other})
    old, new = changes(place.fix().diff)["t.yaml"]
    assert old == ["      GroupSet: [!Ref Group]"]
    assert new[:4] == [
        "      GroupSet: [!Ref Group, !Ref DataGroup]",
        "  DataGroup:",
        "    Type: AWS::EC2::SecurityGroup",
        "    Properties:",
    ]
    assert any(line.strip() == "CidrIp: 127.0.0.1/32" for line in new) == (protocols != ["-1"])
    assert place.fix().findings == ()
