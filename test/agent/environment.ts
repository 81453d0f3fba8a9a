import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConfigSource } from '../../agent/container/config-source.ts'
import { EventRecorder } from '../../agent/event-recorder.ts'
import type { EndpointDepartures } from '../../agent/network/endpoint-departures.ts'
import { createApiHeartbeats } from '../../agent/node/api-heartbeats.ts'
import { simulatedCapacity } from '../../agent/node/capacity.ts'
import { type NodeAgent, startNodeAgent } from '../../agent/node/node-agent.ts'
import type { ProbeOutcome } from '../../agent/probes/probe.ts'
import { ownMachine } from '../../agent/room/own-machine.ts'
import type { RoomHolder } from '../../agent/room/room-holder.ts'
import { simulatedPreparer, simulatedVolumes } from '../../agent/runtime/simulated/simulated-files.ts'
import { createSimulatedNetwork } from '../../agent/runtime/simulated/simulated-network.ts'
import { SimulatedRuntime } from '../../agent/runtime/simulated/simulated-runtime.ts'
import type { User } from '../../shared/apiserver/request.ts'
import type { Client } from '../../shared/client/client.ts'
import { createClient } from '../../shared/client/rest-client.ts'
import { startInformer } from '../../shared/client/watching-informer.ts'
import { isReason } from '../../shared/meta/status.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { createLogger } from '../../shared/platform/log.ts'
import type { PodSpec } from '../../shared/resources/generated/types.ts'
import { namespaces, nodes, type Pod, pods, serviceAccounts } from '../../shared/resources/resource.ts'
import { admin, startTestServer, type TestServer } from '../shared/apiserver/environment.ts'

export interface AgentCluster {
  readonly server: TestServer
  readonly client: Client
  readonly nodeClient: Client
  readonly logs: string[]
  dataDir: string
  createPod(name: string, spec: Partial<PodSpec>, annotations?: Record<string, string>): Promise<Pod>
  getPod(name: string): Promise<Pod>
  /** Resolves with the pod once the condition holds; fails after five seconds with what it was. */
  pod(name: string, condition: (pod: Pod) => boolean): Promise<Pod>
  gone(name: string): Promise<void>
  events(): Promise<string[]>
  informers(): { pods: ReturnType<typeof startInformer<Pod>>; node: ReturnType<typeof startInformer>; stop(): void }
  stop(): Promise<void>
}

const nodeUser: User = { name: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] }

const clientOf = (server: TestServer, user: User): Client =>
  createClient(({ method, url, body, contentType, signal }) =>
    server.raw(method, url, {
      ...(body ? { body: Buffer.from(body).toString() } : {}),
      headers: { accept: 'application/json', ...(contentType ? { 'content-type': contentType } : {}) },
      user,
      ...(signal ? { signal } : {}),
    }),
  )

/** A real API server in process, with a namespace and its default service account. */
export const startAgentCluster = async (): Promise<AgentCluster> => {
  const server = await startTestServer({ heartbeats: { record: async () => undefined, list: async () => new Map() } as never })
  const client = clientOf(server, admin)
  const nodeClient = clientOf(server, nodeUser)
  const logs: string[] = []
  const dataDir = await mkdtemp(join(tmpdir(), 'windlass-agent-'))
  await client.create(namespaces, { metadata: { name: 'default' } })
  await client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } })
  const getPod = (name: string) => client.get(pods, 'default', name)
  const pod = async (name: string, condition: (pod: Pod) => boolean) => {
    const until = Date.now() + 10_000
    for (;;) {
      const found = await getPod(name)
      if (condition(found)) return found
      if (Date.now() > until)
        throw new Error(`${name} did not get there: ${JSON.stringify(found.status)}\n${logs.slice(-5).join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return {
    server,
    client,
    nodeClient,
    logs,
    dataDir,
    createPod: (name, spec, annotations = {}) =>
      client.create(pods, {
        metadata: { name, namespace: 'default', annotations },
        spec: {
          nodeName: 'node-1',
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'main', image: 'example/app:1' }],
          ...spec,
        },
      } as unknown as Pod),
    getPod,
    pod,
    gone: async (name) => {
      const until = Date.now() + 10_000
      for (;;) {
        const found = await getPod(name).catch(() => undefined)
        if (!found) return
        if (Date.now() > until) throw new Error(`${name} is still there: ${JSON.stringify(found)}\n${logs.slice(-5).join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    events: async () => {
      const { json } = await server.call<{ items: { reason: string; message: string }[] } & Record<string, unknown>>(
        'GET',
        '/api/v1/namespaces/default/events',
      )
      return json.items.map(({ reason, message }) => `${reason}: ${message}`)
    },
    informers: () => {
      const abort = new AbortController()
      const log = createLogger({ write: (line) => logs.push(line) })
      const common = { client: nodeClient, clock: systemClock, log, signal: abort.signal }
      return {
        pods: startInformer({ ...common, resource: pods, fieldSelector: 'spec.nodeName=node-1' }),
        node: startInformer({ ...common, resource: nodes, fieldSelector: 'metadata.name=node-1' }) as never,
        stop: () => abort.abort(),
      }
    },
    stop: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface SimulatedNode {
  readonly runtime: SimulatedRuntime
  readonly agent: NodeAgent
  /** outcomes of probes by container name; fine when not named */
  readonly probes: Map<string, ProbeOutcome>
  stop(): Promise<void>
}

export interface SimulatedNodeOptions {
  /** default: a new one */
  readonly runtime?: SimulatedRuntime
  readonly rooms?: RoomHolder
  readonly departures?: EndpointDepartures
}

/** Of pod addresses, as the control plane does; a node may not take one. */
const giveRange = async (client: Client): Promise<void> => {
  const podCIDR = '10.244.0.0/24'
  const node = { metadata: { name: 'node-1' }, spec: { podCIDR, podCIDRs: [podCIDR] } }
  await client.create(nodes, node).catch((error: unknown) => {
    if (!isReason(error, 'AlreadyExists')) throw error
  })
}

export const startSimulatedNode = async (
  cluster: AgentCluster,
  { runtime, rooms = ownMachine, departures }: SimulatedNodeOptions = {},
): Promise<SimulatedNode> => {
  const { client, nodeClient, logs } = cluster
  const informers = cluster.informers()
  const log = createLogger({ write: (line) => logs.push(line), level: 'info' })
  const probes = new Map<string, ProbeOutcome>()
  await giveRange(client)
  const used =
    runtime ?? new SimulatedRuntime({ clock: systemClock, podOf: ({ namespace, name }) => informers.pods.get(namespace, name) })
  const events = new EventRecorder({ client: nodeClient, clock: systemClock, log, nodeName: 'node-1' })
  const agent = await startNodeAgent({
    identity: { name: 'node-1', labels: {} },
    dataDir: cluster.dataDir,
    address: { internalIP: '127.0.0.1' },
    heartbeats: createApiHeartbeats(nodeClient),
    nodeStats: async (pods) => pods,
    rooms,
    port: 0,
    dns: { clusterDomain: 'cluster.local', clusterDNS: '10.96.0.10' },
    capacity: simulatedCapacity,
    client: nodeClient,
    pods: informers.pods,
    node: informers.node as never,
    runtime: used,
    network: createSimulatedNetwork('10.244.0.0/24'),
    departures,
    volumes: simulatedVolumes,
    config: createConfigSource(client),
    prepare: simulatedPreparer,
    probe: async (_, { container }) => probes.get(container.name) ?? { ok: true, output: '' },
    health: async () => ({ memoryPressure: false, diskPressure: false }),
    events,
    clock: systemClock,
    log,
  })
  return {
    runtime: used,
    agent,
    probes,
    stop: async () => {
      await agent.stop()
      await events.flush()
      informers.stop()
    },
  }
}
