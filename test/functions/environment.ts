import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { APIGatewayProxyEvent, Context, DynamoDBRecord } from 'aws-lambda'
import { gatewayHandler } from '../../functions/gateway/handler.ts'
import { batchHandler } from '../../functions/wiring/batch-handler.ts'
import { runDueTasks } from '../../functions/wiring/clock-tasks.ts'
import { type Cluster, openCluster } from '../../functions/wiring/cluster.ts'
import { allControllers, reconcilers } from '../../functions/wiring/controllers.ts'
import { once } from '../../functions/wiring/once.ts'
import { streamHandler } from '../../functions/wiring/stream-handler.ts'
import { dispatchWorkerOf, reconcileWorkerOf, resyncOf, scheduleWorkerOf } from '../../functions/wiring/workers.ts'
import type { Authenticator } from '../../shared/apiserver/authn/authenticator.ts'
import { createNoTunnel } from '../../shared/apiserver/streams/no-tunnel.ts'
import type { Client } from '../../shared/client/client.ts'
import { createExtensionDoubts } from '../../shared/dispatch/extension-doubts.ts'
import { createTimerWorker } from '../../shared/dispatch/timer-worker.ts'
import { createNetworkReader } from '../../shared/load-balancer/elb/network.ts'
import { createNetworkLoadBalancers } from '../../shared/load-balancer/elb/network-load-balancers.ts'
import { createSecurityGroups } from '../../shared/load-balancer/elb/security-groups.ts'
import { createAutoScalingGroup } from '../../shared/node-group/auto-scaling-group.ts'
import { createInstanceTypes } from '../../shared/node-group/instance-type.ts'
import { hostAnnotation } from '../../shared/placement/annotation.ts'
import { createEcsPlacement } from '../../shared/placement/ecs/ecs-placement.ts'
import type { LifecycleHooks } from '../../shared/placement/lifecycle-hooks.ts'
import { createPlacementController } from '../../shared/placement/placement-controller.ts'
import { sweepPlacement } from '../../shared/placement/sweep.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import { createLogger } from '../../shared/platform/log.ts'
import { createEmbeddedMetrics } from '../../shared/platform/metrics.ts'
import { createSqsMailboxes } from '../../shared/queue/sqs/sqs-mailboxes.ts'
import { createSqsQueue } from '../../shared/queue/sqs/sqs-queue.ts'
import { createWorkQueues } from '../../shared/queue/work-queues.ts'
import type { Reach } from '../../shared/reach/reach.ts'
import { directoriesAnnotation } from '../../shared/resources/core/volume/local-directory.ts'
import { type Node, nodes, type Pod, pods } from '../../shared/resources/resource.ts'
import { secretsManager } from '../../shared/secrets/vault-reference.ts'
import { logItemKey } from '../../shared/storage/dynamodb/items.ts'
import type { Heartbeats } from '../../shared/storage/heartbeats.ts'
import { openLmdbStore } from '../../shared/storage/lmdb/open.ts'
import type { Store } from '../../shared/storage/store.ts'
import { createLambdaTriggers } from '../../shared/triggers/lambda-triggers.ts'
import { FakeAutoScaling } from '../fakes/fake-auto-scaling.ts'
import { FakeEcs } from '../fakes/fake-ecs.ts'
import { FakeElb } from '../fakes/fake-elb.ts'
import { FakeSqs } from '../fakes/fake-sqs.ts'
import { FakeTriggers } from '../fakes/fake-triggers.ts'

/** Time that goes on only when somebody sleeps or the test lets it. */
export class LeapingClock implements Clock {
  #now = Date.UTC(2026, 0, 1)
  now = () => this.#now
  sleep = async (ms: number, signal?: AbortSignal) => {
    if (!signal?.aborted) this.#now += ms
  }
  leapTo(ms: number): void {
    this.#now = Math.max(this.#now, ms)
  }
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

export interface FunctionsOptions {
  /** what happens to the stream's records on their way; default: they come one by one, in order */
  readonly disturb?: (records: readonly DynamoDBRecord[]) => DynamoDBRecord[][]
  /** whether a function's process is a new one; default: never */
  readonly isCold?: () => boolean
  /** to extension servers; default: no way leads to any */
  readonly reach?: Reach
  /** default: an embedded store in a folder of its own */
  readonly openStore?: (clock: Clock) => Promise<{ store: Store; heartbeats: Heartbeats }>
}

/** All functions in this process, over an embedded store, with SQS and ECS played at the edge. */
export const startFunctions = async ({ disturb, isCold = () => false, openStore, reach }: FunctionsOptions = {}) => {
  const path = mkdtempSync(join(tmpdir(), 'windlass-functions-'))
  const clock = new LeapingClock()
  const logs: string[] = []
  const audited: string[] = []
  const log = createLogger({ write: (line) => logs.push(line), level: 'debug' })
  const openEmbedded = async () => {
    const lmdb = await openLmdbStore({ path })
    return { store: lmdb, heartbeats: lmdb.heartbeats }
  }
  const { store, heartbeats } = await (openStore ? openStore(clock) : openEmbedded())
  const sqs = new FakeSqs(clock)
  const ecs = new FakeEcs()
  const url = {
    reconcile: sqs.create('reconcile.fifo'),
    schedule: sqs.create('schedule.fifo'),
    place: sqs.create('place.fifo'),
    deadLetter: sqs.create('dead-letter.fifo'),
    timers: sqs.create('timers'),
  }
  const queue = (queueUrl: string) => createSqsQueue({ client: sqs.client, url: queueUrl, clock })
  const queues = createWorkQueues({
    queues: {
      reconcile: queue(url.reconcile),
      schedule: queue(url.schedule),
      place: queue(url.place),
      deadLetter: queue(url.deadLetter),
    },
    timers: queue(url.timers),
    clock,
  })
  const mailboxes = createSqsMailboxes({ client: sqs.client, prefix: 'test-node-' })
  const placement = createEcsPlacement({ client: ecs.client, cluster: 'test', taskDefinition: 'sandbox' })
  const scaling = new FakeAutoScaling(clock)
  const group = createAutoScalingGroup({
    client: scaling.client,
    clusterName: 'test',
    shapeOf: createInstanceTypes({ client: scaling.ec2 }),
  })
  const mappings = new FakeTriggers('schedule', 'place')
  const triggers = createLambdaTriggers({
    ...mappings,
    triggers: [
      { id: 'schedule', queueUrl: url.schedule },
      { id: 'place', queueUrl: url.place },
    ],
    clock,
  })
  const measured: Record<string, unknown>[] = []
  const metrics = createEmbeddedMetrics({
    clusterName: 'test',
    write: (line) => measured.push(JSON.parse(line) as Record<string, unknown>),
    now: clock.now,
  })
  const completed: string[] = []
  const hooks: LifecycleHooks = {
    complete: async ({ hook }, instanceId) => {
      completed.push(`${hook} ${instanceId}`)
    },
  }
  const elb = new FakeElb()
  const loadBalancers = createNetworkLoadBalancers({
    client: elb.client,
    clusterName: 'test',
    network: createNetworkReader({ client: scaling.client, clusterName: 'test' }),
    securityGroups: createSecurityGroups({ client: elb.ec2, clusterName: 'test' }),
  })
  const parts = { serviceCidr: '10.96.0.0/16', podCidr: '10.244.0.0/16', mailboxes, placement, hooks, loadBalancers }

  const clusters: Cluster[] = []
  const open = async (): Promise<Cluster> => {
    const trusting: Authenticator = {
      authenticate: async (request) =>
        request.header('authorization') === 'Bearer admin'
          ? { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
          : undefined,
    }
    const cluster = await openCluster({
      store,
      heartbeats,
      serviceCidr: parts.serviceCidr,
      issuer: 'https://api.test',
      clock,
      log,
      authenticators: [trusting],
      subresources: createNoTunnel({ request: () => Promise.reject(new Error('there are no agents')) }),
      secretStores: [secretsManager],
      audit: (line) => audited.push(line),
      reach,
      onExtensionDoubt: createExtensionDoubts({ queue: queue(url.reconcile), clock, log }),
    })
    clusters.push(cluster)
    return cluster
  }
  /** A process of a function: kept, unless the next event finds a new one. */
  const process = <T>(start: (cluster: Cluster) => T): (() => Promise<T>) => {
    const begin = () => once(async () => start(await open()))
    let current = begin()
    return () => {
      if (isCold()) current = begin()
      return current()
    }
  }
  const handlers = {
    api: gatewayHandler(
      process((cluster) => cluster.handle),
      undefined,
    ),
    dispatch: streamHandler(
      process((cluster) => dispatchWorkerOf(cluster, allControllers(cluster, parts), { queues, mailboxes })),
      log,
    ),
    reconcile: batchHandler(process((cluster) => reconcileWorkerOf(cluster, reconcilers(cluster, parts), queues))),
    schedule: batchHandler(process((cluster) => scheduleWorkerOf(cluster, queues))),
    place: batchHandler(process((cluster) => reconcileWorkerOf(cluster, [createPlacementController(placement)], queues))),
    timers: batchHandler(async () => createTimerWorker({ queues, log })),
  }
  const own = await open()
  const client: Client = own.clientOf('system:kube-controller-manager')
  const resync = resyncOf(own, allControllers(own, parts), queues)

  const clockDone = new Map<string, number>()
  const record = {
    all: async () => new Map(clockDone),
    record: async (done: ReadonlyMap<string, number>) => {
      for (const [task, timeMs] of done) clockDone.set(task, timeMs)
    },
  }
  const clockWork: string[] = []
  let clockFails: string | undefined
  const noted = (task: string) => async () => {
    clockWork.push(task)
    if (task === clockFails) throw new Error(`${task} by the test`)
  }
  const clockOf = (cluster: Cluster) =>
    runDueTasks(
      {
        ...cluster,
        removeExpired: noted('removeExpired'),
        rotateKeys: noted('rotateKeys'),
        reencrypt: noted('reencrypt'),
      },
      {
        controllers: allControllers(cluster, parts),
        placement,
        queues,
        triggers,
        group,
        metrics,
        record,
        sweepVault: noted('sweepVault'),
      },
    )
  const due = clockOf(own)

  let streamed = 1
  const stream = async (): Promise<boolean> => {
    const { changes, position } = await store.changes(streamed)
    streamed = position
    if (changes.length === 0) return false
    const records = changes.map(
      ({ revision }): DynamoDBRecord => ({
        eventName: 'INSERT',
        dynamodb: { Keys: logItemKey(revision) as Record<string, { S: string }>, SequenceNumber: String(revision) },
      }),
    )
    for (const Records of disturb ? disturb(records) : records.map((record) => [record])) await handlers.dispatch({ Records })
    return true
  }
  const deliver = async (): Promise<boolean> => {
    const redrive = { redriveTo: url.deadLetter }
    const delivered = [
      await sqs.deliver(url.reconcile, handlers.reconcile, redrive),
      await sqs.deliver(url.schedule, handlers.schedule, redrive),
      await sqs.deliver(url.place, handlers.place, redrive),
      await sqs.deliver(url.timers, handlers.timers),
    ]
    return delivered.includes(true)
  }

  return {
    clock,
    logs,
    audited,
    measured,
    sqs,
    ecs,
    scaling,
    elb,
    mappings,
    completed,
    url,
    client,
    queues,
    placement,
    cluster: own,
    handlers,
    resync,
    /** wakes the clock function at this time */
    wakeClock: (timeMs: number) => due(timeMs),
    /** the same in a process that has begun just now, and knows nothing */
    wakeNewClock: async (timeMs: number) => clockOf(await open())(timeMs),
    /** what the clock did, by its task, and how often */
    clockWork,
    failClock: (task: string | undefined) => {
      clockFails = task
    },
    heartbeats,
    sweep: (cause: string) => sweepPlacement({ placement, cache: own.cache, queues }, cause),
    call: async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = (await handlers.api(gatewayEvent(method, path, body), lambdaContext)) as { statusCode: number; body: string }
      const isStatus = answer.body.startsWith('{')
      return { status: answer.statusCode, body: (isStatus ? JSON.parse(answer.body) : { text: answer.body }) as Answer['body'] }
    },
    /** Lets everything happen that happens without time going on by more than this. */
    settle: async (forMs = 5000): Promise<void> => {
      const endMs = clock.now() + forMs
      for (let round = 0; ; round++) {
        if (round > 2000) throw new Error(`does not settle; logs:\n${logs.slice(-10).join('\n')}`)
        if ((await stream()) || (await deliver())) continue
        const nextMs = sqs.nextVisibleMs()
        if (nextMs === undefined || nextMs > endMs) return
        clock.leapTo(nextMs)
      }
    },
    addNode: async (name: string, room?: { cpu?: number; memory?: number }): Promise<Node> => {
      const arn = ecs.addInstance(name, room)
      await client.create(nodes, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: { 'kubernetes.io/hostname': name },
          annotations: { [hostAnnotation]: arn, [directoriesAnnotation]: '/var/lib/windlass/volumes' },
        },
        spec: { providerID: `aws:///eu-west-1a/${name}` },
      })
      const allocatable = { cpu: '2', memory: '4Gi', pods: '110' }
      const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }]
      const body = { status: { allocatable, capacity: allocatable, conditions } }
      await heartbeats.record(new Map([[name, clock.now()]]))
      return client.patch(nodes, '', name, { type: 'merge', body }, { subresource: 'status' })
    },
    /** Plays the agents: what is bound and has its task becomes Running, what is deleted goes. */
    playAgents: async (): Promise<void> => {
      for (const pod of (await client.list(pods)).items) await playPod(client, pod)
    },
    stop: async () => {
      for (const { cache, tail } of clusters) {
        cache.close()
        await tail.close()
      }
      await store.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

export type Functions = Awaited<ReturnType<typeof startFunctions>>

const playPod = async (client: Client, pod: Pod): Promise<void> => {
  const { namespace = '', name, deletionTimestamp } = pod.metadata
  if (!pod.spec.nodeName || pod.status?.phase === 'Failed') return
  if (deletionTimestamp) return client.delete(pods, namespace, name, { gracePeriodSeconds: 0 })
  if (pod.status?.phase === 'Running') return
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] }
  await client.patch(pods, namespace, name, { type: 'strategic', body: { status } }, { subresource: 'status' })
}

export const lambdaContext = { getRemainingTimeInMillis: () => 60_000 } as Context

export const gatewayEvent = (method: string, url: string, body?: unknown): APIGatewayProxyEvent => {
  const [path = '', query = ''] = url.split('?')
  const asked = new URLSearchParams(query)
  const many = Object.fromEntries([...new Set(asked.keys())].map((name) => [name, asked.getAll(name)]))
  return {
    httpMethod: method,
    path,
    headers: { Authorization: 'Bearer admin', 'Content-Type': 'application/json' },
    multiValueHeaders: { Authorization: ['Bearer admin'], 'Content-Type': ['application/json'] },
    queryStringParameters: null,
    multiValueQueryStringParameters: many,
    pathParameters: null,
    stageVariables: null,
    resource: '/{proxy+}',
    requestContext: { stage: 'prod', apiId: 'abc', path: `/prod${path}` } as APIGatewayProxyEvent['requestContext'],
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  }
}
