import { once } from 'node:events'
import { get } from 'node:https'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import type { ContainerRuntime } from '../../../agent/runtime/runtime.ts'
import { startKubeletServer } from '../../../agent/server/kubelet-server.ts'
import { createAuthority, issue } from '../../../shared/identity/certificates.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { freePort } from '../../fakes/free-port.ts'
import { type FuzzTarget, finish } from './fuzz-target.ts'

const request = (line: string, headers = '', body = '') =>
  Buffer.from(`${line} HTTP/1.1\r\nHost: node-1\r\n${headers}\r\n${body}`)
const upgrade = 'Connection: Upgrade\r\nUpgrade: '
const requests = [
  request('GET /healthz'),
  request('GET /pods'),
  request('GET /stats/summary?only=1'),
  request('GET /containerLogs/shop/web/main?tailLines=1&sinceTime=2026-01-01T00:00:00Z'),
  request('GET /containerLogs/shop/web/main?follow=true&limitBytes=9999999999999999999'),
  request('GET /%zz/__proto__/..//constructor'),
  request('POST /exec/shop/web/main', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
  request(
    'POST /exec/shop/web/main?command=a&output=1',
    `${upgrade}SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n`,
  ),
  request('GET /__proto__/shop/web', `${upgrade}websocket\r\n`),
  request('GET /portForward/shop/web?port=1', `${upgrade}websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99\r\n`),
]

/** The agent's own server, as whoever stole the API server's key would talk to it. */
export const kubelet = async (): Promise<FuzzTarget> => {
  const authority = await createAuthority('fuzz')
  const serving = await issue(authority, { name: 'node-1', dnsNames: ['node-1'], usage: 'server' })
  const client = await issue(authority, { name: 'system:apiserver', groups: ['system:masters'], usage: 'client' })
  const pod = {
    metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    spec: { containers: [{ name: 'main' }] },
  } as unknown as Pod
  const runtime = {
    pod: () => ({ containers: [{ id: 'c', name: 'main', state: 'running' }], sandboxes: [] }),
    logs: async () => Readable.from([Buffer.from('line\n')]),
    stats: async () => ({ cpuNanoseconds: 1, memoryBytes: 1, memoryWorkingSetBytes: 1 }),
    exec: async () => Promise.reject(new Error('no')),
  } as unknown as ContainerRuntime
  const port = await freePort()
  const server = await startKubeletServer({
    configuration: {
      ...{ nodeName: 'node-1', port, certificateAuthority: authority.certificate },
      ...{ servingCertificate: serving.certificate, servingKey: serving.key },
    },
    ...{ address: '127.0.0.1', runtime, pods: () => [pod], log: createLogger({ write: () => undefined }) },
  })
  const tls = {
    host: '127.0.0.1',
    port,
    servername: 'node-1',
    ca: authority.certificate,
    cert: client.certificate,
    key: client.key,
  }
  let session: Buffer | undefined
  const dial = async (): Promise<TLSSocket> => {
    const socket = connect({ ...tls, ...(session && { session }) })
    socket
      .on('error', () => undefined)
      .on('session', (each) => {
        session = each
      })
    socket.resume()
    await once(socket, 'secureConnect')
    return socket
  }
  return {
    feed: async (random, count) => {
      for (let left = count; left > 0; ) {
        const socket = await dial()
        for (let some = 20 + random.integer(30); some > 0 && left > 0; some--, left--) {
          const input = random.input(requests)
          socket.write(random.chance(10) ? input.subarray(0, random.integer(input.length + 1)) : input)
        }
        await finish(socket)
      }
    },
    alive: async () => {
      const [response] = await once(get({ ...tls, path: '/healthz', agent: false }), 'response', {
        signal: AbortSignal.timeout(5000),
      })
      if ((await text(response)) !== 'ok') throw new Error('the kubelet server does not answer')
    },
    close: () => server.stop(),
  }
}
