import { InstanceArchitecture, InstanceType } from 'aws-cdk-lib/aws-ec2'

/** Of an EC2 instance type, in Node.js' words. */
export const architectureOf = (instanceType: string): 'arm64' | 'x64' =>
  new InstanceType(instanceType).architecture === InstanceArchitecture.ARM_64 ? 'arm64' : 'x64'
