import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createDynamoDbAnswerSink, createDynamoDbAnswerSource, questionKeyPrefix } from '../../shared/answers/dynamodb-answers.ts'
import { decodeStored } from '../../shared/apiserver/objects/encode.ts'
import { encryptedResources } from '../../shared/apiserver/standard-server.ts'
import { createLetterNodeConnector } from '../../shared/apiserver/streams/letter-node-connector.ts'
import type { AutoscalerMemories, AutoscalerMemory } from '../../shared/controllers/horizontalpodautoscaler/memory.ts'
import { autoscalerController } from '../../shared/controllers/horizontalpodautoscaler/name.ts'
import { createExtensionDoubts } from '../../shared/dispatch/extension-doubts.ts'
import { identityResource } from '../../shared/identity/kept-identity.ts'
import { createNetworkReader } from '../../shared/load-balancer/elb/network.ts'
import { createNetworkLoadBalancers } from '../../shared/load-balancer/elb/network-load-balancers.ts'
import { createSecurityGroups } from '../../shared/load-balancer/elb/security-groups.ts'
import type { LoadBalancers } from '../../shared/load-balancer/load-balancers.ts'
import { createAutoScalingGroup } from '../../shared/node-group/auto-scaling-group.ts'
import { createInstanceTypes } from '../../shared/node-group/instance-type.ts'
import type { NodeGroup } from '../../shared/node-group/node-group.ts'
import { createAutoScalingHooks } from '../../shared/placement/ecs/auto-scaling-hooks.ts'
import { createEcsPlacement } from '../../shared/placement/ecs/ecs-placement.ts'
import type { LifecycleHooks } from '../../shared/placement/lifecycle-hooks.ts'
import type { Placement } from '../../shared/placement/placement.ts'
import { answeredWithin } from '../../shared/platform/aws-client.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { createEmbeddedMetrics, type Metrics } from '../../shared/platform/metrics.ts'
import { systemRandom } from '../../shared/platform/random.ts'
import type { Mailboxes } from '../../shared/queue/mailboxes.ts'
import { createSqsMailboxes } from '../../shared/queue/sqs/sqs-mailboxes.ts'
import { createSqsQueue } from '../../shared/queue/sqs/sqs-queue.ts'
import { createWorkQueues, type WorkQueues } from '../../shared/queue/work-queues.ts'
import { createLetterReach } from '../../shared/reach/by-letter.ts'
import { createDirectReach } from '../../shared/reach/direct.ts'
import type { Reach } from '../../shared/reach/reach.ts'
import { endpointOfService } from '../../shared/reach/service-address.ts'
import { encryptingStore } from '../../shared/secrets/encrypting-store.ts'
import { reencrypt } from '../../shared/secrets/reencrypt.ts'
import { createSecretKeys, rotateSecretKeys } from '../../shared/secrets/secrets-manager/secret-keys.ts'
import { createSecretsManagerVault } from '../../shared/secrets/secrets-manager/secrets-manager-vault.ts'
import { secretPrefix } from '../../shared/secrets/secrets-manager/vault-name.ts'
import { sweepVault } from '../../shared/secrets/sweep-vault.ts'
import { secretsManager } from '../../shared/secrets/vault-reference.ts'
import { type VaultStoreOptions, vaultStore } from '../../shared/secrets/vault-store.ts'
import { createDynamoDbClient } from '../../shared/storage/dynamodb/client.ts'
import { openDynamoDbNotes } from '../../shared/storage/dynamodb/notes.ts'
import { openDynamoDbStore } from '../../shared/storage/dynamodb/open.ts'
import type { Store } from '../../shared/storage/store.ts'
import { createLambdaTriggers, parseTriggers } from '../../shared/triggers/lambda-triggers.ts'
import type { Triggers } from '../../shared/triggers/triggers.ts'
import { quietLogMs } from '../gateway/limits.ts'
import { type Cluster, type ClusterOptions, openCluster } from './cluster.ts'
import { openHeartbeats } from './heartbeats.ts'
import { log, writeLine } from './log.ts'
import type { Environment } from './variables.ts'

const encrypted = new Set([...encryptedResources, identityResource])
const isEncrypted = (resource: string) => encrypted.has(resource)

/** Lambda says it to every function. */
const answered = answeredWithin(10_000)

export const awsRegion = process.env.AWS_REGION ?? 'us-east-1'

export interface AwsCluster extends Cluster {
  /** objects whose time has come */
  removeExpired(): Promise<void>
  /** a new data key, which new values get soon */
  rotateKeys(): Promise<void>
  /** older values get the newest key */
  reencrypt(): Promise<void>
}

type StoreEnvironment = Pick<Environment, 'table' | 'dataKeySecret'>

const openAwsStore = async ({ table, dataKeySecret }: StoreEnvironment) => {
  const secret = { client: new SecretsManagerClient(answered), secret: dataKeySecret, clock: systemClock }
  const keys = createSecretKeys(secret)
  const store = await openDynamoDbStore({ client: createDynamoDbClient(), table })
  return { secret, keys, store, clear: encryptingStore({ store, keys, isEncrypted }) }
}

export interface AwsClusterOptions
  extends Partial<Pick<ClusterOptions, 'issuer' | 'authenticators' | 'subresources' | 'observers' | 'onExtensionDoubt'>> {
  /** of functions that read or remove Secrets; the others never see the data that is kept outside of the table */
  readonly secretValues?: Pick<Environment, 'clusterName'> & Pick<VaultStoreOptions, 'bulk'>
}

const openVaultStore = (store: Store, { clusterName, bulk }: NonNullable<AwsClusterOptions['secretValues']>): Store => {
  const vault = createSecretsManagerVault({ client: new SecretsManagerClient(answered) })
  const onLeft = (name: string, error: unknown) => log.warn('a secret of Secrets Manager is left for the sweep', { name, error })
  return vaultStore({ store, vault, prefix: secretPrefix(clusterName), bulk, onLeft })
}

/** `store` is one without secret values. */
export const openVaultSweep =
  ({ clusterName }: Pick<Environment, 'clusterName'>, store: Store): (() => Promise<void>) =>
  async () => {
    const vault = createSecretsManagerVault({ client: new SecretsManagerClient(answered) })
    const removed = await sweepVault({ vault, store, prefix: secretPrefix(clusterName), clock: systemClock })
    if (removed > 0) log.info('removed secrets of Secrets Manager to which nothing refers', { removed })
  }

/** The cluster over its table. */
export const openAwsCluster = async (
  environment: StoreEnvironment & Pick<Environment, 'serviceCidr' | 'mailboxPrefix'>,
  options: AwsClusterOptions = {},
): Promise<AwsCluster> => {
  const { serviceCidr } = environment
  const { secretValues } = options
  const { secret, keys, store, clear } = await openAwsStore(environment)
  const cluster = await openCluster({
    issuer: 'https://kubernetes.default.svc',
    ...options,
    store: secretValues ? openVaultStore(clear, secretValues) : clear,
    secretStores: [secretsManager],
    awsRoles: { region: awsRegion },
    audit: writeLine,
    heartbeats: openHeartbeats(environment),
    reach: openReach(environment, clear),
    serviceCidr,
    clock: systemClock,
    log,
  })
  return {
    ...cluster,
    removeExpired: () => store.sweep(),
    rotateKeys: () => rotateSecretKeys(secret),
    reencrypt: async () => {
      const written = await reencrypt({ stored: store, store: clear, keys, resources: encrypted })
      if (written > 0) log.info('encrypted values with the newest key', { written })
    },
  }
}

type QueueUrls = 'reconcileQueueUrl' | 'scheduleQueueUrl' | 'placeQueueUrl' | 'timersQueueUrl' | 'deadLetterQueueUrl'

export const openQueues = (environment: Pick<Environment, QueueUrls>): WorkQueues => {
  const client = new SQSClient(answered)
  const queue = (url: string) => createSqsQueue({ client, url })
  return createWorkQueues({
    queues: {
      reconcile: queue(environment.reconcileQueueUrl),
      schedule: queue(environment.scheduleQueueUrl),
      place: queue(environment.placeQueueUrl),
      deadLetter: queue(environment.deadLetterQueueUrl),
    },
    timers: queue(environment.timersQueueUrl),
    clock: systemClock,
  })
}

/** To have extension servers looked at that are not as they are held to be. */
export const openExtensionDoubts = ({ reconcileQueueUrl: url }: Pick<Environment, 'reconcileQueueUrl'>) =>
  createExtensionDoubts({ queue: createSqsQueue({ client: new SQSClient(answered), url }), clock: systemClock, log })

export const openMailboxes = ({ mailboxPrefix }: Pick<Environment, 'mailboxPrefix'>): Mailboxes =>
  createSqsMailboxes({ client: new SQSClient(answered), prefix: mailboxPrefix })

/** To pods by letter to their nodes, to anything else by connections of our own. */
const openReach = (environment: Pick<Environment, 'table' | 'mailboxPrefix'>, store: Pick<Store, 'get'>): Reach => {
  const parts = { client: createDynamoDbClient(), table: environment.table, clock: systemClock }
  return createLetterReach({
    mailboxes: openMailboxes(environment),
    answers: createDynamoDbAnswerSource(parts),
    bodies: createDynamoDbAnswerSink({ ...parts, prefix: questionKeyPrefix }),
    clock: systemClock,
    direct: createDirectReach(),
    addressOf: endpointOfService({
      read: async (resource, namespace, name) => {
        const entry = await store.get({ resource, namespace, name })
        return entry && decodeStored(entry.value)
      },
      random: systemRandom,
    }),
  })
}

/** To ask agents, whom nobody can connect to. */
export const openNodeConnector = (environment: Pick<Environment, 'table' | 'mailboxPrefix'>) =>
  createLetterNodeConnector({
    mailboxes: openMailboxes(environment),
    answers: createDynamoDbAnswerSource({ client: createDynamoDbClient(), table: environment.table }),
    clock: systemClock,
    quietMs: quietLogMs,
  })

export const openAutoscalerMemories = ({ table }: Pick<Environment, 'table'>): AutoscalerMemories =>
  openDynamoDbNotes<AutoscalerMemory>({ client: createDynamoDbClient(), table, subject: autoscalerController })

export const openPlacement = ({ ecsCluster, taskDefinition }: Pick<Environment, 'ecsCluster' | 'taskDefinition'>): Placement =>
  createEcsPlacement({ client: new ECSClient({ maxAttempts: 1, ...answered }), cluster: ecsCluster, taskDefinition })

export const openHooks = (): LifecycleHooks => createAutoScalingHooks({ client: new AutoScalingClient(answered) })

export const openMetrics = ({ clusterName }: Pick<Environment, 'clusterName'>): Metrics =>
  createEmbeddedMetrics({ clusterName, write: writeLine, now: () => systemClock.now() })

export const openNodeGroup = ({ clusterName }: Pick<Environment, 'clusterName'>): NodeGroup =>
  createAutoScalingGroup({
    client: new AutoScalingClient(answered),
    clusterName,
    shapeOf: createInstanceTypes({ client: new EC2Client(answered) }),
  })

export const openTriggers = ({ nodeTriggers }: Pick<Environment, 'nodeTriggers'>): Triggers =>
  createLambdaTriggers({
    lambda: new LambdaClient(answered),
    sqs: new SQSClient(answered),
    triggers: parseTriggers(nodeTriggers),
    clock: systemClock,
  })

export const openLoadBalancers = ({ clusterName }: Pick<Environment, 'clusterName'>): LoadBalancers =>
  createNetworkLoadBalancers({
    client: new ElasticLoadBalancingV2Client(answered),
    clusterName,
    network: createNetworkReader({ client: new AutoScalingClient(answered), clusterName }),
    securityGroups: createSecurityGroups({ client: new EC2Client(answered), clusterName }),
  })
