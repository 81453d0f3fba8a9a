import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containerPort } from '../../../agent/probes/container-port.ts'
import { httpProbe } from '../../../agent/probes/http-probe.ts'
import { probeLoop } from '../../../agent/probes/probe-loop.ts'
import { tcpProbe } from '../../../agent/probes/tcp-probe.ts'
import type { Probe } from '../../../shared/resources/generated/types.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const container = { name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }

describe('against a server', () => {
  let server: Server
  let port: number
  let seen: { url: string | undefined; headers: Record<string, unknown> }[]
  beforeEach(async () => {
    seen = []
    server = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers })
      if (request.url === '/slow') return
      if (request.url === '/stuck') return response.writeHead(200, { 'content-length': 5 }).write('a')
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': 5 }).write('a', () => response.destroy())
        return
      }
      if (request.url === '/endless') {
        const more = () => response.write('x'.repeat(8192), (error) => error || setImmediate(more))
        return more()
      }
      if (request.url === '/nowhere') return response.writeHead(302, { location: 'http://[' }).end()
      const code = Number(request.url?.slice(1)) || 200
      response
        .writeHead(code, code === 302 ? { location: '/200' } : code === 307 ? { location: 'http://elsewhere.invalid/' } : {})
        .end('a page')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const probe = (path: string, more = {}) =>
    httpProbe({
      action: { path, port, ...more },
      container,
      podIP: '127.0.0.1',
      timeoutMs: 300,
      purpose: 'probe',
    })

  it.each([
    ['/200', true],
    ['/399', true],
    ['/302', true],
    ['/307', true],
  ])('takes %s for fine', async (path, ok) => {
    expect((await probe(path)).ok).toBe(ok)
  })

  it.each(['/307', '/399', '/304'])('warns of what %s leads to, and takes it for fine', async (path) => {
    const body = path === '/304' ? '' : 'a page'
    const warning = `Probe terminated redirects, Response body: ${body}`
    expect(await probe(path)).toEqual({ ok: true, output: '', warning })
  })

  it.each(['/stuck', '/cut'])('can not tell from an answer that does not come whole: %s', async (path) => {
    await expect(probe(path)).rejects.toThrow()
    expect((await probe(path, { path: '/200' })).ok).toBe(true)
  })

  it('reads no more than ten kilobytes of an answer', async () => {
    expect(await probe('/endless')).toEqual({ ok: true, output: '' })
  })

  it('fails by a Location that is none', async () => {
    expect((await probe('/nowhere')).output).toContain('failed to parse Location header "http://["')
  })

  it('fails by HTTPS of what only answers HTTP, in upstream words', async () => {
    expect(await probe('/200', { scheme: 'HTTPS' })).toEqual({
      ok: false,
      output: `Get "https://127.0.0.1:${port}/200": http: server gave HTTP response to HTTPS client`,
    })
  })

  it('fails by status, refusal and time, in upstream words', async () => {
    expect(await probe('/500')).toEqual({ ok: false, output: 'HTTP probe failed with statuscode: 500' })
    expect((await probe('/slow')).output).toContain('context deadline exceeded')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const output = `Get "http://127.0.0.1:${port}/200": dial tcp 127.0.0.1:${port}: connect: connection refused`
    expect(await probe('/200')).toEqual({ ok: false, output })
    expect(await tcpProbe('127.0.0.1', port, 300)).toEqual({
      ok: false,
      output: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    })
  })

  it.each([
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 'statuscode: 101'],
    ['says nothing', '', 'EOF'],
    ['says half a head', 'HTTP/1.1 200 O', 'EOF'],
    ['speaks something else', 'SSH-2.0-OpenSSH\r\n', 'Get "http://'],
  ])('has a verdict of a server that %s', async (_, said, output) => {
    const odd = createTcpServer((socket) => socket.once('data', () => socket.end(said)).on('error', () => undefined))
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve))
    const verdict = await probe('/', { port: (odd.address() as AddressInfo).port })
    expect(verdict.ok).toBe(false)
    expect(verdict.output).toContain(output)
    odd.close()
  })

  it('sends the headers it is given over its own', async () => {
    await probe('/x?y=1', {
      httpHeaders: [
        { name: 'X-Probe', value: 'a' },
        { name: 'user-agent', value: 'mine' },
      ],
    })
    expect(seen[0]).toMatchObject({ url: '/x?y=1', headers: { 'x-probe': 'a', 'user-agent': 'mine', accept: '*/*' } })
    await probe('/x')
    expect(seen[1]?.headers['user-agent']).toBe('kube-probe/1.35')
  })

  it.each<[string, Record<string, string>[], Record<string, unknown>]>([
    ['the first of several hosts', [{ Host: 'foo' }, { host: 'bar' }], { host: 'foo' }],
    ['an empty host for none', [{ Host: '' }], { host: expect.stringContaining('127.0.0.1:') }],
    ['all of other names', [{ 'X-A': '1' }, { 'x-a': '2' }], { 'x-a': '1, 2' }],
    ['an empty Accept for none', [{ Accept: '' }], { accept: undefined }],
    ['an empty User-Agent for none', [{ 'User-Agent': '' }], { 'user-agent': undefined }],
    ['an empty header of its own', [{ 'X-A': '' }], { 'x-a': '' }],
  ])('takes %s, as Go does, on the way and where it is led to', async (_, given, expected) => {
    const httpHeaders = given.flatMap((each) => Object.entries(each).map(([name, value]) => ({ name, value })))
    await probe('/302', { httpHeaders })
    for (const path of ['/302', '/200']) {
      const headers = seen.find(({ url }) => url === path)?.headers ?? {}
      for (const [name, value] of Object.entries(expected)) expect([path, name, headers[name]]).toEqual([path, name, value])
    }
  })

  it('connects to a listening port', async () => {
    expect(await tcpProbe('127.0.0.1', port, 300)).toEqual({ ok: true, output: '' })
  })
})

it('finds ports by name', () => {
  expect(containerPort('http', container)).toBe(8080)
  expect(containerPort(81, container)).toBe(81)
  expect(() => containerPort('nope', container)).toThrow('couldn\'t find port: "nope" in "main"')
})

describe('probeLoop', () => {
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  const start = (
    probe: Probe,
    options: { kind?: 'liveness' | 'readiness' | 'startup'; outcomes: boolean[]; started?: () => boolean; warning?: string },
  ) => {
    const clock = new ManualClock(0)
    const abort = new AbortController()
    const tries: number[] = []
    const results: string[] = []
    const unhealthy: string[] = []
    void probeLoop({
      kind: options.kind ?? 'liveness',
      probe,
      clock,
      signal: abort.signal,
      startedAt: 0,
      started: options.started ?? (() => true),
      attempt: async () => {
        tries.push(clock.now() / 1000)
        const ok = options.outcomes[tries.length - 1] ?? true
        return { ok, output: 'broken', ...(ok && options.warning ? { warning: options.warning } : {}) }
      },
      onResult: (result) => results.push(`${result} at ${clock.now() / 1000}`),
      onUnhealthy: (message) => unhealthy.push(message),
      onWarning: (message) => unhealthy.push(message),
    })
    const runTo = async (seconds: number) => {
      await turns()
      while (clock.now() < seconds * 1000) {
        clock.advance(50)
        await turns()
      }
    }
    return { tries, results, unhealthy, runTo, stop: () => abort.abort() }
  }

  it('tells a warning of what is fine', async () => {
    const loop = start({ periodSeconds: 1 }, { kind: 'readiness', outcomes: [], warning: 'led away' })
    await loop.runTo(1)
    expect(loop.results[0]).toBe('success at 0')
    expect(loop.unhealthy[0]).toBe('Readiness probe warning: led away')
    loop.stop()
  })

  it('waits for the initial delay, then tries once a period', async () => {
    const loop = start({ initialDelaySeconds: 3, periodSeconds: 5 }, { outcomes: [] })
    await loop.runTo(14)
    expect(loop.tries).toEqual([3, 8, 13])
    loop.stop()
    await loop.runTo(30)
    expect(loop.tries).toHaveLength(3)
  })

  it('tells a failure only past its threshold, and a liveness failure once', async () => {
    const loop = start({ periodSeconds: 1, failureThreshold: 3 }, { outcomes: [true, false, false, true, false, false, false] })
    await loop.runTo(20)
    expect(loop.results).toEqual(['success at 0', 'success at 3', 'failure at 6'])
    expect(loop.unhealthy).toHaveLength(5)
    expect(loop.unhealthy[0]).toBe('Liveness probe failed: broken')
  })

  it('asks for successes in a row', async () => {
    const loop = start({ periodSeconds: 1, successThreshold: 2 }, { kind: 'readiness', outcomes: [true, false, true, true] })
    await loop.runTo(3.5)
    expect(loop.results).toEqual(['success at 3'])
  })

  it('rests until the container has started', async () => {
    let started = false
    const loop = start({ periodSeconds: 10 }, { outcomes: [], started: () => started })
    await loop.runTo(7)
    expect(loop.tries).toEqual([])
    started = true
    await loop.runTo(8)
    expect(loop.tries).toEqual([7.05])
  })

  it('ends when the startup probe has succeeded', async () => {
    const loop = start({ periodSeconds: 1 }, { kind: 'startup', outcomes: [false, true] })
    await loop.runTo(9)
    expect(loop.tries).toEqual([0, 1])
  })
})
