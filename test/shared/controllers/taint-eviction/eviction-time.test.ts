import { expect, it } from 'vitest'
import { evictionTimeMs } from '../../../../shared/controllers/taint-eviction/eviction-time.ts'
import type { Taint, Toleration } from '../../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../../shared/resources/resource.ts'
import { tolerates } from '../../../../shared/scheduler/toleration.ts'

const atMs = Date.UTC(2026, 0, 1)
const timeAdded = new Date(atMs).toISOString()
const taint = (key: string, effect = 'NoExecute'): Taint => ({ key, effect, timeAdded })
const forever = (key: string): Toleration => ({ key, operator: 'Exists' })
const seconds = (key: string, tolerationSeconds: number): Toleration => ({ key, operator: 'Exists', tolerationSeconds })

it.each<{ what: string; taints: Taint[]; tolerations?: Toleration[]; after: number | undefined }>([
  { what: 'no taint', taints: [], after: undefined },
  { what: 'a taint of another effect', taints: [taint('a', 'NoSchedule')], after: undefined },
  { what: 'no toleration', taints: [taint('a')], after: Number.NEGATIVE_INFINITY },
  { what: 'one for ever', taints: [taint('a')], tolerations: [forever('a')], after: undefined },
  { what: 'one for a time', taints: [taint('a')], tolerations: [seconds('a', 5)], after: 5 },
  { what: 'one for less than no time', taints: [taint('a')], tolerations: [seconds('a', -5)], after: 0 },
  { what: 'first one for ever', taints: [taint('a')], tolerations: [forever('a'), seconds('a', 5)], after: undefined },
  { what: 'first one for a time', taints: [taint('a')], tolerations: [seconds('a', 5), forever('a')], after: 5 },
  { what: 'first the longer', taints: [taint('a')], tolerations: [seconds('a', 9), seconds('a', 5)], after: 9 },
  { what: 'two taints', taints: [taint('a'), taint('b')], tolerations: [seconds('a', 9), seconds('b', 5)], after: 5 },
  { what: 'one taint of two', taints: [taint('a'), taint('b')], tolerations: [forever('a')], after: Number.NEGATIVE_INFINITY },
])('a pod that tolerates $what leaves $after seconds after the taint', ({ taints, tolerations, after }) => {
  const pod = { metadata: { name: 'p', creationTimestamp: '2025-01-01T00:00:00Z' }, spec: { tolerations } } as Pod
  const due = evictionTimeMs(pod, taints, tolerates)
  expect(due).toBe(after === undefined ? undefined : after === Number.NEGATIVE_INFINITY ? 0 : atMs + after * 1000)
})
