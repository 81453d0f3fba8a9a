import { describe, expect, it } from 'vitest'
import { parseReference } from '../../../agent/image/reference.ts'
import { BackOff } from '../../../agent/pod-worker/back-off.ts'
import { statusPatch } from '../../../agent/pod-worker/status-writer.ts'

describe('BackOff', () => {
  it('doubles from 10 s to 5 min and starts anew after 10 quiet minutes', () => {
    const backOff = new BackOff()
    const delays: number[] = []
    let now = 0
    for (let crash = 0; crash < 8; crash++) {
      now += backOff.remaining('a', now, now)
      backOff.next('a', now, now)
      delays.push(backOff.delayMs('a') / 1000)
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300, 300])
    now += 600_001
    expect(backOff.remaining('a', now, now)).toBe(0)
    backOff.next('a', now, now)
    expect(backOff.delayMs('a')).toBe(10_000)
  })

  it('counts from when the container ended', () => {
    const backOff = new BackOff()
    backOff.next('a', 0, 0)
    expect(backOff.remaining('a', 1000, 4000)).toBe(7000)
    expect(backOff.remaining('b', 1000, 4000)).toBe(0)
  })
})

describe('statusPatch', () => {
  const ready = (status: string) => ({ type: 'Ready', status })

  it('sends only what changed, and conditions one by one, taking off what they no longer say', () => {
    const other = { type: 'Other', status: 'True' }
    const unready = { ...ready('False'), reason: 'ContainersNotReady', message: 'x' }
    const before = { phase: 'Pending', conditions: [unready, other], hostIP: '1' }
    const after = { phase: 'Running', conditions: [ready('True'), other], hostIP: '1' }
    const conditions = [{ ...ready('True'), reason: null, message: null }]
    expect(statusPatch(before, after)).toEqual({ phase: 'Running', conditions })
    expect(statusPatch(after, structuredClone(after))).toBeUndefined()
  })

  it('replaces addresses and takes away what is no more', () => {
    const before = { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], message: 'x', nominatedNodeName: 'n' }
    const after = { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }] }
    expect(statusPatch(before, after)).toEqual({
      podIP: '10.0.0.2',
      podIPs: [{ $patch: 'replace' }, { ip: '10.0.0.2' }],
      message: null,
    })
  })
})

it.each([
  ['busybox', 'busybox:latest', 'docker.io'],
  ['library/busybox:1.36', 'library/busybox:1.36', 'docker.io'],
  ['localhost:5000/a/b', 'localhost:5000/a/b:latest', 'localhost:5000'],
  [`ghcr.io/a/b@sha256:${'a'.repeat(64)}`, `ghcr.io/a/b@sha256:${'a'.repeat(64)}`, 'ghcr.io'],
])('parseReference %s', (text, full, registry) => {
  expect(parseReference(text)).toEqual({ full, registry })
})

it.each([
  ['Bad', `couldn't parse image name "Bad": invalid reference format: repository name (library/Bad) must be lowercase`],
  ['a b', `couldn't parse image name "a b": invalid reference format`],
  ['a:b:c', `couldn't parse image name "a:b:c": invalid reference format`],
  ['', `couldn't parse image name "": invalid reference format`],
])('parseReference refuses %j', (text, message) => {
  expect(() => parseReference(text)).toThrow(message)
})
