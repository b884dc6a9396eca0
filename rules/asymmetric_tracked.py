"""
A two-arm appliance sees one direction of each flow on each of its legs, and its security groups make EC2 track that.

## What is wrong

A Gateway Load Balancer sends packets to the appliance in GENEVE, and the appliance forwards them natively instead of giving
them back: nothing answers on the leg that they came in by, and nothing comes in on the leg that they go out by. Both legs may
be one interface. The security groups put these half flows into the table of tracked connections.

That an appliance has two arms is not written anywhere; it follows from routes. What comes back out of the endpoint of the
load balancer would get nowhere, since the subnet of the endpoint has no route for it, while an interface of the appliance
that may send with foreign addresses (its source/destination check is off) has one.

## Why it matters

A tracked flow of which the table knows one direction never agrees with its entry, so that every packet takes the full
evaluation of rules and routes instead of the fast path, and entries stay until they time out. An untracked flow has no entry
to disagree with. AWS advises against asymmetric routing, and supports it with a Gateway Load Balancer only where the load
balancer sees the first packet of a flow.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-nitro-perf.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/gateway-load-balancers.html

## How to fix it

Leave the flows untracked: GENEVE needs UDP 6081 in from 0.0.0.0/0 and UDP 0-65535 out to it. What is forwarded natively needs
TCP and UDP 0-65535 out to 0.0.0.0/0, and the same in from 0.0.0.0/0, although nothing comes in there:

    ingress {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: -1
        CidrIp: 0.0.0.0/0

Or let the appliance give the packets back to the load balancer (one arm), and route on from the endpoint's subnet. Where
flows must stay tracked, set the timeout of established TCP connections to 60 seconds.

## What it exposes

Every address that can reach the interface reaches the appliance on every port that the rules open: what the transit gateway
routes to it, and its own VPC. Filter with network ACLs, which keep no state.

## When not to

When the appliance gives the packets back to the load balancer after all: then the routes of its own subnet are for something
else, and those of the endpoint's subnet are missing, which `sglint inspect --to` shows. Where the text does not tell one arm
from two, because the endpoints are elsewhere or the appliance has another interface, this is found with `--maybe` only.

## Examples

```hcl bad
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "attachment" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.1.0/24"
}

resource "aws_subnet" "endpoint" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.2.0/24"
}

resource "aws_subnet" "appliance" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.3.0/24"
}

resource "aws_route_table" "attachment" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = aws_vpc_endpoint.inspection.id
  }
}

resource "aws_route_table_association" "attachment" {
  subnet_id      = aws_subnet.attachment.id
  route_table_id = aws_route_table.attachment.id
}

resource "aws_route_table" "appliance" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }
}

resource "aws_route_table_association" "appliance" {
  subnet_id      = aws_subnet.appliance.id
  route_table_id = aws_route_table.appliance.id
}

resource "aws_route_table" "endpoint" {
  vpc_id = aws_vpc.inspection.id
}

resource "aws_route_table_association" "endpoint" {
  subnet_id      = aws_subnet.endpoint.id
  route_table_id = aws_route_table.endpoint.id
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.appliance.id]
}

resource "aws_lb_target_group" "inspection" {
  protocol    = "GENEVE"
  port        = 6081
  target_type = "ip"
  vpc_id      = aws_vpc.inspection.id
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.inspection.arn
  }
}

resource "aws_vpc_endpoint_service" "inspection" {
  acceptance_required        = false
  gateway_load_balancer_arns = [aws_lb.inspection.arn]
}

resource "aws_vpc_endpoint" "inspection" {
  vpc_id            = aws_vpc.inspection.id
  service_name      = aws_vpc_endpoint_service.inspection.service_name
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.endpoint.id]
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_network_interface" "data" { # found
  subnet_id         = aws_subnet.appliance.id
  security_groups   = [aws_security_group.data.id]
  source_dest_check = false
}

resource "aws_lb_target_group_attachment" "data" {
  target_group_arn = aws_lb_target_group.inspection.arn
  target_id        = aws_network_interface.data.private_ip
}
```

```yaml bad
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  AttachmentSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.1.0/24
  EndpointSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.2.0/24
  ApplianceSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.3.0/24
  AttachmentTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  AttachmentRoute:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref InspectionEndpoint
  AttachmentTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet
      RouteTableId: !Ref AttachmentTable
  ApplianceTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ApplianceRoute:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref ApplianceTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  ApplianceTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref ApplianceSubnet
      RouteTableId: !Ref ApplianceTable
  EndpointTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  EndpointTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet
      RouteTableId: !Ref EndpointTable
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref ApplianceSubnet]
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Protocol: GENEVE
      Port: 6081
      TargetType: ip
      VpcId: !Ref Inspection
      Targets:
        - Id: !GetAtt Data.PrimaryPrivateIpAddress
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Service:
    Type: AWS::EC2::VPCEndpointService
    Properties:
      AcceptanceRequired: false
      GatewayLoadBalancerArns: [!Ref Balancer]
  InspectionEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      VpcEndpointType: GatewayLoadBalancer
      ServiceName: !Sub "com.amazonaws.vpce.${AWS::Region}.${Service}"
      SubnetIds: [!Ref EndpointSubnet]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.0.0.0/8
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Data: # found
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref ApplianceSubnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
```

```hcl maybe
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "appliance" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.3.0/24"
}

resource "aws_route_table" "appliance" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }
}

resource "aws_route_table_association" "appliance" {
  subnet_id      = aws_subnet.appliance.id
  route_table_id = aws_route_table.appliance.id
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.appliance.id]
}

resource "aws_lb_target_group" "inspection" {
  protocol    = "GENEVE"
  port        = 6081
  target_type = "ip"
  vpc_id      = aws_vpc.inspection.id
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.inspection.arn
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_network_interface" "data" { # found
  subnet_id         = aws_subnet.appliance.id
  security_groups   = [aws_security_group.data.id]
  source_dest_check = false
}

resource "aws_lb_target_group_attachment" "data" {
  target_group_arn = aws_lb_target_group.inspection.arn
  target_id        = aws_network_interface.data.private_ip
}
```

```yaml maybe
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  ApplianceSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.3.0/24
  ApplianceTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ApplianceRoute:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref ApplianceTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  ApplianceTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref ApplianceSubnet
      RouteTableId: !Ref ApplianceTable
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref ApplianceSubnet]
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Protocol: GENEVE
      Port: 6081
      TargetType: ip
      VpcId: !Ref Inspection
      Targets:
        - Id: !GetAtt Data.PrimaryPrivateIpAddress
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.0.0.0/8
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Data: # found
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref ApplianceSubnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
```

```hcl good
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "attachment" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.1.0/24"
}

resource "aws_subnet" "endpoint" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.2.0/24"
}

resource "aws_subnet" "appliance" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.3.0/24"
}

resource "aws_route_table" "attachment" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = aws_vpc_endpoint.inspection.id
  }
}

resource "aws_route_table_association" "attachment" {
  subnet_id      = aws_subnet.attachment.id
  route_table_id = aws_route_table.attachment.id
}

resource "aws_route_table" "appliance" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }
}

resource "aws_route_table_association" "appliance" {
  subnet_id      = aws_subnet.appliance.id
  route_table_id = aws_route_table.appliance.id
}

resource "aws_route_table" "endpoint" {
  vpc_id = aws_vpc.inspection.id
}

resource "aws_route_table_association" "endpoint" {
  subnet_id      = aws_subnet.endpoint.id
  route_table_id = aws_route_table.endpoint.id
}

resource "aws_lb" "inspection" {
  load_balancer_type = "gateway"
  subnets            = [aws_subnet.appliance.id]
}

resource "aws_lb_target_group" "inspection" {
  protocol    = "GENEVE"
  port        = 6081
  target_type = "ip"
  vpc_id      = aws_vpc.inspection.id
}

resource "aws_lb_listener" "inspection" {
  load_balancer_arn = aws_lb.inspection.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.inspection.arn
  }
}

resource "aws_vpc_endpoint_service" "inspection" {
  acceptance_required        = false
  gateway_load_balancer_arns = [aws_lb.inspection.arn]
}

resource "aws_vpc_endpoint" "inspection" {
  vpc_id            = aws_vpc.inspection.id
  service_name      = aws_vpc_endpoint_service.inspection.service_name
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.endpoint.id]
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_network_interface" "data" {
  subnet_id         = aws_subnet.appliance.id
  security_groups   = [aws_security_group.data.id]
  source_dest_check = false
}

resource "aws_lb_target_group_attachment" "data" {
  target_group_arn = aws_lb_target_group.inspection.arn
  target_id        = aws_network_interface.data.private_ip
}
```

```yaml good
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  AttachmentSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.1.0/24
  EndpointSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.2.0/24
  ApplianceSubnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.3.0/24
  AttachmentTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  AttachmentRoute:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref InspectionEndpoint
  AttachmentTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet
      RouteTableId: !Ref AttachmentTable
  ApplianceTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ApplianceRoute:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref ApplianceTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  ApplianceTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref ApplianceSubnet
      RouteTableId: !Ref ApplianceTable
  EndpointTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  EndpointTableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet
      RouteTableId: !Ref EndpointTable
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: gateway
      Subnets: [!Ref ApplianceSubnet]
  Appliances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Protocol: GENEVE
      Port: 6081
      TargetType: ip
      VpcId: !Ref Inspection
      Targets:
        - Id: !GetAtt Data.PrimaryPrivateIpAddress
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      DefaultActions:
        - Type: forward
          TargetGroupArn: !Ref Appliances
  Service:
    Type: AWS::EC2::VPCEndpointService
    Properties:
      AcceptanceRequired: false
      GatewayLoadBalancerArns: [!Ref Balancer]
  InspectionEndpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      VpcEndpointType: GatewayLoadBalancer
      ServiceName: !Sub "com.amazonaws.vpce.${AWS::Region}.${Service}"
      SubnetIds: [!Ref EndpointSubnet]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Data:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref ApplianceSubnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
```
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Severity, flows_name, labels, one_way, remedy, rule, said_already

SAME = "what tracked-forwarder says here takes care of these flows, too"


@rule(severity=Severity.ERROR, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces of appliances that forward natively what a Gateway Load Balancer sends them.
    """
    for one in one_way(net):
        names = flows_name(one.judgement, one.flows)
        yield Found(
            one.judgement.interface,
            f"this appliance sees one direction of its flows here, and EC2 tracks {names}: every packet is evaluated slowly",
            labels(one.judgement, one.flows),
            (SAME,) if said_already(net, one) else remedy(net, one.judgement, one.flows),
            one.holds,
            one.flows,
        )
