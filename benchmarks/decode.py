"""
Measures the reading of CloudFormation templates against cfn-lint's decoder: the same files in one run, CPU seconds.

`python benchmarks/decode.py` needs sglint and cfn-lint in the environment of that Python. Each decoder runs in a process of its
own, as its users run it, and reads every file once before it is measured; imports and start-up are not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FILES = 20
NETWORKS = 10

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: Networks behind a transit gateway

Parameters:
  Gateway:
    Type: String
    Default: tgw-0123456789abcdef0
  Stage: {Type: String, AllowedValues: [test, production], Default: test}

Conditions:
  Production: !Equals [!Ref Stage, production]

Resources:
"""
NETWORK = """\
  # network NUMBER
  VpcNUMBER:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.NUMBER.0.0/16
      EnableDnsSupport: true
      Tags:
        - {Key: Name, Value: !Sub "${AWS::StackName}-NUMBER"}

  SubnetNUMBER:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref VpcNUMBER
      AvailabilityZone: !Select [0, !GetAZs ""]
      CidrBlock: !Select [0, !Cidr [!GetAtt VpcNUMBER.CidrBlock, 4, 8]]

  TableNUMBER:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref VpcNUMBER

  RouteNUMBER:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref TableNUMBER
      DestinationCidrBlock: 0.0.0.0/0 # everything
      TransitGatewayId: !Ref Gateway

  GroupNUMBER:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: "forwarder NUMBER"
      VpcId: !Ref VpcNUMBER
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
        - IpProtocol: udp
          FromPort: 0
          ToPort: 65535
          CidrIp: !If [Production, 10.0.0.0/8, 0.0.0.0/0]
      SecurityGroupEgress:
        - {IpProtocol: "-1", CidrIp: 0.0.0.0/0}

  InstanceNUMBER:
    Type: AWS::EC2::Instance
    DependsOn: RouteNUMBER
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7i.large
      SubnetId: !Ref SubnetNUMBER
      SecurityGroupIds: [!GetAtt GroupNUMBER.GroupId]
      SourceDestCheck: false
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          echo ${Stage}
          sysctl -w net.ipv4.ip_forward=1

"""


def generate(directory: Path) -> dict[str, list[Path]]:
    """
    Write templates in YAML, and the same ones in JSON, and return their paths.
    """
    from cfnlint.decode.decode import decode  # type: ignore[import-untyped]  # cfn-lint has no types

    found: dict[str, list[Path]] = {"YAML": [], "JSON": []}
    for file in range(FILES):
        networks = (NETWORK.replace("NUMBER", str(file * NETWORKS + number)) for number in range(NETWORKS))
        path = directory / f"{file:02}.yaml"
        path.write_text(HEAD + "".join(networks), encoding="utf-8")
        found["YAML"].append(path)
        same = path.with_suffix(".json")
        same.write_text(json.dumps(decode(str(path))[0], indent=2), encoding="utf-8")
        found["JSON"].append(same)
    return found


def ours(paths: Sequence[Path]) -> None:
    """
    Read the files with sglint's parser.
    """
    from sglint.parse import parse_cloudformation
    from sglint.source import Source

    for path in paths:
        document = parse_cloudformation(Source(str(path), path.read_text(encoding="utf-8")))
        if document.problems or document.body is None:
            raise SystemExit(f"{path}: {document.problems[:1]}")


def theirs(paths: Sequence[Path]) -> None:
    """
    Read the files with cfn-lint's decoder.
    """
    from cfnlint.decode.decode import decode

    for path in paths:
        template, errors = decode(str(path))
        if errors or not template:
            raise SystemExit(f"{path}: {errors[:1]}")


READERS = {"sglint": ours, "cfn-lint": theirs}


def measure(reader: str, paths: Sequence[Path]) -> float:
    """
    Return the CPU seconds that it takes to read the files a second time.
    """
    READERS[reader](paths)
    started = time.process_time()
    READERS[reader](paths)
    return time.process_time() - started


def compare(rounds: int) -> None:
    """
    Measure both on the same files in turn, and print a table.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = generate(Path(scratch))
        print(f"{'':4}  {'lines':>6}  {'sglint':>7}  {'cfn-lint':>8}  {'ratio':>5}  (CPU s, medians of {rounds} rounds)")
        for name, paths in found.items():
            times: dict[str, list[float]] = {reader: [] for reader in READERS}
            for _ in range(rounds):
                for reader, seen in times.items():
                    command = [sys.executable, __file__, "--reader", reader, *map(str, paths)]
                    seen.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            mine, other = (statistics.median(seen) for seen in times.values())
            lines = sum(path.read_text(encoding="utf-8").count("\n") for path in paths)
            print(f"{name:4}  {lines:6}  {mine:7.3f}  {other:8.3f}  {other / mine:5.2f}")


def main() -> None:
    """
    Compare, or measure one decoder on the named files.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--reader", choices=READERS)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    if options.reader:
        print(measure(options.reader, options.paths))
    else:
        compare(options.rounds)


if __name__ == "__main__":
    main()
