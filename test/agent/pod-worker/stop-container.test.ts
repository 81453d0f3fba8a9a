import { afterEach, beforeEach, expect, it } from 'vitest'
import { ContainerStops } from '../../../agent/pod-worker/container-stops.ts'
import type { PodContext } from '../../../agent/pod-worker/pod-context.ts'
import { startContainer } from '../../../agent/pod-worker/start-container.ts'
import { stopContainer } from '../../../agent/pod-worker/stop-container.ts'
import type { RuntimeContainer } from '../../../agent/runtime/runtime.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const container = { id: 'c', name: 'main', state: 'running' } as RuntimeContainer
let clock: ManualClock
let told: string[]
let stops: string[]
/** ends the stop that the engine is at */
let ended: () => void
let context: PodContext

beforeEach(() => {
  clock = new ManualClock()
  told = []
  stops = []
  context = {
    clock,
    events: { pod: (_: Pod, { reason, message }: { reason: string; message: string }) => told.push(`${reason}: ${message}`) },
    log: { warn: () => undefined, error: () => undefined },
    prepare: async () => ({}),
    runtime: {
      pod: () => ({ containers: [container], sandboxes: [] }),
      createContainer: async () => 'c',
      startContainer: async () => undefined,
      stopContainer: (id: string, seconds: number) => {
        stops.push(`${id} ${seconds} s`)
        return new Promise<void>((resolve) => {
          ended = resolve
        })
      },
    },
  } as unknown as PodContext
})
afterEach(() => ended?.())

const podWith = (lifecycle: object, terminationGracePeriodSeconds = 60): Pod =>
  ({
    metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    spec: { terminationGracePeriodSeconds, containers: [{ name: 'main', lifecycle }] },
  }) as unknown as Pod
const turns = () => new Promise((resolve) => setImmediate(resolve))

it('leaves a container whose probe failed to the end of its pod, which has a grace of its own', async () => {
  const leave = new AbortController()
  let wakes = 0
  const all = new ContainerStops({ context, wake: () => wakes++, wakeIn: () => undefined })
  const stop = { container, message: 'Container main failed liveness probe', reason: 'liveness' } as const
  all.start(stop, { pod: podWith({ preStop: { sleep: { seconds: 50 } } }), podIP: '10.0.0.1', leave: leave.signal })
  clock.advance(5000)
  await turns()
  leave.abort()
  await turns()
  expect([wakes, stops]).toEqual([1, []])
})

it('waits no longer for the engine to stop what the end of the pod stops', async () => {
  const leave = new AbortController()
  const stopping = stopContainer(context, { pod: podWith({}), container, graceSeconds: 3600, podIP: '', leave: leave.signal })
  await turns()
  expect(stops).toEqual(['c 3600 s'])
  leave.abort()
  await stopping
})

it('kills at once in a hurry, whatever the hook is at', async () => {
  const hurry = new AbortController()
  const pod = podWith({ preStop: { sleep: { seconds: 50 } } })
  const stopping = stopContainer(context, { pod, container, graceSeconds: 3600, podIP: '', hurry: hurry.signal })
  await turns()
  hurry.abort()
  await turns()
  expect(stops).toEqual(['c 2 s'])
  ended()
  await stopping
})

const started = (lifecycle: object, signal: AbortSignal) =>
  startContainer(context, {
    pod: podWith(lifecycle),
    container: podWith(lifecycle).spec.containers[0]!,
    image: Promise.resolve({}),
    podIP: '10.0.0.1',
    signal,
    hooking: new Set(),
  } as unknown as Parameters<typeof startContainer>[1])

it('runs the preStop hook of a container whose postStart hook failed, as a kubelet does', async () => {
  const lifecycle = { postStart: {}, preStop: { sleep: { seconds: 7 } } }
  const starting = expect(started(lifecycle, new AbortController().signal)).rejects.toMatchObject({
    reason: 'PostStartHookError',
  })
  await turns()
  expect(stops).toEqual([])
  clock.advance(7000)
  await turns()
  expect(stops).toEqual(['c 53 s'])
  ended()
  await starting
  expect(told.slice(-2)).toEqual(['FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook'])
})

it('does not keep the end of a pod waiting for a container whose postStart hook failed', async () => {
  const leave = new AbortController()
  const starting = expect(started({ postStart: {} }, leave.signal)).rejects.toThrow()
  await turns()
  expect(stops).toEqual(['c 60 s'])
  leave.abort()
  await starting
})
