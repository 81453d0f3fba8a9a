import { expect, it } from 'vitest'
import { endOnOtherRange } from '../../../agent/instance/own-range.ts'
import { KnownObjects } from '../../../shared/client/known-objects.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Node } from '../../../shared/resources/resource.ts'

const node = (name: string, podCIDR?: string) => ({ metadata: { name }, spec: { podCIDR } }) as Node

it("ends the agent of a node that got another range, and minds neither its end nor others' ranges", () => {
  const nodes = new KnownObjects<Node>(createLogger({ write: () => undefined }))
  const ends: unknown[] = []
  const stop = endOnOtherRange({ nodes, nodeName: 'i-1', podCIDR: '10.244.1.0/24', end: (error) => ends.push(String(error)) })
  nodes.set(node('i-1', '10.244.1.0/24'))
  nodes.set(node('i-2', '10.244.2.0/24'))
  nodes.remove('', 'i-1')
  nodes.set(node('i-1'))
  expect(ends).toEqual([])
  nodes.set(node('i-1', '10.244.3.0/24'))
  expect(ends).toEqual(['Error: node i-1 has the range 10.244.3.0/24 now instead of 10.244.1.0/24: its agent has to begin anew'])
  stop()
  nodes.set(node('i-1', '10.244.4.0/24'))
  expect(ends).toHaveLength(1)
})
