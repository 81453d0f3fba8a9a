import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRun } from '../../../agent/network/command.ts'
import { engineCall } from '../../../agent/runtime/docker/engine-error.ts'
import { ensurePauseImage } from '../../../agent/runtime/docker/pause-image.ts'
import { createDynamoDbAnswerSource } from '../../../shared/answers/dynamodb-answers.ts'
import { parseStsToken } from '../../../shared/apiserver/authn/sts-token.ts'
import type { User } from '../../../shared/apiserver/request.ts'
import { createServingCertificatePath } from '../../../shared/apiserver/serving-certificate.ts'
import { createLetterNodeConnector } from '../../../shared/apiserver/streams/letter-node-connector.ts'
import type { Client } from '../../../shared/client/client.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import { startInformer } from '../../../shared/client/watching-informer.ts'
import { createAuthority } from '../../../shared/identity/certificates.ts'
import { createEcsPlacement } from '../../../shared/placement/ecs/ecs-placement.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createSqsMailboxes } from '../../../shared/queue/sqs/sqs-mailboxes.ts'
import {
  configMaps,
  endpointSlices,
  events as kubeEvents,
  type Node,
  nodes,
  type Pod,
  pods,
  services,
} from '../../../shared/resources/resource.ts'
import { createDockerRunner } from '../../aws/ecs/docker-runner.ts'
import { FakeEcs } from '../../fakes/fake-ecs.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { admin, startTestServer, type TestServer } from '../../shared/apiserver/environment.ts'
import { missing as missingNetwork } from '../network/machine.ts'
import { docker, makeTestImage, missingEngine, testImage } from '../runtime/engine.ts'
import { instanceVariables, type StandIn, startStandIn } from './stand-in.ts'

const missing = missingNetwork() ?? (await missingEngine())
const instanceId = `i-${randomBytes(8).toString('hex')}`
/** of a /30 in the range for tests between networks: several such tests may run at once */
const subnet = `198.18.${randomInt(256)}.${4 * randomInt(64)}`
const network = {
  machine: subnet.replace(/\d+$/, (last) => String(Number(last) + 2)),
  world: subnet.replace(/\d+$/, (last) => String(Number(last) + 1)),
}

describe.skipIf(missing)(`the agent of an instance${missing ? ` (${missing})` : ''}`, { timeout: 60_000 }, () => {
  const netns = `wlt-${instanceId.slice(2, 8)}`
  const link = `wlt${instanceId.slice(2, 8)}`
  const run = createRun()
  const dataDir = mkdtempSync(join(tmpdir(), 'windlass-instance-'))
  const sqs = new FakeSqs(systemClock)
  const mailboxes = createSqsMailboxes({ client: sqs.client, prefix: 'test-mailbox-' })
  const heartbeats = sqs.create('heartbeats')
  const stopping = new AbortController()
  let api: TestServer
  let client: Client
  let ecs: FakeEcs
  let host: string
  let standIn: StandIn
  let placement: ReturnType<typeof createEcsPlacement>
  let agent: { child: ChildProcess; lines: string[] } | undefined

  const startAgent = () => {
    // `ip netns exec` would hide the agent's mounts from the engine.
    const child = spawn('nsenter', [`--net=/run/netns/${netns}`, process.execPath, 'agent/main.ts'], {
      env: {
        PATH: process.env.PATH,
        ...instanceVariables(standIn.url, heartbeats),
        WINDLASS_DATA_DIR: dataDir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line))
    agent = { child, lines }
  }
  const stopAgent = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const child = agent?.child
    agent = undefined
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
  const eventually = <T>(look: () => Promise<T | undefined | false>): Promise<T> =>
    (async () => {
      const until = Date.now() + 30_000
      for (;;) {
        const found = await look().catch(() => undefined)
        if (found) return found
        if (Date.now() > until)
          throw new Error(`not seen in time; the agent's last lines:\n${agent?.lines.slice(-15).join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
  const node = (condition: (node: Node) => boolean) =>
    eventually(async () => {
      const found = await client.get(nodes, '', instanceId)
      return condition(found) && found
    })
  const pod = (name: string, condition: (pod: Pod) => boolean) =>
    eventually(async () => {
      const found = await client.get(pods, 'default', name)
      return condition(found) && found
    })
  const isReady = ({ status }: Pod | Node) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const hasEnded = ({ status }: Pod) =>
    status?.phase === 'Failed' && status.containerStatuses?.[0]?.state?.terminated !== undefined
  const createPod = async (name: string, command: string) => {
    const created = await client.create(pods, {
      metadata: { name, namespace: 'default' },
      spec: {
        nodeName: instanceId,
        terminationGracePeriodSeconds: 1,
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: testImage, imagePullPolicy: 'Never', command: ['sh', '-c', command] }],
      },
    } as unknown as Pod)
    const { uid = '' } = created.metadata
    return {
      uid,
      place: () => placement.start({ pod: { namespace: 'default', name, uid }, host, cpuMillis: 100, memoryBytes: 32 << 20 }),
    }
  }

  beforeAll(async () => {
    makeTestImage()
    await run('ip', ['netns', 'add', netns])
    await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns])
    await run('ip', ['-batch', '-'], `address add ${network.world}/30 dev ${link}\nlink set ${link} up\n`)
    const inside = `link set lo up\naddress add ${network.machine}/30 dev eth0\nlink set eth0 up\nroute add default via ${network.world}\n`
    await run('ip', ['-n', netns, '-batch', '-'], inside)
    const image = await ensurePauseImage(docker)
    const systemdCgroups = ((await docker.info()) as { CgroupDriver?: string }).CgroupDriver === 'systemd'
    ecs = new FakeEcs({ runner: createDockerRunner({ docker, image, systemdCgroups }) })
    host = ecs.addInstance(instanceId, { cpu: 2048, memory: 2048 })
    placement = createEcsPlacement({ client: ecs.client, cluster: 'test', taskDefinition: 'windlass-pod' })
    const authority = await createAuthority('test')
    api = await startTestServer({
      nodesReadNodes: true,
      defaultRoles: true,
      paths: [createServingCertificatePath({ authority, address: '10.96.0.1' })],
    })
    await api.makeNamespace('default')
    client = createInProcessClient(api.handle, admin)
    const metadata = { name: 'kube-root-ca.crt', namespace: 'default' }
    await client.create(configMaps, { metadata, data: { 'ca.crt': authority.certificate } })
    standIn = await startStandIn({
      host: network.world,
      instanceId,
      privateAddress: network.machine,
      containerInstance: host,
      sqs,
      ecs,
      api: { handle: api.handle, user: userOf },
    })
    deliverLetters()
    startAgent()
  }, 60_000)
  afterAll(async () => {
    stopping.abort()
    await stopAgent()
    for (const task of ecs.running()) await placement.stop(task.taskArn, 'the test is over')
    const left = await docker.listContainers({ all: true, filters: { label: [`windlass.dev/node=${instanceId}`] } })
    await Promise.all(left.map(({ Id }) => engineCall(() => docker.getContainer(Id).remove({ force: true }), [404, 409])))
    await standIn.close()
    await api.stop()
    await run('ip', ['netns', 'delete', netns])
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '')
    for (const mount of mounts) if (mount.startsWith(dataDir)) await run('umount', [mount])
    rmSync(dataDir, { recursive: true, force: true })
  }, 60_000)

  const userOf = (token: string): User | undefined => {
    if (!token.startsWith('k8s-aws-v1.')) return undefined
    const { url } = parseStsToken(token, { hosts: ['sts.eu-west-1.amazonaws.com'], clock: systemClock })
    if (!url.searchParams.get('X-Amz-Credential')?.startsWith('AKIATEST/')) return undefined
    return { name: `system:node:${instanceId}`, groups: ['system:nodes', 'system:authenticated'] }
  }

  /** As dispatch does, without its choice. */
  const deliverLetters = () => {
    const log = createLogger({ write: () => undefined })
    const common = { client, clock: systemClock, log, signal: stopping.signal }
    for (const [resource, name] of [
      [pods, 'pods'],
      [nodes, 'nodes'],
      [services, 'services'],
      [endpointSlices, 'endpointslices.discovery.k8s.io'],
    ] as const) {
      startInformer({ ...common, resource: resource as typeof pods }).onChange((object, previous) => {
        const { metadata } = (object ?? previous)!
        const body = {
          resource: name,
          namespace: metadata.namespace ?? '',
          name: metadata.name,
          revision: Number(metadata.resourceVersion),
        }
        void mailboxes.deliver([{ node: instanceId, body: object ? body : { ...body, revision: body.revision + 1 } }])
      })
    }
  }

  it('makes its node, waits for its pod addresses, and becomes ready', async () => {
    const claimed = await node(() => true)
    expect(claimed.metadata).toMatchObject({
      labels: {
        'topology.kubernetes.io/zone': 'eu-west-1a',
        'topology.kubernetes.io/region': 'eu-west-1',
        'node.kubernetes.io/instance-type': 't4g.medium',
        'kubernetes.io/hostname': instanceId,
      },
      annotations: { 'windlass.dev/container-instance': host },
    })
    expect(claimed.spec.providerID).toBe(`aws:///eu-west-1a/${instanceId}`)
    expect(isReady(claimed)).toBe(false)
    await client.patch(nodes, '', instanceId, {
      type: 'merge',
      body: { spec: { podCIDR: '10.244.7.0/24', podCIDRs: ['10.244.7.0/24'] } },
    })
    await mailboxes.ensure(instanceId)
    const ready = await node(isReady)
    expect(ready.status?.addresses).toEqual([
      { type: 'InternalIP', address: network.machine },
      { type: 'InternalDNS', address: 'ip-203-0-113-2.eu-west-1.compute.internal' },
      { type: 'Hostname', address: 'ip-203-0-113-2.eu-west-1.compute.internal' },
    ])
    // of 2048 and 2048 MiB, without what is kept for the smallest tasks
    expect(ready.status?.allocatable).toMatchObject({ cpu: '1968m', memory: '1952Mi', pods: '110' })
    await eventually(async () => sqs.bodies(heartbeats).length > 0)
    expect(sqs.bodies(heartbeats)[0]).toEqual({ node: instanceId })
    expect(standIn.requests.some((line) => line.includes('watch=true'))).toBe(false)
  })

  it('lets load balancers in from outside, and asks for the range that it has should its object be made again', async () => {
    const rules = await run('ip', ['netns', 'exec', netns, 'nft', 'list', 'ruleset'])
    expect(rules).toContain('vmap @outside')
    expect(rules).not.toContain('iifname != "wl-*" return')
    expect((await node(() => true)).metadata.annotations).toMatchObject({ 'windlass.dev/pod-cidr': '10.244.7.0/24' })
  })

  it('runs a pod when its task has started, inside it, and gives its room back when it has ended', async () => {
    const { uid, place } = await createPod('job', 'echo hello; sleep 2')
    await pod('job', ({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ContainerCreating')
    const reference = await place()
    const running = await pod('job', isReady)
    expect(running.status).toMatchObject({ hostIP: network.machine, podIP: expect.stringMatching(/^10\.244\.7\./) })
    const [sandbox] = await docker.listContainers({
      filters: { label: [`windlass.dev/pod-uid=${uid}`, 'windlass.dev/type=sandbox'] },
    })
    const id = reference.split('/').at(-1) ?? ''
    const { HostConfig: host } = await docker.getContainer(sandbox?.Id ?? '').inspect()
    expect(host.CgroupParent).toContain(id)
    const [main] = await docker.listContainers({
      filters: { label: [`windlass.dev/pod-uid=${uid}`, 'windlass.dev/type=container'] },
    })
    expect((await docker.getContainer(main?.Id ?? '').inspect()).HostConfig.CgroupParent).toBe(host.CgroupParent)
    await pod('job', ({ status }) => status?.phase === 'Succeeded')
    await eventually(async () => (await placement.status(reference))?.state === 'stopped')
    expect((await client.get(pods, 'default', 'job')).status?.phase).toBe('Succeeded')
  })

  it('is the API server for its pods, under its Service, and sends them on as who they are', async () => {
    const metadata = { namespace: 'default', name: 'kubernetes' }
    const ports = [{ name: 'https', port: 443, targetPort: 6443 }]
    await client.create(services, { metadata, spec: { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports } })
    await client.create(endpointSlices, {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.255.254'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    })
    const { uid, place } = await createPod('caller', 'sleep 1000')
    await place()
    await pod('caller', isReady)
    const [sandbox] = await docker.listContainers({
      filters: { label: [`windlass.dev/pod-uid=${uid}`, 'windlass.dev/type=sandbox'] },
    })
    const { State: state } = await docker.getContainer(sandbox?.Id ?? '').inspect()
    const folder = join(dataDir, 'pods', uid, 'volumes/projected')
    const account = join(folder, readdirSync(folder)[0] ?? '')
    const script = `
      const { readFileSync } = require('node:fs')
      const headers = { authorization: 'Bearer ' + readFileSync('${account}/token'), 'content-type': 'application/json' }
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
      const to = { host: '10.96.0.1', servername: 'kubernetes.default.svc', ca: readFileSync('${account}/ca.crt'), method: 'POST', path, headers }
      require('node:https').request(to, (answer) => answer.pipe(process.stdout)).end('{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}')`
    const review = await run('nsenter', [`--net=/proc/${state.Pid}/ns/net`, process.execPath, '-e', script])
    expect(JSON.parse(review)).toMatchObject({ status: { userInfo: { username: 'system:serviceaccount:default:default' } } })
    await client.delete(pods, 'default', 'caller')
  })

  it('answers for the logs of its pods by the table', async () => {
    const { place } = await createPod('talker', 'echo one; echo $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; sleep 1000')
    const id = (await place()).split('/').at(-1)
    await pod('talker', isReady)
    const answers = createDynamoDbAnswerSource({ client: tableOf(standIn), table: 'test' })
    const connector = createLetterNodeConnector({ mailboxes, answers, clock: systemClock })
    const ask = (path: string, signal = new AbortController().signal) =>
      connector.request({ name: instanceId, host: instanceId, port: 10250 }, { method: 'GET', path, signal })
    const { status, body } = await ask('/containerLogs/default/talker/main?tailLines=1')
    expect([status, await text(body)]).toEqual([200, `/v2/credentials/${id}\n`])
    const gone = new AbortController()
    const follow = (await ask('/containerLogs/default/talker/main?follow=true', gone.signal)).body[Symbol.asyncIterator]()
    expect(String((await follow.next()).value)).toBe(`one\n/v2/credentials/${id}\n`)
    gone.abort()
    expect((await ask('/containerLogs/default/nobody/main')).status).toBe(404)
  })

  it('ends a pod in its own time when its task is being stopped', async () => {
    const { place } = await createPod('polite', 'trap "echo bye; exit 3" TERM; while :; do sleep 0.1; done')
    const reference = await place()
    await pod('polite', isReady)
    const [task] = await docker.listContainers({ filters: { label: [`com.amazonaws.ecs.task-arn=${reference}`] } })
    // The stop signal of the image as instances have it; the container lives on.
    await docker.getContainer(task?.Id ?? '').kill({ signal: 'SIGUSR1' })
    const ended = await pod('polite', hasEnded)
    expect(ended.status).toMatchObject({
      reason: 'PlacementLost',
      message: `the room held for the pod on its node was given up: ${reference} is being stopped`,
      containerStatuses: [{ state: { terminated: { exitCode: 3 } } }],
    })
    await eventually(async () => (await placement.status(reference))?.state === 'stopped')
  })

  it('ends a pod whose task is taken away, and says why', async () => {
    const { place } = await createPod('loser', 'sleep 1000')
    const reference = await place()
    await pod('loser', isReady)
    const [task] = await docker.listContainers({ filters: { label: [`com.amazonaws.ecs.task-arn=${reference}`] } })
    await docker.getContainer(task?.Id ?? '').kill()
    const ended = await pod('loser', ({ status }) => status?.phase === 'Failed')
    expect(ended.status).toMatchObject({
      reason: 'PlacementLost',
      message: expect.stringContaining(`the container of ${reference} ended`),
    })
  })

  it('finds its pods again after a restart, and ends those whose tasks have gone meanwhile', async () => {
    const [stays, leaves] = await Promise.all([createPod('stays', 'sleep 1000'), createPod('leaves', 'sleep 1000')])
    const references = await Promise.all([stays.place(), leaves.place()])
    const before = await pod('stays', isReady)
    await pod('leaves', isReady)
    await stopAgent('SIGKILL')
    await placement.stop(references[1], 'by the test')
    startAgent()
    const ended = await pod('leaves', ({ status }) => status?.phase === 'Failed')
    expect(ended.status?.reason).toBe('PlacementLost')
    const after = await pod('stays', isReady)
    expect(after.status?.containerStatuses?.[0]?.containerID).toBe(before.status?.containerStatuses?.[0]?.containerID)
    await client.delete(pods, 'default', 'stays')
    await eventually(async () =>
      client.get(pods, 'default', 'stays').then(
        () => false,
        () => true,
      ),
    )
    await eventually(async () => (await placement.status(references[0]))?.state === 'stopped')
  })

  it('reports the pods of before a reboot as ended', async () => {
    const { uid, place } = await createPod('rebooted', 'sleep 1000')
    const reference = await place()
    await pod('rebooted', isReady)
    await stopAgent('SIGKILL')
    const mine = await docker.listContainers({ filters: { label: [`windlass.dev/pod-uid=${uid}`] } })
    const tasks = await docker.listContainers({ filters: { label: [`com.amazonaws.ecs.task-arn=${reference}`] } })
    await Promise.all([...mine, ...tasks].map(({ Id }) => engineCall(() => docker.getContainer(Id).kill(), [404, 409])))
    startAgent()
    const ended = await pod('rebooted', hasEnded)
    expect(ended.status).toMatchObject({
      reason: 'PlacementLost',
      containerStatuses: [{ state: { terminated: { exitCode: 137 } } }],
    })
    await node(isReady)
  })

  it('takes nothing new when its spot instance is interrupted', async () => {
    standIn.interruption = { action: 'terminate', time: '2026-11-23T12:00:00Z' }
    await node(({ spec }) => spec.unschedulable === true)
    const told = await eventually(async () =>
      (await client.list(kubeEvents)).items.find(({ reason }) => reason === 'SpotInterruption'),
    )
    expect(told.message).toBe(`The spot instance of node ${instanceId} is interrupted at 2026-11-23T12:00:00.000Z (terminate)`)
  })
})

/** Reads what was put into the table of the stand-in. */
const tableOf = ({ items }: StandIn) =>
  ({
    send: async ({ input }: GetItemCommand) => ({ Item: items.find(({ pk }) => pk?.S === input.Key?.pk?.S) }),
  }) as unknown as Pick<DynamoDBClient, 'send'>
