import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DockerRuntime } from '../../../agent/runtime/docker/docker-runtime.ts'
import { pauseProgram } from '../../../agent/runtime/docker/pause-image.ts'
import type { ContainerSpec, PodIdentity, SandboxSpec } from '../../../agent/runtime/runtime.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { docker, makeTestImage, missingEngine, testImage } from './engine.ts'

const missing = await missingEngine()
const log = createLogger({ write: () => undefined })

it.each(['x64', 'arm64'])('makes a small static program for %s', (architecture) => {
  const program = pauseProgram(architecture)
  expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
  expect(program.length).toBeLessThan(300)
})

it('names the architectures there is a sandbox program for', () => {
  expect(() => pauseProgram('mips')).toThrow('no sandbox program for architecture "mips"; there is one for x64, arm64')
})

describe.skipIf(missing)(`the Docker runtime${missing ? ` (${missing})` : ''}`, () => {
  let dataDir: string
  let runtime: DockerRuntime
  let imageID: string
  const owner = () => ({ nodeName: 'windlass-test', dataDir })

  const newPod = (): PodIdentity => ({ uid: randomUUID(), namespace: 'test', name: 'pod' })
  const sandbox = (pod: PodIdentity, more: Partial<SandboxSpec> = {}) =>
    runtime.createSandbox({
      pod,
      attempt: 0,
      hostname: 'pod',
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      sharePID: false,
      sysctls: {},
      terminationGraceSeconds: 1,
      ...more,
    })
  const create = (pod: PodIdentity, sandboxId: string, more: Partial<ContainerSpec> = {}) =>
    runtime.createContainer({
      pod,
      sandboxId,
      name: 'main',
      restartCount: 0,
      hash: 'h1',
      image: testImage,
      imageID,
      env: [],
      mounts: [],
      groups: [],
      capabilitiesAdded: [],
      capabilitiesDropped: [],
      privileged: false,
      readOnlyRoot: false,
      noNewPrivileges: false,
      seccomp: { type: 'Unconfined' },
      resources: { cpuShares: 2, oomScoreAdj: 1000 },
      hostPID: false,
      sharePID: false,
      hostIPC: false,
      stdin: false,
      stdinOnce: false,
      tty: false,
      terminationGraceSeconds: 1,
      ...more,
    })
  const run = async (command: string, more: Partial<ContainerSpec> = {}) => {
    const pod = newPod()
    const { id: sandboxId } = await sandbox(pod)
    const id = await create(pod, sandboxId, { command: ['sh', '-c', command], ...more })
    await runtime.startContainer(id)
    return { pod, sandboxId, id }
  }
  const container = (pod: PodIdentity, id: string, from = runtime) => from.pod(pod.uid)?.containers.find((each) => each.id === id)
  const ended = async (pod: PodIdentity, id: string) => {
    await expect.poll(() => container(pod, id)?.state, { timeout: 10_000 }).toBe('exited')
    return container(pod, id)!
  }
  const newRuntime = async () => {
    const made = new DockerRuntime({ docker, owner: owner(), log })
    await made.start()
    return made
  }

  beforeAll(async () => {
    makeTestImage()
    dataDir = await mkdtemp(join(tmpdir(), 'windlass-docker-'))
    runtime = await newRuntime()
    imageID = (await runtime.image(testImage))!.id
  }, 60_000)
  afterAll(async () => {
    for (const { containers, sandboxes } of runtime.pods()) {
      for (const { id } of containers) await runtime.removeContainer(id)
      for (const { id } of sandboxes) await runtime.removeSandbox(id)
    }
    await runtime.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 60_000)

  it('makes a sandbox that ends at SIGTERM and has a network namespace of its own', async () => {
    const pod = newPod()
    const made = await sandbox(pod)
    expect(made).toMatchObject({ attempt: 0, ready: true, netns: expect.stringMatching(/^\/proc\/\d+\/ns\/net$/) })
    execFileSync('kill', ['-TERM', made.netns!.split('/')[2]!])
    await expect.poll(() => runtime.pod(pod.uid)?.sandboxes[0]?.ready).toBe(false)
    await runtime.removeSandbox(made.id)
    expect(runtime.pod(pod.uid)).toBeUndefined()
  })

  it('reaps the orphans of a shared process namespace', async () => {
    const pod = newPod()
    const made = await sandbox(pod, { sharePID: true })
    const id = await create(pod, made.id, { command: ['sh', '-c', '(sleep 0.1 &) ; sleep 60'], sharePID: true })
    await runtime.startContainer(id)
    const pid = made.netns!.split('/')[2]!
    const children = () => execFileSync('sh', ['-c', `cat /proc/${pid}/task/${pid}/children`], { encoding: 'utf8' }).trim()
    await expect.poll(children, { timeout: 5000 }).toBe('')
  })

  it('tells how a container ended, and keeps its log', async () => {
    const { pod, id } = await run('echo out; echo err >&2; exit 3')
    expect(await ended(pod, id)).toMatchObject({ exitCode: 3, reason: 'Error', restartCount: 0, hash: 'h1', image: testImage })
    expect((await text(await runtime.logs(id, { follow: false, timestamps: false }))).split('\n').sort()).toEqual([
      '',
      'err',
      'out',
    ])
    expect(await text(await runtime.logs(id, { follow: false, timestamps: true, tailLines: 1 }))).toMatch(
      /^\d{4}-\S+Z (out|err)\n$/,
    )
  })

  it('says that a container was killed for want of memory', async () => {
    const resources = { cpuShares: 2, oomScoreAdj: 1000, memoryBytes: 16 * 1024 * 1024 }
    const { pod, id } = await run('x=a; while :; do x=$x$x; done', { resources })
    expect(await ended(pod, id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
  })

  it('says why a container could not be started', async () => {
    const pod = newPod()
    const { id: sandboxId } = await sandbox(pod)
    const id = await create(pod, sandboxId, { command: ['/nope'] })
    await expect(runtime.startContainer(id)).rejects.toThrow('"/nope"')
    expect(container(pod, id)).toMatchObject({ state: 'exited', exitCode: 128, reason: 'StartError' })
  })

  it('stops with the stop signal, and kills when the grace is over', async () => {
    const polite = await run("trap 'exit 0' TERM; while :; do sleep 0.05; done")
    const stubborn = await run("trap '' TERM; while :; do sleep 0.05; done")
    await new Promise((resolve) => setTimeout(resolve, 200))
    await Promise.all([runtime.stopContainer(polite.id, 10), runtime.stopContainer(stubborn.id, 1)])
    expect(container(polite.pod, polite.id)).toMatchObject({ state: 'exited', exitCode: 0 })
    expect(container(stubborn.pod, stubborn.id)).toMatchObject({ state: 'exited', exitCode: 137 })
  })

  it('applies user, groups, limits, mounts and variables', async () => {
    const source = join(dataDir, 'file')
    await writeFile(source, 'from the host\n')
    const mounts = [{ source, target: '/mounted', readOnly: true, propagation: 'rprivate' as const }]
    const { pod, id } = await run('id; cat /mounted; echo $NAME; echo x > /mounted', {
      mounts,
      user: '1000:2000',
      groups: [3000],
      env: [{ name: 'NAME', value: 'a b' }],
    })
    expect((await ended(pod, id)).exitCode).not.toBe(0)
    const said = await text(await runtime.logs(id, { follow: false, timestamps: false }))
    expect(said).toContain('uid=1000 gid=2000 groups=2000,3000')
    // What the shell complains of comes on another stream, at any place between.
    expect(said).toContain('from the host\n')
    expect(said).toContain('a b\n')
  })

  it('runs commands with input, both outputs and an exit code', async () => {
    const { id } = await run('sleep 60')
    const command = ['sh', '-c', 'cat; echo err >&2; exit 7']
    const session = await runtime.exec(id, { command, stdin: true, stdout: true, stderr: true, tty: false })
    const big = Buffer.alloc(2_000_000, 'x')
    session.stdin.end(big)
    const [out, error, code] = await Promise.all([buffer(session.stdout), text(session.stderr), session.exitCode])
    expect([out.equals(big), error, code]).toEqual([true, 'err\n', 7])
  })

  it('gives a command a terminal of the size that is asked for', async () => {
    const { id } = await run('sleep 60')
    const session = await runtime.exec(id, { command: ['sh'], stdin: true, stdout: true, stderr: false, tty: true })
    await session.resize(100, 40)
    session.stdin.write('stty size; exit 4\n')
    expect(await text(session.stdout)).toContain('40 100')
    expect(await session.exitCode).toBe(4)
  })

  it.each([
    { stdinOnce: false, after: 'running' },
    { stdinOnce: true, after: 'exited' },
  ])('gives an attached client the outputs after its input has ended (stdinOnce $stdinOnce)', async ({ stdinOnce, after }) => {
    const { pod, id } = await run('cat', { stdin: true, stdinOnce })
    const session = await runtime.attach(id, { stdin: true, stdout: true, stderr: true, tty: false })
    session.stdin.end('echo this\n')
    const [said] = (await once(session.stdout, 'data')) as [Buffer]
    expect(String(said)).toBe('echo this\n')
    await expect.poll(() => container(pod, id)?.state, { timeout: 10_000 }).toBe(after)
    session.close()
  })

  it('kills a command', async () => {
    const { id } = await run('sleep 60')
    const session = await runtime.exec(id, { command: ['sleep', '50'], stdin: false, stdout: true, stderr: true, tty: false })
    session.stdout.resume()
    session.stderr.resume()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await session.kill()
    expect(await session.exitCode).toBe(137)
  })

  it('finds everything again, and only what is its own', async () => {
    const { pod, id, sandboxId } = await run('sleep 60', { restartCount: 2 })
    const again = await newRuntime()
    expect(again.pod(pod.uid)).toMatchObject({ ...pod, sandboxes: [{ id: sandboxId, ready: true }] })
    expect(container(pod, id, again)).toEqual(container(pod, id))
    await again.stop()
    const other = new DockerRuntime({ docker, owner: { nodeName: 'windlass-test', dataDir: '/elsewhere' }, log })
    await other.start()
    expect(other.pods()).toEqual([])
    await other.stop()
  })

  it('follows logs as they are written, and ends with the container', async () => {
    const { id } = await run('echo 1; sleep 0.3; echo 2')
    expect(await text(await runtime.logs(id, { follow: true, timestamps: false }))).toBe('1\n2\n')
  })

  it('gives a line its time once, however long it is, whichever stream it is on', async () => {
    const long = 'printf %040000d 0'
    const { pod, id } = await run(`${long}; echo; sleep 0.3; (${long}; echo end) >&2; sleep 0.3; printf short`)
    await ended(pod, id)
    const said = await text(await runtime.logs(id, { follow: false, timestamps: true }))
    const lines = said.split('\n').map((line) => line.replace(/^\d{4}-\S+Z /, ''))
    expect(lines.sort()).toEqual([`short`, '0'.repeat(40_000), `${'0'.repeat(40_000)}end`].sort())
    expect((said.match(/\d{4}-\d\d-\d\dT/g) ?? []).length).toBe(3)
  })

  it.each([{ stdin: false }, { stdin: true }])('refuses to attach to a container that has ended (%j)', async ({ stdin }) => {
    const { pod, id } = await run('echo hi')
    await ended(pod, id)
    const attached = runtime.attach(id, { stdin, stdout: true, stderr: true, tty: false })
    await expect(attached).rejects.toThrow('container is in CONTAINER_EXITED state')
  })

  it('either attaches or refuses when the container ends meanwhile, and never hangs', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const { id } = await run(`sleep 0.0${turn}`)
      const session = await runtime.attach(id, { stdin: false, stdout: true, stderr: true, tty: false }).catch(() => undefined)
      expect(session ? await text(session.stdout) : '').toBe('')
    }
  })

  it('answers that an image is not there', async () => {
    expect(await runtime.image('windlass-test/not-there:1')).toBeUndefined()
    const signal = new AbortController().signal
    await expect(runtime.pullImage('localhost:1/nothing:1', { signal })).rejects.toThrow('connection refused')
  })
})
