"""
A comment sets a finding aside, and there is no such finding.

## What is wrong

The comment `sglint: ignore[...]` names a rule that finds nothing here, or a rule that does not exist. The code below it has
changed, the name is misspelt, or the comment stands in the wrong place: it counts on the line of a finding, on the
line above, at the head of the block around it, and at the call of the module that it is in.

## Why it matters

A comment that no longer does anything hides the next finding that somebody would want to see.

Source: the comment itself; no fact about AWS is involved.

## How to fix it

Remove the comment, or the name of the rule from its list.

## What it exposes

Nothing: comments do not change the network.

## When not to

When the finding depends on inputs, and the comment is needed in another run (`--var-file`, `--workspace`).

## Examples

```hcl bad
# sglint: ignore[tracked-workload] few connections, the group protects it # found
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}
```

```yaml bad
# sglint: ignore[tracked-workload] few connections, the group protects it # found
Resources:
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
```

```hcl good
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}
```

```yaml good
Resources:
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
```
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Severity, rule


@rule(severity=Severity.NOTE, since="0.1")
def check(net: Judged) -> Iterator[Found]:  # noqa: ARG001 - every rule has this shape
    """
    Find nothing in the network: triage, which sees the comments, reports the unused ones under this name.
    """
    yield from ()
