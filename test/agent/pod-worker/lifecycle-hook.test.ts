import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { runHook } from '../../../agent/pod-worker/lifecycle-hook.ts'
import type { ContainerRuntime } from '../../../agent/runtime/runtime.ts'
import { SimulatedRuntime } from '../../../agent/runtime/simulated/simulated-runtime.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const fellBack = () => undefined

const hook = (handler: Parameters<typeof runHook>[0]['handler'], clock = new ManualClock()) =>
  runHook({
    handler,
    container: { name: 'main' },
    containerId: 'c1',
    podIP: '127.0.0.1',
    runtime: new SimulatedRuntime({ clock, podOf: () => undefined }),
    clock,
    signal: new AbortController().signal,
    fellBack: () => undefined,
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

it.each(['before', 'while', 'after'])('a command ends when its pod does: %s it is started', async (when) => {
  const abort = new AbortController()
  let killed = 0
  const end = Promise.withResolvers<number>()
  const session = {
    ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), exitCode: end.promise },
    kill: async () => {
      killed++
      end.resolve(137)
    },
    close: () => undefined,
    resize: async () => undefined,
  }
  if (when === 'before') abort.abort()
  const runtime = {
    exec: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      if (when === 'while') abort.abort()
      return session
    },
  } as unknown as ContainerRuntime
  const common = {
    container: { name: 'main' },
    containerId: 'c1',
    podIP: '',
    clock: new ManualClock(),
    signal: abort.signal,
    fellBack,
  }
  const running = expect(runHook({ handler: { exec: { command: ['sleep'] } }, runtime, ...common })).rejects.toThrow(
    'exited with 137',
  )
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  if (when === 'after') abort.abort()
  await running
  expect(killed).toBe(1)
})

it('a request ends when its pod does, though nobody answers', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const abort = new AbortController()
  const { port } = server.address() as AddressInfo
  const runtime = {} as ContainerRuntime
  const common = {
    container: { name: 'main' },
    containerId: 'c1',
    podIP: '127.0.0.1',
    clock: new ManualClock(),
    runtime,
    fellBack,
  }
  const running = expect(runHook({ handler: { httpGet: { port } }, signal: abort.signal, ...common })).rejects.toThrow()
  await once(server, 'request')
  abort.abort()
  await running
  server.closeAllConnections()
  server.close()
})

it.each(['HTTPS', 'HTTP'])('a hook that is to be asked by %s, and only answers HTTP, is asked by HTTP', async (scheme) => {
  const authorizations: unknown[] = []
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    response.writeHead(500).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const messages: string[] = []
  await runHook({
    handler: { httpGet: { port, scheme, httpHeaders: [{ name: 'Authorization', value: 'secret' }] } },
    ...{ container: { name: 'main' }, containerId: 'c1', podIP: '127.0.0.1', clock: new ManualClock() },
    ...{ runtime: {} as ContainerRuntime, signal: new AbortController().signal },
    fellBack: (message) => messages.push(message),
  })
  expect(messages).toEqual(
    scheme === 'HTTP' ? [] : [`request to HTTPS lifecycle hook 127.0.0.1:${port} got HTTP response, retry with HTTP succeeded`],
  )
  // What was meant for TLS is not sent without it.
  expect(authorizations).toEqual([scheme === 'HTTP' ? 'secret' : undefined])
  server.closeAllConnections()
  server.close()
})
