import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Answerer } from '../../agent/answers/answerer.ts'
import { gatewayHandler } from '../../functions/gateway/handler.ts'
import type { StreamingRuntime } from '../../functions/gateway/lambda-stream.ts'
import { createAuthority, issue, type KeyPair } from '../../shared/identity/certificates.ts'
import { systemClock as clock } from '../../shared/platform/clock.ts'
import { createLogger } from '../../shared/platform/log.ts'
import type { Letter } from '../../shared/queue/mailboxes.ts'
import { createLetterReach } from '../../shared/reach/by-letter.ts'
import { createDirectReach } from '../../shared/reach/direct.ts'
import { availableOf } from '../../shared/resources/apiregistration/resource.ts'
import { apiServices, configMaps } from '../../shared/resources/resource.ts'
import { createAnswerTable } from '../fakes/answer-table.ts'
import { type Functions, gatewayEvent, lambdaContext, startFunctions } from './environment.ts'
import { registerToys, toys, toysService } from './toys.ts'

const log = createLogger({ write: () => undefined })

/** Functions, letters, an agent's part of them, and a server that believes whom the cluster tells it to believe. */
describe('an extension server on a node that is reached by letter', () => {
  let run: Functions
  let serving: KeyPair
  let server: Server
  let port = 0
  let watchers: ((event: string) => void)[] = []
  const stops: (() => void)[] = []

  const listen = async () => {
    const { data = {} } = await run.client.get(configMaps, 'kube-system', 'extension-apiserver-authentication')
    const names = JSON.parse(data['requestheader-allowed-names']!) as string[]
    const tls = { ca: data['requestheader-client-ca-file']!, cert: serving.certificate, key: serving.key }
    server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, async (message, response) => {
      const socket = message.socket as TLSSocket
      const isKnown = socket.authorized && names.includes(String(socket.getPeerCertificate().subject.CN))
      if (!isKnown) return void response.writeHead(401).end()
      response.writeHead(200, { 'content-type': 'application/json' })
      if (message.url?.includes('watch=')) {
        watchers.push((event) => response.write(event))
        response.flushHeaders()
        return
      }
      const body = (await buffer(message)).toString()
      response.end(JSON.stringify({ kind: 'Toy', method: message.method, body, user: message.headers['x-remote-user'] }))
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const die = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    watchers = []
  }

  beforeAll(async () => {
    const table = createAnswerTable()
    const pod = { status: { podIPs: [{ ip: '127.0.0.1' }] } } as never
    const source = { runtime: {} as never, pods: () => [pod] }
    const answerer = new Answerer({ source, sink: table.sink, caller: table.caller, clock, log })
    const direct = createDirectReach()
    const reach = createLetterReach({
      mailboxes: {
        deliver: async (letters: readonly Letter[]) => {
          for (const { body } of JSON.parse(JSON.stringify(letters)) as Letter[])
            if ('question' in body) answerer.take(body.question)
        },
      },
      ...{ answers: table.source, bodies: table.bodies, clock, direct },
      addressOf: async () => ({ host: '127.0.0.1', port, nodeName: 'i-1' }),
    })
    stops.push(
      () => answerer.stop(),
      () => table.caller.reach.close(),
      () => direct.close(),
    )
    run = await startFunctions({ reach })
    await run.resync('start')
    await run.settle()
    serving = await issue(await createAuthority('toys'), { name: 'toys', dnsNames: ['toys.default.svc'], usage: 'server' })
    await listen()
    await registerToys(run)
    await run.settle()
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    for (const stop of stops) stop()
    await run.stop()
  })

  const condition = async () => availableOf(await run.client.get(apiServices, '', toysService))

  /** As a function that streams is called; what it has said so far. */
  const watch = () => {
    const stream = new PassThrough()
    const runtime: StreamingRuntime = {
      streamifyResponse: (handler) => (event, context) => handler(event, stream, context),
      HttpResponseStream: { from: (out) => out as PassThrough },
    }
    let text = ''
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const handle = gatewayHandler(async () => run.cluster.handle, runtime)
    const over = (handle(gatewayEvent('GET', `${toys}?watch=true`), lambdaContext) as Promise<unknown>).then(
      () => 'ended',
      (error: unknown) => String(error),
    )
    return { text: () => text, over, leave: () => stream.destroy() }
  }
  const watched = () => expect.poll(() => watchers.length).toBeGreaterThan(0)

  it('is available, and knows who asks and what', async () => {
    expect(await condition()).toMatchObject({ status: 'True', reason: 'Passed' })
    expect(await run.call('POST', toys, { kind: 'Toy' })).toEqual({
      status: 200,
      body: { kind: 'Toy', method: 'POST', body: '{"kind":"Toy"}', user: 'admin' },
    })
  })

  it('is watched as it goes, breaks off when it dies, and is there again when it is back', async () => {
    const first = watch()
    await watched()
    watchers[0]!('{"type":"ADDED"}\n')
    await expect.poll(first.text).toBe('{"type":"ADDED"}\n')
    await die()
    // A watch that ended without an error would look whole.
    expect(await first.over).toContain('unexpected EOF')

    expect(await run.call('GET', toys)).toMatchObject({ status: 503 })
    await run.settle()
    expect(await condition()).toMatchObject({ status: 'False', reason: 'FailedDiscoveryCheck' })
    await listen()
    await run.settle(30_000)
    expect(await condition()).toMatchObject({ status: 'True' })

    const second = watch()
    await watched()
    watchers[0]!('{"type":"MODIFIED"}\n')
    await expect.poll(second.text).toBe('{"type":"MODIFIED"}\n')
    second.leave()
    expect(await second.over).toBe('ended')
  })
})
