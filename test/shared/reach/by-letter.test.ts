import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Answerer } from '../../../agent/answers/answerer.ts'
import type { ContainerRuntime } from '../../../agent/runtime/runtime.ts'
import { createAuthority, issue, type KeyPair } from '../../../shared/identity/certificates.ts'
import { systemClock as clock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Letter } from '../../../shared/queue/mailboxes.ts'
import { createLetterReach } from '../../../shared/reach/by-letter.ts'
import { createDirectReach } from '../../../shared/reach/direct.ts'
import type { ReachRequest } from '../../../shared/reach/reach.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { createAnswerTable } from '../../fakes/answer-table.ts'

const log = createLogger({ write: () => undefined })
const target = { service: { namespace: 'shop', name: 'hook', port: 443 } }

describe('a call to a pod by letter', () => {
  let server: Server
  let authority: KeyPair
  let calls: string[] = []
  const ended: string[] = []
  const stops: (() => void)[] = []

  beforeAll(async () => {
    authority = await createAuthority('hooks')
    const { certificate, key } = await issue(authority, { name: 'hook', dnsNames: ['hook.shop.svc'], usage: 'server' })
    server = createServer({ cert: certificate, key }, (message, response) => {
      const { method, url = '', headers } = message
      calls.push(`${method} ${url}`)
      message.on('close', () => ended.push(url))
      response.on('close', () => ended.push(url))
      if (url === '/hang') return
      if (url.startsWith('/watch')) return void response.writeHead(200).write('one\n')
      if (url === '/half') return response.writeHead(200, { 'content-length': 9 }).write('half', () => message.socket.destroy())
      if (url === '/large') return response.writeHead(200).end('y'.repeat(3_000_000))
      void buffer(message).then((body) =>
        response
          .writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
          .end(JSON.stringify({ host: headers.host, bytes: body.byteLength, sum: body.reduce((sum, one) => sum + one, 0) })),
      )
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })
  afterEach(() => {
    calls = []
    for (const stop of stops.splice(0)) stop()
  })

  const start = ({ podIP = '127.0.0.1', times = 2, port = (server.address() as AddressInfo).port } = {}) => {
    const table = createAnswerTable()
    const pod = { metadata: { name: 'hook', namespace: 'shop' }, status: { podIPs: [{ ip: podIP }] } } as unknown as Pod
    const source = { runtime: {} as ContainerRuntime, pods: () => [pod] }
    const answerer = new Answerer({ source, sink: table.sink, caller: table.caller, clock, log })
    const letters: Letter[] = []
    const mailboxes = {
      deliver: async (some: readonly Letter[]) => {
        letters.push(...some)
        // through what a queue does to it, at least once
        for (const letter of JSON.parse(JSON.stringify(some)) as Letter[])
          for (let time = 0; time < times; time++) if ('question' in letter.body) answerer.take(letter.body.question)
      },
    }
    const direct = createDirectReach()
    stops.push(() => {
      answerer.stop()
      table.caller.reach.close()
      direct.close()
    })
    const addressOf = async () => ({ host: '127.0.0.1', port, nodeName: 'i-1' })
    const reach = createLetterReach({ mailboxes, answers: table.source, bodies: table.bodies, clock, addressOf, direct })
    const call = (request: Partial<ReachRequest> = {}) =>
      reach.request(target, {
        ...{ method: 'POST', path: '/x?timeout=10s', signal: AbortSignal.timeout(10_000) },
        tls: { serverName: 'hook.shop.svc', authorities: authority.certificate },
        ...request,
      })
    return { call, letters, ...table }
  }

  it.each([0, 1, 20_000, 700_000])('sends %i bytes and brings the answer back, once', async (bytes) => {
    const { call, letters, items } = start()
    const body = randomBytes(bytes)
    const answer = await call({ body })
    expect(answer.status).toBe(201)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.cookies).toEqual(['a=1', 'b=2'])
    const sum = body.reduce((sum, one) => sum + one, 0)
    expect(JSON.parse(await text(answer.body))).toEqual({ host: 'hook.shop.svc:443', bytes, sum })
    expect(calls).toEqual(['POST /x?timeout=10s'])
    expect(letters).toHaveLength(1)
    expect(letters.every((letter) => JSON.stringify(letter).length < 256 * 1024)).toBe(true)
    expect([...items.keys()].filter((key) => key.startsWith('question#'))).toHaveLength(bytes > 150_000 ? 3 : 0)
  })

  it('brings a large answer, and what comes little by little as it comes', async () => {
    const { call, letters } = start()
    expect((await text((await call({ path: '/large' })).body)).length).toBe(3_000_000)
    const leaving = new AbortController()
    const { body } = await call({ method: 'GET', path: '/watch', signal: leaving.signal })
    const [first] = (await once(body, 'data')) as [Buffer]
    expect(first.toString()).toBe('one\n')
    leaving.abort()
    await once(body, 'close').catch(() => undefined)
    // The agent hears that nobody listens, and leaves the pod.
    await expect.poll(() => ended).toContain('/watch')
    expect(letters.at(-1)).toMatchObject({ node: 'i-1', body: { question: { untilMs: 0 } } })
  })

  it('leaves the pod when nobody wants to read what it says', async () => {
    const { call, letters } = start()
    const { body } = await call({ method: 'GET', path: '/watch?unread' })
    body.destroy()
    await expect.poll(() => ended).toContain('/watch?unread')
    expect(letters.at(-1)).toMatchObject({ body: { question: { untilMs: 0 } } })
  })

  it.each<[string, Parameters<typeof start>[0], Partial<ReachRequest>, RegExp]>([
    [
      'a certificate that nobody signed',
      {},
      { tls: { serverName: 'hook.shop.svc' } },
      /tls: failed to verify certificate: x509: /,
    ],
    ['another name', {}, { tls: { serverName: 'other.shop.svc', insecure: false } }, /x509: /],
    ['a port where nobody listens', { port: 1 }, {}, /^dial tcp 127.0.0.1:1: connect: connection refused$/],
    ['an address that is no pod of the node', { podIP: '127.0.0.9' }, {}, /^dial tcp 127.0.0.1:\d+: connect: no route to host$/],
    ['a time that is over', {}, { path: '/hang', signal: AbortSignal.timeout(300) }, /^context deadline exceeded$/],
    ['letters that are lost', { times: 0 }, { signal: AbortSignal.timeout(300) }, /^context deadline exceeded$/],
  ])('fails as a connection would: %s', async (_, options, request, expected) => {
    await expect(start(options).call(request)).rejects.toThrow(expected)
  })

  it('breaks off where the pod did', async () => {
    const whole = async () => text((await start().call({ path: '/half' })).body)
    await expect(whole()).rejects.toThrow()
  })

  it('goes directly to what is outside of the cluster', async () => {
    const { letters } = start()
    const direct = createDirectReach()
    stops.push(() => direct.close())
    const reach = createLetterReach({
      ...{ mailboxes: { deliver: async () => expect.unreachable() }, clock, direct },
      ...{ answers: { read: async () => [] }, bodies: { put: async () => undefined } },
      addressOf: async () => expect.unreachable(),
    })
    const { port } = server.address() as AddressInfo
    const tls = { serverName: 'hook.shop.svc', authorities: authority.certificate }
    const signal = AbortSignal.timeout(5000)
    const answer = await reach.request({ host: '127.0.0.1', port }, { method: 'POST', path: '/y', tls, signal })
    expect(answer.status).toBe(201)
    answer.body.destroy()
    expect(letters).toEqual([])
  })
})
