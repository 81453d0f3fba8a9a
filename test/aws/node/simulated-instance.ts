import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { SQSClient } from '@aws-sdk/client-sqs'
import { EventRecorder } from '../../../agent/event-recorder.ts'
import { startMailboxInformers } from '../../../agent/informer/mailbox-informers.ts'
import { claimNode } from '../../../agent/instance/claim-node.ts'
import { createQueuedHeartbeats } from '../../../agent/instance/queued-heartbeats.ts'
import { createStsTokens } from '../../../agent/instance/sts-token.ts'
import { simulatedCapacity } from '../../../agent/node/capacity.ts'
import { startNodeAgent } from '../../../agent/node/node-agent.ts'
import { simulatedPreparer, simulatedVolumes } from '../../../agent/runtime/simulated/simulated-files.ts'
import { createSimulatedNetwork } from '../../../agent/runtime/simulated/simulated-network.ts'
import { SimulatedRuntime } from '../../../agent/runtime/simulated/simulated-runtime.ts'
import { simulatedNodeStats } from '../../../agent/runtime/simulated/simulated-usage.ts'
import { createGatewayTransport } from '../../../shared/client/gateway-transport.ts'
import { createClient } from '../../../shared/client/rest-client.ts'
import { hostAnnotation } from '../../../shared/placement/annotation.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createSqsMailbox } from '../../../shared/queue/sqs/sqs-mailbox.ts'
import { createSqsQueue } from '../../../shared/queue/sqs/sqs-queue.ts'
import type { AwsCluster } from '../cluster.ts'
import { region } from '../emulator/call.ts'
import { TaskRooms } from './task-rooms.ts'

/**
 * An instance whose agent is the shipped one, put together as `agent/instance/start-on-instance.ts` does, but that its containers and
 * network are simulated: hundreds of pods in this process, with all the calls they cost.
 */
export const startSimulatedInstance = async (aws: AwsCluster, instanceId: string) => {
  setDefaultCACertificates([...getCACertificates('default'), aws.certificateAuthority])
  const stopping = new AbortController()
  const { signal } = stopping
  const { identity, environment, containerInstanceArn } = aws.addInstance(instanceId)
  const variables: Readonly<Record<string, string>> = environment
  const lines: string[] = []
  const log = createLogger({ write: (line) => lines.push(line) })
  const clock = systemClock
  const parts = { clock, log, signal }
  const credentials = { accessKeyId: identity.accessKeyId, secretAccessKey: identity.secretAccessKey }
  const sqs = new SQSClient({ region, endpoint: aws.edge.url, credentials, useQueueUrlAsEndpoint: false })
  const token = createStsTokens({ audience: 'windlass', region, credentials: async () => credentials, clock })
  const transport = createGatewayTransport({ server: aws.gateway.url, token, userAgent: `windlass-agent/${instanceId}` })
  const client = createClient(transport)
  const node = {
    name: instanceId,
    labels: { 'topology.kubernetes.io/zone': `${region}a` },
    annotations: { [hostAnnotation]: containerInstanceArn },
    providerID: `aws:///${region}a/${instanceId}`,
  }
  const { podCIDR } = await claimNode(client, node, parts)
  const followed = startMailboxInformers({
    client,
    mailbox: createSqsMailbox({ client: sqs, prefix: variables.WINDLASS_MAILBOX_PREFIX ?? '', node: instanceId }),
    nodeName: instanceId,
    ...parts,
  })
  const { informers, config } = followed
  const runtime = new SimulatedRuntime({
    clock,
    pullMs: 100,
    startMs: 50,
    podOf: ({ namespace, name }) => informers.pods.get(namespace, name),
  })
  const rooms = new TaskRooms(aws.ecs, containerInstanceArn)
  await rooms.start()
  const queue = createSqsQueue({ client: sqs, url: variables.WINDLASS_HEARTBEAT_QUEUE_URL ?? '' })
  const agent = await startNodeAgent({
    ...{ runtime, rooms, config, clock, log },
    client: followed.client,
    dataDir: join(aws.folder, instanceId),
    identity: { ...node, wantedPodCIDR: podCIDR },
    address: { internalIP: '192.0.2.1' },
    heartbeats: createQueuedHeartbeats(queue),
    nodeStats: simulatedNodeStats(clock.now),
    usageEveryMs: 60_000,
    statusEveryMs: Number.POSITIVE_INFINITY,
    port: 0,
    dns: { clusterDomain: 'cluster.local', clusterDNS: '10.96.0.10' },
    capacity: simulatedCapacity,
    pods: informers.pods,
    node: informers.node,
    network: createSimulatedNetwork(podCIDR),
    volumes: simulatedVolumes,
    prepare: simulatedPreparer,
    probe: async () => ({ ok: true, output: '' }),
    health: async () => ({ memoryPressure: false, diskPressure: false }),
    events: new EventRecorder({ client, clock, log, nodeName: instanceId }),
  })
  return {
    instanceId,
    containerInstanceArn,
    lines,
    stop: async () => {
      stopping.abort()
      await agent.stop()
      await rooms.stop()
      transport.close()
      sqs.destroy()
    },
  }
}
