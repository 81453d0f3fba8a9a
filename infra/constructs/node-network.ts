import { Validations } from 'aws-cdk-lib'
import { GatewayVpcEndpointAwsService, IpAddresses, type IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'

export interface NodeNetworkProps {
  readonly cidr: string
}

/**
 * Public subnets, closed to the world by a security group: a NAT gateway costs $33 a month in each zone before its first byte, an instance's
 * public address $3.65.
 */
export class NodeNetwork extends Construct {
  readonly vpc: IVpc
  readonly securityGroup: SecurityGroup

  constructor(scope: Construct, id: string, { cidr }: NodeNetworkProps) {
    super(scope, id)
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Nodes', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    })
    this.vpc = vpc as IVpc
    Validations.of(vpc).acknowledge({
      id: 'AwsSolutions-VPC7',
      reason: 'flow logs are paid for by the gigabyte; whoever needs them turns them on for this VPC',
    })
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc: this.vpc, description: 'Nodes: only nodes come in' })
    // In VXLAN pods of other nodes; as they are, nodes and pods in the host's network, which Kubernetes lets everybody reach on any port.
    this.securityGroup.addIngressRule(this.securityGroup, Port.allTraffic(), 'other nodes and their pods')
  }
}
