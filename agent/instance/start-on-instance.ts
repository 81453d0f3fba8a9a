import { createDynamoDbAnswerSink, createDynamoDbAnswerSource, questionKeyPrefix } from '../../shared/answers/dynamodb-answers.ts'
import { createGatewayTransport } from '../../shared/client/gateway-transport.ts'
import { createClient } from '../../shared/client/rest-client.ts'
import { createSqsMailbox } from '../../shared/queue/sqs/sqs-mailbox.ts'
import { createSqsQueue } from '../../shared/queue/sqs/sqs-queue.ts'
import { createDirectReach } from '../../shared/reach/direct.ts'
import { Answerer } from '../answers/answerer.ts'
import { EventRecorder } from '../event-recorder.ts'
import { makePrivateDirectory } from '../files/private-directory.ts'
import { startMailboxInformers } from '../informer/mailbox-informers.ts'
import { prepareHost } from '../network/host.ts'
import { overlayBytes } from '../network/overlay.ts'
import { engineAt, startDockerNode } from '../node/docker-node.ts'
import type { StartAgent } from '../node/start-with-server.ts'
import { openAwsClients } from './aws-clients.ts'
import { claimNode } from './claim-node.ts'
import { EcsRooms } from './ecs-rooms.ts'
import type { InstanceEnvironment } from './environment.ts'
import { openCapacity } from './instance-capacity.ts'
import { apiAddressOf, startInstanceNetwork } from './instance-network.ts'
import { watchInterruption } from './interruption.ts'
import { learnInstance } from './learn-instance.ts'
import { endOnOtherRange } from './own-range.ts'
import { createQueuedHeartbeats } from './queued-heartbeats.ts'
import { createStsTokens } from './sts-token.ts'

/** The node of an EC2 instance that is an ECS container instance: queues lead to it, and ECS tasks hold its pods' room. */
export const startOnInstance =
  (environment: InstanceEnvironment): StartAgent =>
  async (parts) => {
    const { region, server, serviceCidr, podCidr, dataDir } = environment
    await makePrivateDirectory(dataDir)
    const { metadata, facts, containerInstance, identity } = await learnInstance(environment, parts)
    const nodeName = identity.name
    const log = parts.log.child({ node: nodeName })
    const running = { ...parts, log }
    const { clock } = parts
    const { sqs, ecs, dynamodb } = openAwsClients(region)
    const token = createStsTokens({ audience: environment.clusterName, region, credentials: sqs.config.credentials, clock })
    const transport = createGatewayTransport({ server, token, userAgent: `kubelet/${nodeName}` })
    const client = createClient(transport)
    const { podCIDR } = await claimNode(client, identity, running)
    const docker = engineAt(environment.dockerSocket)
    const room = await openCapacity({ ...environment, docker, containerInstance, ecs }, running)
    await prepareHost({
      podRange: podCidr,
      serviceRange: serviceCidr,
      apiAddress: apiAddressOf(podCidr),
      expose: true,
      settings: { podRange: 'podCidr', serviceRange: 'serviceCidr' },
    })
    let answerer: Answerer | undefined
    const followed = startMailboxInformers({
      client,
      mailbox: createSqsMailbox({ client: sqs, prefix: environment.mailboxPrefix, node: nodeName }),
      nodeName,
      onQuestion: (question) => answerer?.take(question),
      ...running,
    })
    const unfollowRange = endOnOtherRange({ ...running, nodes: followed.informers.node, nodeName, podCIDR })
    const network = await startInstanceNetwork({
      ...running,
      ...{ server, nodeName, podCIDR, client },
      podRange: podCidr,
      serviceRange: serviceCidr,
      address: facts.privateAddress,
      nodes: followed.informers.node,
    })
    const node = await startDockerNode({
      // load balancers come from outside
      configuration: { ...environment, nodeName, podRange: podCidr, serviceCIDR: serviceCidr, hostServices: true, expose: true },
      extraBytes: overlayBytes,
      client: followed.client,
      clock,
      log,
      edge: {
        ...followed,
        heartbeats: createQueuedHeartbeats(createSqsQueue({ client: sqs, url: environment.heartbeatQueueUrl })),
        rooms: new EcsRooms({ docker, log }),
        identity: { ...identity, wantedPodCIDR: podCIDR },
        podCIDR,
        address: { internalIP: facts.privateAddress, internalDNS: facts.privateName },
        ...room,
        // each is a write to the table
        usageEveryMs: 60_000,
        statusEveryMs: Number.POSITIVE_INFINITY,
        // Letters to all mailboxes are sent together, and are waited for by all agents.
        othersLaterMs: 1000,
        port: 0,
        serve: async (source) => {
          const { table } = environment
          const sink = createDynamoDbAnswerSink({ client: dynamodb, table, clock })
          const bodies = createDynamoDbAnswerSource({ client: dynamodb, table, prefix: questionKeyPrefix })
          const reach = createDirectReach()
          const answering = new Answerer({ source, sink, caller: { reach, bodies }, clock, log })
          answerer = answering
          return {
            stop: async () => {
              answering.stop()
              reach.close()
            },
          }
        },
      },
    })
    const events = new EventRecorder({ client, clock, log, nodeName })
    const pods = () => followed.informers.pods.list()
    watchInterruption({ ...running, metadata, nodeName, client, pods, events }).catch((error: unknown) => {
      if (!parts.signal.aborted) log.error('interruptions are not watched for', { error })
    })
    return {
      stop: async () => {
        unfollowRange()
        await node.stop()
        await network.stop()
        transport.close()
      },
    }
  }
