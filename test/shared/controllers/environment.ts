import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDefaultAdmission } from '../../../shared/apiserver/admission/default-plugins.ts'
import { peerAuthenticator } from '../../../shared/apiserver/authn/peer.ts'
import { createApiServer } from '../../../shared/apiserver/create-api-server.ts'
import type { User } from '../../../shared/apiserver/request.ts'
import type { Client, Resource } from '../../../shared/client/client.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import type { Controller } from '../../../shared/controllers/controller.ts'
import { createEventSink } from '../../../shared/controllers/event/event-recorder.ts'
import { type ControllersOptions, createControllers } from '../../../shared/controllers/index.ts'
import { startControllers } from '../../../shared/dispatch/start-controllers.ts'
import { startScheduler } from '../../../shared/dispatch/start-scheduler.ts'
import { type Clock, systemClock, timestamp } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { directoriesAnnotation } from '../../../shared/resources/core/volume/local-directory.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { type Node, nodes, type Pod, pods } from '../../../shared/resources/resource.ts'
import { resourceFrom } from '../../../shared/resources/resource-of.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'
import { createScheduler } from '../../../shared/scheduler/scheduler.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { createStoreCache, type StoreCache } from '../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'

export const allResources: readonly Resource[] = definitions.map(resourceFrom)

/** Every controller, as the composition root makes them. */
export const allControllers = (changes: Partial<ControllersOptions> = {}): Controller[] =>
  createControllers({
    resources: allResources,
    certificateAuthority: 'PEM',
    signCertificate: async () => 'PEM',
    issueToken: async ({ metadata }, secret) => `token of ${metadata.name} in ${secret}`,
    kubernetesService: { apiServer: { address: '172.18.0.1', port: 6443 }, clusterIP: '10.96.0.1' },
    serviceCIDR: '10.96.0.0/16',
    nodeLifecycle: { heartbeats: { all: async () => new Map() }, graceMs: 3_600_000 },
    loadBalancer: { addresses: () => ['172.18.0.1'] },
    ...changes,
  })

export interface TestCluster {
  readonly client: Client
  clientOf(user: User): Client
  readonly cache: StoreCache
  readonly logs: string[]
  /** Resolves with the first truthy answer; looks again after every change. */
  until<T>(look: () => T | undefined | false | null): Promise<T>
  /** nothing waits or is worked on */
  idle(): Promise<void>
  /** Plays the kubelet for all nodes: what is bound becomes Running and Ready, what is deleted goes, what has an end comes to it. */
  playKubelet(options?: Partial<Kubelet>): void
  addNode(
    name: string,
    changes?: { allocatable?: Record<string, string>; labels?: Record<string, string>; spec?: Node['spec'] },
  ): Promise<Node>
  stop(): Promise<void>
}

interface Kubelet {
  /** whether there is one on the pod's node */
  readonly runs: (pod: Pod) => boolean
  readonly ready: (pod: Pod) => boolean
  /** the exit code of a pod's containers; undefined: it runs on */
  readonly exits: (pod: Pod) => number | undefined
}

/** The real time, ahead by what `advance` added. */
export const createMovableClock = (): Clock & { advance(ms: number): void } => {
  let aheadMs = 0
  return {
    now: () => systemClock.now() + aheadMs,
    sleep: systemClock.sleep,
    advance: (ms) => {
      aheadMs += ms
    },
  }
}

/** Controllers and scheduler over the real API server and a real store in a folder of its own. */
export const startTestCluster = async (options: {
  controllers: readonly Controller[]
  scheduler?: boolean
  clock?: Clock
}): Promise<TestCluster> => {
  const { controllers, scheduler: withScheduler = false, clock = systemClock } = options
  const path = mkdtempSync(join(tmpdir(), 'windlass-controllers-'))
  const logs: string[] = []
  const log = createLogger({ write: (line) => logs.push(line), level: 'debug' })
  const store = await openLmdbStore({ path })
  const tail = await openLogTail({ store })
  const cache = await createStoreCache({ store, tail, resources: allResources })
  const { handle } = createApiServer({
    store,
    logTail: tail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator],
    admission: createDefaultAdmission(),
    log,
    clock,
  })
  const client = createInProcessClient(handle, { name: 'system:test', groups: ['system:masters'] })
  const events = createEventSink({ client, clock, log })
  const running = await startControllers({ tail, cache, client, controllers, events, clock, log })
  const scheduling = withScheduler
    ? await startScheduler({
        scheduler: createScheduler({
          client,
          cache,
          clock,
          log,
          events: events.recorder('default-scheduler'),
          random: () => 0.5,
        }),
        tail,
        clock,
        log,
      })
    : undefined
  const until: TestCluster['until'] = async (look) => {
    const deadline = AbortSignal.timeout(15_000)
    for (;;) {
      await cache.sync()
      const seen = look()
      if (seen) return seen
      if (deadline.aborted)
        throw new Error(
          `not seen in time; logs:\n${logs
            .slice(-8)
            .map((line) => line.slice(0, 300))
            .join('\n')}`,
        )
      await store.waitForChange(tail.position, AbortSignal.any([deadline, AbortSignal.timeout(1000)]))
    }
  }
  const kubelets: (() => void)[] = []
  return {
    client,
    clientOf: (user) => createInProcessClient(handle, user),
    cache,
    logs,
    until,
    idle: running.idle,
    playKubelet: ({ runs = () => true, ready = () => true, exits = () => undefined } = {}) => {
      const play = (pod: Pod) =>
        void playPod(client, pod, { runs, ready, exits }).catch((error: unknown) => logs.push(`kubelet: ${error}`))
      kubelets.push(
        tail.listen({
          changes: (changes) => {
            for (const { type, key, object } of changes) if (key.resource === 'pods' && type !== 'deleted') play(object as Pod)
          },
          reset: () => undefined,
        }),
      )
      for (const pod of cache.list(pods)) play(pod)
    },
    addNode: async (name, changes = {}) => {
      await client.create(nodes, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name,
          labels: { 'kubernetes.io/hostname': name, ...changes.labels },
          annotations: { [directoriesAnnotation]: `/data/${name}` },
        },
        spec: changes.spec ?? {},
      })
      const allocatable = { cpu: '4', memory: '8Gi', pods: '110', ...changes.allocatable }
      const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }]
      const body = { status: { allocatable, capacity: allocatable, conditions } }
      return client.patch(nodes, '', name, { type: 'merge', body }, { subresource: 'status' })
    },
    stop: async () => {
      for (const stop of kubelets) stop()
      await scheduling?.stop()
      await running.stop()
      await events.flush()
      cache.close()
      await tail.close()
      await store.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

let lastAddress = 0

const playPod = async (client: Client, pod: Pod, { runs, ready, exits }: Kubelet): Promise<void> => {
  const { namespace = '', name, deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (!pod.spec.nodeName || !runs(pod)) return
  const setStatus = (status: Pod['status']) =>
    client.patch(pods, namespace, name, { type: 'strategic', body: { status } }, { subresource: 'status' })
  const end = (exitCode: number) => {
    const containerStatuses = pod.spec.containers.map((container) => ({
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt: timestamp(Date.now()) } },
    }))
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(Date.now()) }]
    return setStatus({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', conditions, containerStatuses })
  }
  const hasEnded = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (deletionTimestamp) {
    if (deletionGracePeriodSeconds === 0) return
    // Somebody else holds it, and is to see how it ended.
    if (pod.metadata.finalizers && !hasEnded) await end(137)
    return client.delete(pods, namespace, name, { gracePeriodSeconds: 0 })
  }
  if (hasEnded) return
  const state = ready(pod) ? 'True' : 'False'
  if (
    pod.status?.phase === 'Running' &&
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === state)
  ) {
    const exitCode = exits(pod)
    if (exitCode !== undefined) await end(exitCode)
    return
  }
  lastAddress++
  const podIP = pod.status?.podIP ?? `10.244.${lastAddress >> 8}.${lastAddress & 255}`
  const lastTransitionTime = timestamp(Date.now())
  const conditions = [{ type: 'Ready', status: state, lastTransitionTime }]
  await setStatus({ phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions, startTime: lastTransitionTime })
}
