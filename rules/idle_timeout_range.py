"""
An idle timeout of connection tracking is outside what EC2 accepts.

## What is wrong

A launch template or network interface sets an idle timeout that is too short or too long.

## Why it matters

EC2 refuses the value, so that the deployment fails. For CloudFormation these are plain integers, and it fails only after
everything before it has been made. The two timeouts of UDP are easily confused: the one for streams is the longer one.

| timeout | at least | at most |
|---|---|---|
| TCP established | 60 s | 432000 s (5 days) |
| UDP stream | 60 s | 180 s |
| UDP | 30 s | 60 s |

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingSpecificationRequest.html

## How to fix it

Write a value within the limits:

    connection_tracking_specification {
      udp_stream_timeout = 60
      udp_timeout        = 30
    }

or, in a CloudFormation template,

    ConnectionTrackingSpecification:
      UdpStreamTimeout: 60
      UdpTimeout: 30

## What it exposes

Nothing: a timeout lets nobody in.

## When not to

Never: the value is refused.

## Examples

```hcl bad
resource "aws_launch_template" "resolver" { # found
  instance_type = "c6in.large"

  network_interfaces {
    device_index = 0

    connection_tracking_specification {
      tcp_established_timeout = 3600
      udp_stream_timeout      = 60
      udp_timeout             = 180
    }
  }
}
```

```yaml bad
Resources:
  Resolver: # found
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c6in.large
        NetworkInterfaces:
          - DeviceIndex: 0
            ConnectionTrackingSpecification:
              TcpEstablishedTimeout: 3600
              UdpStreamTimeout: 60
              UdpTimeout: 180
```

```hcl good
resource "aws_launch_template" "resolver" {
  instance_type = "c6in.large"

  network_interfaces {
    device_index = 0

    connection_tracking_specification {
      tcp_established_timeout = 3600
      udp_stream_timeout      = 180
      udp_timeout             = 30
    }
  }
}
```

```yaml good
Resources:
  Resolver:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c6in.large
        NetworkInterfaces:
          - DeviceIndex: 0
            ConnectionTrackingSpecification:
              TcpEstablishedTimeout: 3600
              UdpStreamTimeout: 180
              UdpTimeout: 30
```

```hcl maybe
variable "busy" {
  type = bool
}

resource "aws_launch_template" "resolver" { # found
  instance_type = "c6in.large"

  network_interfaces {
    device_index = 0

    connection_tracking_specification {
      tcp_established_timeout = var.busy ? 30 : 3600
      udp_stream_timeout      = 180
      udp_timeout             = 30
    }
  }
}
```

```yaml maybe
Parameters:
  Load:
    Type: String
Conditions:
  Busy: !Equals [!Ref Load, high]
Resources:
  Resolver: # found
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c6in.large
        NetworkInterfaces:
          - DeviceIndex: 0
            ConnectionTrackingSpecification:
              TcpEstablishedTimeout: !If [Busy, 30, 3600]
              UdpStreamTimeout: 180
              UdpTimeout: 30
```
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Label, Severity, duration, join, refused, rule


@rule(severity=Severity.ERROR, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at all timeouts that are written.
    """
    for one in refused(net):
        limits = f"from {duration(one.least)} to {duration(one.most)}"
        swap = ("this would do for the other timeout of UDP: the two may be swapped",) if one.swapped else ()
        yield Found(
            one.timeouts,
            f"EC2 refuses {join(map(str, one.values))} as {one.name}, which can be {limits}",
            (Label(one.written.span, f"the {one.name} is set here"),),
            (f"write a {one.name} {limits}", *swap),
            one.holds,
        )
