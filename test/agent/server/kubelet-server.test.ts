import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { get, request as httpsRequest } from 'node:https'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { DockerRuntime } from '../../../agent/runtime/docker/docker-runtime.ts'
import { startKubeletServer } from '../../../agent/server/kubelet-server.ts'
import { createAuthority, issue, type KeyPair } from '../../../shared/identity/certificates.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { docker, makeTestImage, missingEngine, testImage } from '../runtime/engine.ts'
import { SpdyClient } from './spdy-client.ts'
import { webSocketFrames } from './websocket-frames.ts'

const missing = await missingEngine()

describe.skipIf(missing)(`the kubelet server${missing ? ` (${missing})` : ''}`, () => {
  const log = createLogger({ write: () => undefined })
  const uid = randomUUID()
  const pod = {
    metadata: { name: 'web', namespace: 'default', uid },
    spec: { containers: [{ name: 'main', image: testImage }] },
    status: { podIP: '127.0.0.1' },
  } as unknown as Pod
  let dataDir: string
  let runtime: DockerRuntime
  let server: Awaited<ReturnType<typeof startKubeletServer>>
  let authority: KeyPair
  let apiServer: KeyPair
  let node: KeyPair
  let port: number

  const tls = (client: KeyPair) => ({
    host: '127.0.0.1',
    port,
    servername: 'node-1',
    ca: authority.certificate,
    cert: client.certificate,
    key: client.key,
  })
  const ask = (path: string, client = apiServer) =>
    new Promise<{ code: number; body: string }>((resolve, reject) => {
      get({ ...tls(client), path }, async (response) => resolve({ code: response.statusCode!, body: await text(response) })).on(
        'error',
        reject,
      )
    })
  const open = (path: string, protocols: string[]) => new WebSocket(`wss://127.0.0.1:${port}${path}`, protocols, tls(apiServer))
  /** What came on each channel until the connection ended. */
  const channels = async (socket: WebSocket, onOpen: () => void = () => undefined) => {
    const received: Record<number, string> = {}
    socket.on('open', onOpen)
    socket.on('message', (data: Buffer) => {
      received[data[0]!] = (received[data[0]!] ?? '') + data.subarray(1).toString()
    })
    const code = await new Promise<number>((resolve, reject) => socket.on('close', resolve).on('error', reject))
    return { received, code }
  }

  beforeAll(async () => {
    makeTestImage()
    dataDir = await mkdtemp(join(tmpdir(), 'windlass-kubelet-'))
    runtime = new DockerRuntime({ docker, owner: { nodeName: 'windlass-test', dataDir }, log })
    await runtime.start()
    const identity = { uid, namespace: 'default', name: 'web' }
    const sandbox = await runtime.createSandbox({
      ...{ pod: identity, attempt: 0, hostname: 'web', sysctls: {}, terminationGraceSeconds: 1 },
      ...{ hostNetwork: false, hostPID: false, hostIPC: false, sharePID: false },
    })
    const id = await runtime.createContainer({
      ...{ pod: identity, sandboxId: sandbox.id, name: 'main', restartCount: 0, hash: '', image: testImage },
      ...{ imageID: (await runtime.image(testImage))!.id, env: [], mounts: [], groups: [] },
      ...{ capabilitiesAdded: [], capabilitiesDropped: [], privileged: false, readOnlyRoot: false, noNewPrivileges: false },
      ...{ seccomp: { type: 'Unconfined' as const }, resources: { cpuShares: 2, oomScoreAdj: 1000 } },
      ...{ hostPID: false, sharePID: false, hostIPC: false, stdin: true, stdinOnce: false, tty: false },
      ...{ terminationGraceSeconds: 1, command: ['sh', '-c', 'echo one; echo two; cat'] },
    })
    await runtime.startContainer(id)
    authority = await createAuthority('test-ca')
    apiServer = await issue(authority, { name: 'kube-apiserver-kubelet-client', groups: ['system:masters'], usage: 'client' })
    node = await issue(authority, { name: 'system:node:node-2', groups: ['system:nodes'], usage: 'client' })
    const serving = await issue(authority, { name: 'node-1', dnsNames: ['node-1'], usage: 'server' })
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    port = (free.address() as AddressInfo).port
    await new Promise((resolve) => free.close(resolve))
    server = await startKubeletServer({
      configuration: {
        nodeName: 'node-1',
        port,
        servingCertificate: serving.certificate,
        servingKey: serving.key,
        certificateAuthority: authority.certificate,
      },
      address: '127.0.0.1',
      runtime,
      pods: () => [pod],
      log,
    })
  }, 60_000)
  afterAll(async () => {
    await server.stop()
    for (const { containers, sandboxes } of runtime.pods()) {
      for (const { id } of containers) await runtime.removeContainer(id)
      for (const { id } of sandboxes) await runtime.removeSandbox(id)
    }
    await runtime.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 60_000)

  it('answers the API server only', async () => {
    expect(await ask('/healthz')).toEqual({ code: 200, body: 'ok' })
    expect((await ask('/healthz', node)).code).toBe(403)
    const { cert: _, key: __, ...anonymous } = tls(apiServer)
    const answer = new Promise((resolve, reject) => get({ ...anonymous, path: '/healthz' }, resolve).on('error', reject))
    await expect(answer).rejects.toThrow()
  })

  it('serves logs, whole or in part', async () => {
    const path = '/containerLogs/default/web/main'
    expect((await ask(path)).body).toBe('one\ntwo\n')
    expect((await ask(`${path}?tailLines=1`)).body).toBe('two\n')
    expect((await ask(`${path}?limitBytes=5`)).body).toBe('one\nt')
    expect((await ask(`${path}?timestamps=true&tailLines=1`)).body).toMatch(/^\S+Z two\n$/)
  })

  it.each([
    ['/containerLogs/default/nope/main', 404, 'pod \\"nope_default\\" not found on this node'],
    ['/containerLogs/default/web/other', 400, 'container \\"other\\" in pod \\"web\\" is not available'],
    ['/containerLogs/default/web/main?previous=true', 400, 'previous terminated container \\"main\\" in pod \\"web\\" not found'],
    ['/containerLogs/default/web/main?tailLines=x', 400, 'invalid value'],
    ['/configz', 404, 'does not serve'],
    ['/%zz', 400, 'invalid path'],
    ['//', 400, 'invalid path'],
  ])('refuses %s with %i', async (path, code, message) => {
    const answer = await ask(path)
    expect(answer.code).toBe(code)
    expect(answer.body).toContain(message)
  })

  it('runs a command over WebSocket with its outputs apart and its exit code', async () => {
    const command = encodeURIComponent('echo out; echo err >&2; exit 3')
    const socket = open(`/exec/default/web/main?command=sh&command=-c&command=${command}&stdout=1&stderr=1`, [
      'v5.channel.k8s.io',
    ])
    const { received, code } = await channels(socket)
    expect(code).toBe(1000)
    expect([received[1], received[2]]).toEqual(['out\n', 'err\n'])
    expect(JSON.parse(received[3]!)).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    })
  })

  it('ends the input of a command when the client says so (v5)', async () => {
    const socket = open('/exec/default/web/main?command=cat&stdin=1&stdout=1', ['v5.channel.k8s.io', 'v4.channel.k8s.io'])
    const { received } = await channels(socket, () => {
      socket.send(Buffer.from('\x00typed'))
      socket.send(Buffer.from([255, 0]))
    })
    expect(received[1]).toBe('typed')
    expect(JSON.parse(received[3]!)).toMatchObject({ status: 'Success' })
  })

  it('refuses a protocol that it does not speak, and a container that is not there', async () => {
    await expect(channels(open('/exec/default/web/main?command=cat&stdout=1', ['v9.channel.k8s.io']))).rejects.toThrow('403')
    await expect(channels(open('/exec/default/web/other?command=cat&stdout=1', ['v5.channel.k8s.io']))).rejects.toThrow('500')
  })

  it('runs a command over SPDY', async () => {
    const upgrade = httpsRequest({
      ...tls(apiServer),
      path: '/exec/default/web/main?command=cat&stdin=1&stdout=1',
      method: 'POST',
      headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' },
    })
    const socket = await new Promise<Socket>((resolve, reject) => {
      upgrade.on('upgrade', (_, upgraded) => resolve(upgraded as Socket)).on('error', reject)
      upgrade.end()
    })
    const client = new SpdyClient(socket)
    const error = await client.open({ streamtype: 'error' })
    const stdin = await client.open({ streamtype: 'stdin' })
    const stdout = await client.open({ streamtype: 'stdout' })
    client.send(stdin, 'x'.repeat(100_000), true)
    await expect.poll(() => error.ended && stdout.ended).toBe(true)
    expect(client.text(stdout)).toHaveLength(100_000)
    expect(JSON.parse(client.text(error))).toMatchObject({ status: 'Success' })
    socket.destroy()
  })

  it('attaches to the process of a container', async () => {
    const socket = open('/attach/default/web/main?stdin=1&stdout=1', ['v5.channel.k8s.io'])
    const heard = new Promise<string>((resolve, reject) => {
      socket.on('error', reject).on('message', (data: Buffer) => data.length > 1 && resolve(data.toString()))
    })
    socket.on('open', () => socket.send(Buffer.from('\x00hello\n')))
    expect(await heard).toBe('\x01hello\n')
    socket.terminate()
  })

  it('forwards ports through a tunnel in a WebSocket', async () => {
    const echo = createServer((socket) => socket.pipe(socket))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    const upgrade = httpsRequest({
      ...tls(apiServer),
      path: '/portForward/default/web',
      headers: {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        'sec-websocket-key': randomBytes(16).toString('base64'),
        // a name that the ws client would refuse
        'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io',
      },
    })
    const socket = await new Promise<Socket>((resolve, reject) => {
      upgrade.on('upgrade', (response, upgraded) => {
        expect(response.headers['sec-websocket-protocol']).toBe('SPDY/3.1+portforward.k8s.io')
        resolve(upgraded as Socket)
      })
      upgrade.on('error', reject).end()
    })
    const client = new SpdyClient(webSocketFrames(socket))
    const headers = { port: String((echo.address() as AddressInfo).port), requestid: '0' }
    await client.open({ streamtype: 'error', ...headers })
    const data = await client.open({ streamtype: 'data', ...headers })
    client.send(data, 'there and back', true)
    await expect.poll(() => data.ended).toBe(true)
    expect(client.text(data)).toBe('there and back')
    socket.destroy()
    echo.close()
  })
})
