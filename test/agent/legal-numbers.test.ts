import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BackOff } from '../../agent/pod-worker/back-off.ts'
import { runHook } from '../../agent/pod-worker/lifecycle-hook.ts'
import type { PodContext } from '../../agent/pod-worker/pod-context.ts'
import { graceOfStop, stopContainer } from '../../agent/pod-worker/stop-container.ts'
import { WakeTimer } from '../../agent/pod-worker/wake-timer.ts'
import { probeLoop, ThresholdCounter } from '../../agent/probes/probe-loop.ts'
import { runProbe } from '../../agent/probes/run-probe.ts'
import { DockerRuntime } from '../../agent/runtime/docker/docker-runtime.ts'
import type { ContainerRuntime, RuntimeContainer } from '../../agent/runtime/runtime.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { openTimeLimit } from '../../shared/platform/time-limit.ts'
import type { Probe } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { FuzzRandom } from './fuzz/fuzz-random.ts'

/** What the API takes for seconds and counts: round a timer's end, 2^31 ms, and the type's, and any between. */
const random = new FuzzRandom(7)
const int32 = 2 ** 31 - 1
const edges = [1, 2, 3, 7, 59, 60, 61, 3599, 86_400, 2_147_482, 2_147_483, 2_147_484, 4_294_967, 4_294_968, int32 - 1, int32]
const anyOf = () => 1 + random.integer(2 ** (1 + random.integer(31)) - 1)
const values = [...edges, ...Array.from({ length: 150 }, anyOf)]
/** also of 64 bits */
const longValues = [...values, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 63 - 1024]

const warnings: string[] = []
const warned = ({ name, message }: Error) => warnings.push(`${name}: ${message}`)
let silent: ReturnType<typeof createServer>
let port: number
beforeAll(async () => {
  // What Node.js says of a time that is none, negative, or longer than a timer counts, before it fires at once.
  process.on('warning', warned)
  silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  port = (silent.address() as AddressInfo).port
})
afterAll(() => {
  process.off('warning', warned)
  silent.close()
  expect(warnings).toEqual([])
})

/** Real time, in which none of what takes a second may have happened. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 150))

const abort = new AbortController()
afterAll(() => abort.abort())

const loop = (probe: Probe, kind: 'liveness' | 'readiness' | 'startup', ok: boolean) => {
  const tries: number[] = []
  void probeLoop({
    ...{ kind, probe, clock: systemClock, signal: abort.signal, startedAt: Date.now(), started: () => true },
    attempt: async () => {
      tries.push(Date.now())
      return { ok, output: '' }
    },
    ...{ onResult: () => undefined, onUnhealthy: () => undefined, onWarning: () => undefined },
  })
  return tries
}

it('no initial delay is over at once', async () => {
  const all = values.map((seconds) => loop({ initialDelaySeconds: seconds }, 'liveness', true))
  await aMoment()
  expect(all.map((tries) => tries.length)).toEqual(values.map(() => 0))
})

it.each(['liveness', 'readiness', 'startup'] as const)('a %s probe is tried once in each of its periods', async (kind) => {
  const all = values.map((periodSeconds) => loop({ periodSeconds, failureThreshold: int32 }, kind, false))
  await aMoment()
  expect(all.map((tries) => tries.length)).toEqual(values.map(() => 1))
})

it('thresholds are reached after as many tries, and not before', () => {
  for (const value of values) {
    const failures = new ThresholdCounter({ failureThreshold: value })
    const successes = new ThresholdCounter({ successThreshold: value })
    for (let tries = 1; tries <= Math.min(value, 200); tries++) {
      expect(failures.count(false)).toBe(tries === value ? 'failure' : undefined)
      expect(successes.count(true)).toBe(tries === value ? 'success' : undefined)
    }
  }
})

const never = new Promise<number>(() => undefined)
const runtime = {
  exec: async () => ({
    ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), exitCode: never },
    ...{ kill: async () => undefined, close: () => undefined, resize: async () => undefined },
  }),
} as unknown as ContainerRuntime

it.each<[string, () => Probe]>([
  ['httpGet', () => ({ httpGet: { port } })],
  ['https', () => ({ httpGet: { port, scheme: 'HTTPS' } })],
  ['grpc', () => ({ grpc: { port } })],
  ['exec', () => ({ exec: { command: ['sleep'] } })],
])('no time-out of %s is over at once', async (_, probe) => {
  const over: string[] = []
  const target = { runtime, container: { name: 'main' }, containerId: 'c', podIP: '127.0.0.1' }
  for (const timeoutSeconds of edges)
    void runProbe({ ...probe(), timeoutSeconds }, target).then(({ output }) => over.push(`${timeoutSeconds}: ${output}`))
  await aMoment()
  expect(over).toEqual([])
})

it('a time-out of tcpSocket is any that a socket counts', async () => {
  const target = { runtime, container: { name: 'main' }, containerId: 'c', podIP: '127.0.0.1' }
  for (const timeoutSeconds of edges)
    expect(await runProbe({ tcpSocket: { port }, timeoutSeconds }, target)).toEqual({ ok: true, output: '' })
})

it('no hook has slept at once', async () => {
  const over: number[] = []
  for (const seconds of longValues)
    void runHook({
      ...{ handler: { sleep: { seconds } }, container: { name: 'main' }, containerId: 'c', podIP: '', runtime },
      ...{ clock: systemClock, signal: abort.signal, fellBack: () => undefined },
    }).then(() => over.push(seconds))
  await aMoment()
  expect(over).toEqual([])
})

it("a failed probe's own grace is the one that its container has, and no hook is cut short by it", async () => {
  const given: number[] = []
  const context = {
    ...{ clock: systemClock, events: { pod: () => undefined }, log: { warn: () => undefined } },
    runtime: { ...runtime, stopContainer: async (_: string, seconds: number) => void given.push(seconds) },
  } as unknown as PodContext
  const stop = (seconds: number, lifecycle: object) => {
    const container = { name: 'main', livenessProbe: { terminationGracePeriodSeconds: seconds }, lifecycle }
    const pod = {
      metadata: { name: 'web' },
      spec: { terminationGracePeriodSeconds: 5, containers: [container] },
    } as unknown as Pod
    const running = { id: 'c', name: 'main' } as RuntimeContainer
    const graceSeconds = graceOfStop(pod, { container: running, message: '', reason: 'liveness' })
    return stopContainer(context, { pod, container: running, graceSeconds, podIP: '', leave: abort.signal })
  }
  for (const seconds of longValues) await stop(seconds, {})
  expect(given).toEqual(longValues.map((seconds) => Math.max(2, seconds)))
  given.length = 0
  for (const seconds of longValues) void stop(seconds, { preStop: { sleep: { seconds } } })
  await aMoment()
  expect(given).toEqual([])
})

it('the engine is told whole seconds that it can count', async () => {
  const told: number[] = []
  const missing = Object.assign(new Error('no such container'), { statusCode: 404 })
  const docker = {
    getContainer: () => ({
      stop: async ({ t }: { t: number }) => void told.push(t),
      inspect: async () => Promise.reject(missing),
    }),
  }
  const engine = new DockerRuntime({ docker, owner: { nodeName: 'n', dataDir: '/' }, log: {} } as never)
  for (const seconds of [...longValues, 0.5, 1.001]) await engine.stopContainer('c', seconds)
  expect(told.every((seconds) => Number.isInteger(seconds) && seconds >= 1 && seconds <= int32)).toBe(true)
  expect(told.slice(0, values.length)).toEqual(values)
})

it('no deadline has passed at once', async () => {
  let rings = 0
  const timers = values.map((seconds) => {
    const timer = new WakeTimer(() => rings++)
    timer.ringIn(seconds * 1000)
    timer.ringIn(seconds * 1000 - 0.5)
    return timer
  })
  const limits = values.map((seconds) => openTimeLimit(systemClock, seconds * 1000 - 0.25))
  await aMoment()
  expect([rings, limits.filter(({ signal }) => signal.aborted)]).toEqual([0, []])
  for (const each of [...timers.map((timer) => () => timer.stop()), ...limits.map((limit) => () => limit.close())]) each()
})

it('a back-off is never none, and never longer than the longest, however often it comes', () => {
  const backOff = new BackOff()
  let now = Date.UTC(2026, 0, 1)
  for (let restart = 0; restart < 5000; restart++) {
    backOff.next('main', now, now)
    const delayMs = backOff.delayMs('main')
    expect(delayMs).toBe(Math.min(10_000 * 2 ** restart, 300_000))
    // a clock that was set back, or on for days, leads nowhere
    for (const then of [now - 10 ** 9, now, now + delayMs, now + 10 ** 12]) {
      const left = backOff.remaining('main', now, then)
      expect(left >= 0 && left <= delayMs + 10 ** 9).toBe(true)
    }
    now += delayMs
  }
})
