import { DescribeInstanceTypesCommand, type EC2Client } from '@aws-sdk/client-ec2'
import type { NodeShape } from './node-group.ts'

/** What the system keeps of an instance's memory is at most so much of it, and this for the ECS agent and ours; a guess until the first node has joined. */
const visibleShare = 0.93
const reservedMiB = 384

/** What an instance type offers, as EC2 says. */
export const createInstanceTypes = ({ client }: { client: Pick<EC2Client, 'send'> }) => {
  const known = new Map<string, NodeShape>()
  return async (instanceType: string): Promise<NodeShape> => {
    const before = known.get(instanceType)
    if (before) return before
    const { InstanceTypes: [found] = [] } = await client.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as never] }),
    )
    const cpus = found?.VCpuInfo?.DefaultVCpus
    const memoryMiB = found?.MemoryInfo?.SizeInMiB
    if (cpus === undefined || memoryMiB === undefined) throw new Error(`EC2 knows no instance type "${instanceType}"`)
    const arch = found?.ProcessorInfo?.SupportedArchitectures?.includes('arm64') ? 'arm64' : 'amd64'
    const shape: NodeShape = {
      allocatable: { cpu: String(cpus), memory: `${Math.floor(memoryMiB * visibleShare) - reservedMiB}Mi`, pods: '110' },
      labels: {
        'kubernetes.io/arch': arch,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': instanceType,
      },
    }
    known.set(instanceType, shape)
    return shape
  }
}
