import { expect, it } from 'vitest'
import { runHook } from '../../../agent/pod-worker/lifecycle-hook.ts'
import { SimulatedRuntime } from '../../../agent/runtime/simulated/simulated-runtime.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const hook = (handler: Parameters<typeof runHook>[0]['handler'], clock = new ManualClock()) =>
  runHook({
    handler,
    container: { name: 'main' },
    containerId: 'c1',
    podIP: '127.0.0.1',
    runtime: new SimulatedRuntime({ clock, podOf: () => undefined }),
    clock,
    signal: new AbortController().signal,
  })

it.each([{ tcpSocket: { port: 1 } }, {}])('a hook is invalid that a kubelet does not know: %j', async (handler) => {
  await expect(hook(handler)).rejects.toThrow('invalid handler')
})

it.each([0, 1, 30, 2 ** 31 - 1])('a hook sleeps for %i seconds, whatever a timer can count', async (seconds) => {
  const clock = new ManualClock()
  let over = false
  const sleeping = hook({ sleep: { seconds } }, clock).then(() => {
    over = true
  })
  clock.advance(seconds * 1000 - 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  clock.advance(1)
  await sleeping
})
