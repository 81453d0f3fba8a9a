import { synthesize } from '../../infra/synthesized.ts'
import { type AwsCluster, adminRoleArn, startAwsCluster } from '../cluster.ts'
import type { Use } from '../edge/meter.ts'
import type { AwsCall } from '../edge/request.ts'
import type { FunctionUse } from '../lambda/host.ts'
import { kubectlOf } from '../system/kubectl.ts'

/** What AWS takes to answer, beside the emulator. */
const latencies: Readonly<Record<string, number>> = {
  dynamodb: 5,
  sqs: 15,
  secretsmanager: 15,
  ecs: 50,
  lambda: 30,
  autoscaling: 50,
}

export interface MeteredCluster {
  readonly aws: AwsCluster
  readonly kubectl: ReturnType<typeof kubectlOf>
  readonly functionUses: readonly FunctionUse[]
  /** Does something, waits until nothing follows from it any more, and tells what was used. */
  metered(action: () => Promise<unknown>): Promise<Use[]>
  quiet(): Promise<void>
}

const quietMs = 2500

/** The deployed cluster, with the pace of AWS and its clock stopped. */
export const startMetered = async (): Promise<MeteredCluster> => {
  const accessEntries = [{ principalArn: adminRoleArn, groups: ['system:masters'] }]
  const { directory } = synthesize({ accessEntries, retainData: 'false' })
  const functionUses: FunctionUse[] = []
  const aws = await startAwsCluster({
    synthesized: { directory, stacks: ['windlass-state', 'windlass-control-plane', 'windlass-nodes'] },
    clockEveryMs: 2 ** 30,
    onUse: (use) => functionUses.push(use),
  })
  aws.edge.latencyMs = ({ service }: AwsCall) => latencies[service] ?? 0
  const quiet = async () => {
    for (let seen = -1; seen !== functionUses.length; ) {
      seen = functionUses.length
      await new Promise((resolve) => setTimeout(resolve, quietMs))
    }
  }
  return {
    aws,
    kubectl: kubectlOf(aws.kubeconfig),
    functionUses,
    quiet,
    metered: async (action) => {
      aws.meter.take()
      await action()
      await quiet()
      return aws.meter.take()
    },
  }
}
