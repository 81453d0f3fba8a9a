import { expect, it } from 'vitest'
import { createEndpointDepartures } from '../../../agent/network/endpoint-departures.ts'
import { KnownObjects } from '../../../shared/client/known-objects.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Pod, Service } from '../../../shared/resources/resource.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const pod = { metadata: { namespace: 'a', name: 'web', uid: 'u1' } } as Pod
const slice = (ready: boolean, more: { namespace?: string; uid?: string } = {}) =>
  ({
    addressType: 'IPv4',
    metadata: { namespace: more.namespace ?? 'a', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.244.0.5'], targetRef: { uid: more.uid ?? 'u1' }, conditions: { ready, terminating: !ready } }],
  }) as EndpointSlice

const open = (initial: readonly EndpointSlice[], spec: Partial<Service['spec']> = {}) => {
  const slices = new KnownObjects<EndpointSlice>(createLogger({ write: () => undefined }))
  for (const each of initial) slices.set(each)
  const clock = new ManualClock()
  const departures = createEndpointDepartures({
    services: { get: () => ({ metadata: { name: 'web' }, spec }) as Service },
    endpointSlices: slices,
    othersLaterMs: 1000,
    clock,
  })
  const hurry = new AbortController()
  let left = false
  const leaving = departures.left(pod, hurry.signal).then(() => {
    left = true
  })
  return { slices, clock, hurry, leaving, left: () => left }
}

it('waits until no Service sends to the pod, and then for the other nodes', async () => {
  const { slices, clock, leaving, left } = open([slice(true)])
  slices.set(slice(true, { namespace: 'b' }))
  slices.set(slice(false))
  await Promise.resolve()
  clock.advance(999)
  await Promise.resolve()
  expect(left()).toBe(false)
  clock.advance(1)
  await leaving
})

it('takes a slice that is gone for one that sends nothing', async () => {
  const { slices, clock, leaving } = open([slice(true)])
  slices.remove('a', 'web-1')
  await Promise.resolve()
  clock.advance(1000)
  await leaving
})

it.each([
  ['it was never ready', [slice(false)], {}],
  ['slices are of other pods', [slice(true, { uid: 'u2' }), slice(true, { namespace: 'b' })], {}],
  ['its Service sends to pods to their end', [slice(true)], { publishNotReadyAddresses: true }],
])('does not wait when %s', async (_what, slices, spec) => {
  await open(slices, spec).leaving
})

it('waits no longer when there is a hurry', async () => {
  const { hurry, leaving } = open([slice(true)])
  hurry.abort()
  await leaving
})
