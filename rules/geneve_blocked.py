"""
The security groups of a Gateway Load Balancer's target do not let in what the load balancer sends to it.

## What is wrong

The interface is a target of a Gateway Load Balancer. No rule of its security groups lets in UDP 6081, or the port of the health
check, from the subnets of the load balancer. A rule that names a security group, `self` included, does not help: the load
balancer has none.

## Why it matters

The load balancer wraps the packets in GENEVE and sends them to UDP port 6081 of its targets. Where that is shut, what is
routed to the load balancer is lost. Where the health check is shut, the target is never healthy. The packets are IPv4 whatever
they carry. A health check for which no port is written is taken to use TCP 80 or 6081.

Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/getting-started.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html

## How to fix it

Let in UDP 6081 and the port of the health check:

    ingress {
      protocol    = "udp"
      from_port   = 6081
      to_port     = 6081
      cidr_blocks = ["10.9.1.0/24"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: udp
        FromPort: 6081
        ToPort: 6081
        CidrIp: 10.9.1.0/24

With UDP 6081 from 0.0.0.0/0 instead, and every UDP port out, what the load balancer sends is untracked: see tracked-forwarder.

## What it exposes

The appliance gets packets from the subnets of the load balancer, on these ports alone; only what has an address there can send
them.

## When not to

When another configuration adds the rule to this group, which cannot be seen from here.

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

  health_check {
    protocol = "TCP"
    port     = 8080
  }
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "udp"
    from_port   = 6081
    to_port     = 6081
    cidr_blocks = ["10.0.1.0/24"]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["10.9.1.0/24"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "firewall" { # found
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c6in.2xlarge"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_lb_target_group_attachment" "firewall" {
  target_group_arn = aws_lb_target_group.appliances.arn
  target_id        = aws_instance.firewall.id
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
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
      HealthCheckProtocol: TCP
      HealthCheckPort: "8080"
      Targets:
        - Id: !Ref Firewall
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 6081
          ToPort: 6081
          CidrIp: 10.0.1.0/24
        - IpProtocol: tcp
          FromPort: 8080
          ToPort: 8080
          CidrIp: 10.9.1.0/24
  Firewall: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c6in.2xlarge
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
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

  health_check {
    protocol = "TCP"
    port     = 8080
  }
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "udp"
    from_port   = 6081
    to_port     = 6081
    cidr_blocks = ["10.9.0.0/16"]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["10.9.1.0/24"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "firewall" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c6in.2xlarge"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_lb_target_group_attachment" "firewall" {
  target_group_arn = aws_lb_target_group.appliances.arn
  target_id        = aws_instance.firewall.id
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
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
      HealthCheckProtocol: TCP
      HealthCheckPort: "8080"
      Targets:
        - Id: !Ref Firewall
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 6081
          ToPort: 6081
          CidrIp: 10.9.0.0/16
        - IpProtocol: tcp
          FromPort: 8080
          ToPort: 8080
          CidrIp: 10.9.1.0/24
  Firewall:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c6in.2xlarge
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

```hcl maybe
variable "balancer" {
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

  health_check {
    protocol = "TCP"
    port     = 8080
  }
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.appliances.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "udp"
    from_port   = 6081
    to_port     = 6081
    cidr_blocks = [var.balancer]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = ["10.9.1.0/24"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "firewall" { # found
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c6in.2xlarge"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.data.id]
}

resource "aws_lb_target_group_attachment" "firewall" {
  target_group_arn = aws_lb_target_group.appliances.arn
  target_id        = aws_instance.firewall.id
}
```

```yaml maybe
Parameters:
  Senders:
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
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Inspection
      Protocol: GENEVE
      Port: 6081
      HealthCheckProtocol: TCP
      HealthCheckPort: "8080"
      Targets:
        - Id: !Ref Firewall
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 6081
          ToPort: 6081
          CidrIp: !Ref Senders
        - IpProtocol: tcp
          FromPort: 8080
          ToPort: 8080
          CidrIp: 10.9.1.0/24
  Firewall: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c6in.2xlarge
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```
"""

from collections.abc import Iterator

from sglint.rule import Exposes, Found, Judged, Label, Severity, join, rule, shut, where


@rule(severity=Severity.ERROR, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the targets of Gateway Load Balancers.
    """
    for one in shut(net):
        balancer = one.appliance.balancer if isinstance(one.appliance.balancer, str) else "its Gateway Load Balancer"
        senders = join(map(str, one.ranges)) if one.ranges else f"the subnets of {balancer}"
        names = join(need.name for need in one.needs)
        registered = Label(one.appliance.origin.span, f"{balancer} sends to it, by {one.appliance.target_group}")
        yield Found(
            one.interface,
            f"its security groups do not let in {names} from {balancer}",
            tuple({label.span: label for label in (registered, *one.near)}.values()),
            (
                f"add to {where(one.interface)}: ingress {names} from {senders}",
                Exposes("that lets in nobody but what has an address there"),
            ),
            one.holds,
        )
