"""
A target of a Gateway Load Balancer forgets idle TCP connections before the load balancer does.

## What is wrong

The interface is a target whose flows EC2 tracks. Its TCP established timeout is shorter than the idle timeout of the load
balancer's listener. On instances of Nitro v6 that timeout is 350 s unless another is set, on older ones five days.

## Why it matters

The load balancer still sends packets of a connection that has been idle for long to this target, whose interface has dropped
its state by then, without telling anyone. The connection hangs. The idle timeout of the listener is 350 s unless another is
set; with flows told apart by 3 or 2 parts of a packet it is 350 s in any case.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/update-idle-timeout.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Set the timeout of the interface to at least that of the listener:

    network_interfaces {
      connection_tracking_specification {
        tcp_established_timeout = 3600
      }
    }

or, in a CloudFormation template,

    NetworkInterfaces:
      - ConnectionTrackingSpecification:
          TcpEstablishedTimeout: 3600

Or shorten that of the listener. Security groups that leave the flows untracked make the question void: see tracked-forwarder.

## What it exposes

Nothing: a timeout lets nobody in. A longer one leaves more entries in the instance's table.

## When not to

When every connection that is idle for so long may break.

## Examples

```hcl bad
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.data.id]
}

resource "aws_lb_target_group" "appliances" {
  vpc_id   = aws_vpc.inspection.id
  protocol = "GENEVE"
  port     = 6081
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn
  tcp_idle_timeout_seconds = 3600

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.9.0.0/16"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_launch_template" "firewall" {
  instance_type = "c8gn.2xlarge"

  network_interfaces {
    device_index    = 0
    security_groups = [aws_security_group.data.id]
  }
}

resource "aws_autoscaling_group" "firewall" { # found
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.data.id]
  target_group_arns   = [aws_lb_target_group.appliances.arn]

  launch_template {
    id = aws_launch_template.firewall.id
  }
}
```

```yaml bad
Resources:
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.9.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.9.1.0/24
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref Subnet]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      ListenerAttributes:
        - Key: tcp.idle_timeout.seconds
          Value: "3600"
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.9.0.0/16
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c8gn.2xlarge
        NetworkInterfaces:
          - DeviceIndex: 0
            Groups: [!Ref Group]
  Firewall: # found
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "2"
      MaxSize: "4"
      VPCZoneIdentifier: [!Ref Subnet]
      TargetGroupARNs: [!Ref Appliances]
      LaunchTemplate:
        LaunchTemplateId: !Ref Template
        Version: !GetAtt Template.LatestVersionNumber
```

```hcl good
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.data.id]
}

resource "aws_lb_target_group" "appliances" {
  vpc_id   = aws_vpc.inspection.id
  protocol = "GENEVE"
  port     = 6081
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn
  tcp_idle_timeout_seconds = 3600

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.9.0.0/16"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_launch_template" "firewall" {
  instance_type = "c8gn.2xlarge"

  network_interfaces {
    device_index    = 0
    security_groups = [aws_security_group.data.id]

    connection_tracking_specification {
      tcp_established_timeout = 3600
    }
  }
}

resource "aws_autoscaling_group" "firewall" {
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.data.id]
  target_group_arns   = [aws_lb_target_group.appliances.arn]

  launch_template {
    id = aws_launch_template.firewall.id
  }
}
```

```yaml good
Resources:
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.9.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.9.1.0/24
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref Subnet]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      ListenerAttributes:
        - Key: tcp.idle_timeout.seconds
          Value: "3600"
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.9.0.0/16
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: c8gn.2xlarge
        NetworkInterfaces:
          - DeviceIndex: 0
            Groups: [!Ref Group]
            ConnectionTrackingSpecification:
              TcpEstablishedTimeout: 3600
  Firewall:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "2"
      MaxSize: "4"
      VPCZoneIdentifier: [!Ref Subnet]
      TargetGroupARNs: [!Ref Appliances]
      LaunchTemplate:
        LaunchTemplateId: !Ref Template
        Version: !GetAtt Template.LatestVersionNumber
```

```hcl maybe
variable "type" {
  type = string
}

resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.data.id]
}

resource "aws_lb_target_group" "appliances" {
  vpc_id   = aws_vpc.inspection.id
  protocol = "GENEVE"
  port     = 6081
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn
  tcp_idle_timeout_seconds = 3600

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.9.0.0/16"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_launch_template" "firewall" {
  instance_type = var.type

  network_interfaces {
    device_index    = 0
    security_groups = [aws_security_group.data.id]
  }
}

resource "aws_autoscaling_group" "firewall" { # found
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.data.id]
  target_group_arns   = [aws_lb_target_group.appliances.arn]

  launch_template {
    id = aws_launch_template.firewall.id
  }
}
```

```yaml maybe
Parameters:
  Type:
    Type: String
Resources:
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.9.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.9.1.0/24
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref Subnet]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      ListenerAttributes:
        - Key: tcp.idle_timeout.seconds
          Value: "3600"
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.9.0.0/16
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: !Ref Type
        NetworkInterfaces:
          - DeviceIndex: 0
            Groups: [!Ref Group]
  Firewall: # found
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: "2"
      MaxSize: "4"
      VPCZoneIdentifier: [!Ref Subnet]
      TargetGroupARNs: [!Ref Appliances]
      LaunchTemplate:
        LaunchTemplateId: !Ref Template
        Version: !GetAtt Template.LatestVersionNumber
```
"""

from collections.abc import Iterator

from sglint.rule import Exposes, Found, Judged, Severity, duration, falls_short, rule


@rule(severity=Severity.ERROR, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the targets of Gateway Load Balancers whose flows are tracked.
    """
    for one in falls_short(net):
        balancer = one.appliance.balancer if isinstance(one.appliance.balancer, str) else "its Gateway Load Balancer"
        where = "" if one.settable is None else f" in {one.settable.address}"
        yield Found(
            one.interface,
            f"it forgets idle TCP connections after {duration(one.seconds)}, and {balancer} after {duration(one.idle)}",
            one.labels,
            (
                f"set a TCP established timeout of {duration(one.idle)} or more{where}, or shorten that of the listener",
                Exposes("a timeout lets nobody in"),
            ),
            one.holds,
            one.flows,
        )
