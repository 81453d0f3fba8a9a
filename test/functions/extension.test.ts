import { X509Certificate } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Reach, ReachRequest } from '../../shared/reach/reach.ts'
import { availableOf } from '../../shared/resources/apiregistration/resource.ts'
import { apiServices, configMaps } from '../../shared/resources/resource.ts'
import { type Functions, startFunctions } from './environment.ts'
import { toysService as name, registerToys, toys } from './toys.ts'

let run: Functions
let asked: ReachRequest[]
/** undefined: nobody listens */
let status: number | undefined
const reach: Reach = {
  request: async (_target, request) => {
    asked.push(request)
    if (status === undefined) throw new Error('dial tcp 10.244.0.2:8443: connect: connection refused')
    return { status, headers: { 'content-type': 'application/json' }, body: Readable.from([Buffer.from('{"kind":"ToyList"}')]) }
  },
}
beforeEach(async () => {
  asked = []
  status = 200
  run = await startFunctions({ reach })
  await run.resync('start')
  await run.settle()
})
afterEach(() => run.stop())

const condition = async () => availableOf(await run.client.get(apiServices, '', name))
const until = async (reason: string) => {
  await run.settle()
  expect(await condition()).toMatchObject({ reason })
}
it('asks for whom it is, by a certificate whose authority extension servers can read', async () => {
  await registerToys(run)
  await until('Passed')
  expect(await run.call('GET', toys)).toEqual({ status: 200, body: { kind: 'ToyList' } })
  const { headers, tls } = asked.at(-1)!
  expect(headers).toMatchObject({ 'x-remote-user': 'admin', 'x-remote-group': ['system:masters', 'system:authenticated'] })
  const { data = {} } = await run.client.get(configMaps, 'kube-system', 'extension-apiserver-authentication')
  const authority = new X509Certificate(data['requestheader-client-ca-file']!)
  const certificate = new X509Certificate(tls.client!.certificate)
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect(JSON.parse(data['requestheader-allowed-names']!)).toEqual([certificate.subject.replace('CN=', '')])
  expect(data['client-ca-file']).not.toBe(data['requestheader-client-ca-file'])
})

it('asks nobody while nothing happens, and when nobody is there', async () => {
  expect(asked).toEqual([])
  await run.resync('another')
  const resynced = run.sqs.bodies(run.url.reconcile) as { controller: string }[]
  expect(resynced.length).toBeGreaterThan(10)
  expect(resynced.filter(({ controller }) => controller === 'apiservice-availability')).toEqual([])
  await registerToys(run)
  await until('Passed')
  const before = asked.length
  await run.settle(24 * 3_600_000)
  expect(asked).toHaveLength(before)
  expect(run.sqs.bodies(run.url.timers)).toEqual([])
})

it('looks again for a while at a server that does not answer, and then leaves it', async () => {
  status = undefined
  await registerToys(run)
  await until('FailedDiscoveryCheck')
  status = 200
  // The next look is a few seconds off.
  await run.settle(30_000)
  expect(await condition()).toMatchObject({ status: 'True', reason: 'Passed' })

  status = undefined
  expect(await run.call('GET', toys)).toMatchObject({ status: 503 })
  await until('FailedDiscoveryCheck')
  const before = asked.length
  await run.settle(7 * 24 * 3_600_000)
  expect(asked.length - before).toBeLessThan(30)
  expect(run.sqs.bodies(run.url.timers)).toEqual([])
  expect(run.sqs.bodies(run.url.deadLetter)).toEqual([])
})

it('has a server looked at when a call fails, and again when somebody asks for it, as often as on one machine at most', async () => {
  await registerToys(run)
  await until('Passed')
  status = undefined
  expect(await run.call('GET', toys)).toMatchObject({
    status: 503,
    body: { text: 'error trying to reach service: dial tcp 10.244.0.2:8443: connect: connection refused\n' },
  })
  await until('FailedDiscoveryCheck')
  // It has been down so long that nobody looks by himself any more.
  await run.settle(24 * 3_600_000)
  let before = asked.length
  for (let i = 0; i < 20; i++)
    expect(await run.call('GET', toys)).toEqual({ status: 503, body: { text: 'service unavailable\n' } })
  await run.settle(0)
  expect(asked.length - before).toBe(1)
  status = 200
  run.clock.leapTo(run.clock.now() + 30_000)
  before = asked.length
  expect(await run.call('GET', toys)).toMatchObject({ status: 503 })
  await until('Passed')
  run.clock.leapTo(run.clock.now() + 2001)
  expect(await run.call('GET', toys)).toMatchObject({ status: 200 })
})
