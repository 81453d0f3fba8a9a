import { describe, expect, it } from 'vitest'
import { podForNode } from '../../../../shared/controllers/daemonset/daemon-pod.ts'
import { planNodes } from '../../../../shared/controllers/daemonset/manage.ts'
import { placementOf } from '../../../../shared/controllers/daemonset/placement.ts'
import { planRolling } from '../../../../shared/controllers/daemonset/rolling.ts'
import { daemonTolerations } from '../../../../shared/controllers/daemonset/tolerations.ts'
import type { DaemonSet, Node, Pod } from '../../../../shared/resources/resource.ts'

const nowMs = Date.parse('2026-01-01T00:01:00Z')
const created = '2026-01-01T00:00:58Z'

const setOf = (
  rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string },
  podSpec: object = {},
): DaemonSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default', uid: 'set' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...rollingUpdate } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'one' }], ...podSpec } },
    },
  }) as DaemonSet
const nodeOf = (name: string, taints: readonly string[] = [], labels = {}): Node =>
  ({
    metadata: { name, labels },
    spec: { taints: taints.map((each) => ({ key: each.split(':')[0]!, effect: each.split(':')[1]! })) },
  }) as unknown as Node

describe('where pods belong', () => {
  const affinity = (term: object) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
  })
  it.each<[string, object, Node, boolean, boolean]>([
    ['any node', {}, nodeOf('a'), true, true],
    ['the node that the template names', { nodeName: 'a' }, nodeOf('a'), true, true],
    ['not another than it names', { nodeName: 'a' }, nodeOf('b'), false, false],
    ['nodes with the labels', { nodeSelector: { disk: 'ssd' } }, nodeOf('a', [], { disk: 'ssd' }), true, true],
    ['not those without', { nodeSelector: { disk: 'ssd' } }, nodeOf('a'), false, false],
    [
      'those of the affinity',
      affinity({ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }),
      nodeOf('a', [], { disk: 'x' }),
      true,
      true,
    ],
    ['not those beside it', affinity({ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }), nodeOf('a'), false, false],
    ['none for an empty term', affinity({}), nodeOf('a'), false, false],
    ['tainted ones only to stay', {}, nodeOf('a', ['ill:NoSchedule']), false, true],
    ['not where they would be driven away', {}, nodeOf('a', ['ill:NoExecute']), false, false],
    ['where they only would better not', {}, nodeOf('a', ['ill:PreferNoSchedule']), true, true],
    ['where they tolerate it', { tolerations: [{ key: 'ill', operator: 'Exists' }] }, nodeOf('a', ['ill:NoExecute']), true, true],
    ['cordoned nodes', {}, nodeOf('a', ['node.kubernetes.io/unschedulable:NoSchedule']), true, true],
    [
      'nodes that are not ready',
      {},
      nodeOf('a', ['node.kubernetes.io/not-ready:NoExecute', 'node.kubernetes.io/unreachable:NoExecute']),
      true,
      true,
    ],
    [
      'not nodes that are not ready to take pods at all',
      {},
      nodeOf('a', ['node.kubernetes.io/not-ready:NoSchedule']),
      false,
      true,
    ],
    [
      'nodes under pressure',
      {},
      nodeOf(
        'a',
        ['disk', 'memory', 'pid'].map((each) => `node.kubernetes.io/${each}-pressure:NoSchedule`),
      ),
      true,
      true,
    ],
    ['not nodes without a network', {}, nodeOf('a', ['node.kubernetes.io/network-unavailable:NoSchedule']), false, true],
    [
      'but those that need none',
      { hostNetwork: true },
      nodeOf('a', ['node.kubernetes.io/network-unavailable:NoSchedule']),
      true,
      true,
    ],
  ])('%s', (_, spec, node, runs, stays) => expect(placementOf(setOf({}, spec))(node)).toEqual({ runs, stays }))

  it('tolerates a node that is gone for ever, whatever the template says', () => {
    const tolerations = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }]
    expect(daemonTolerations({ containers: [], tolerations })[0]).toEqual({
      key: 'node.kubernetes.io/not-ready',
      operator: 'Exists',
      effect: 'NoExecute',
    })
  })
})

/** `a: 1 2old; b:`: pods of nodes by their age; `old` of an older template, `!` not ready, `-` being deleted, `x` failed, `s` succeeded, `w` not bound, `@500` a back-off. */
const world = (set: DaemonSet, text: string) => {
  const parts = text.split(';').map((part) => part.trim())
  const nodes = parts
    .filter((part) => !part.startsWith('('))
    .map((part) => nodeOf(part.split(':')[0]!.replace('#', ''), part.includes('#') ? ['ill:NoExecute'] : []))
  const pods = parts.flatMap((part) => {
    const [node = '', words = ''] = part.replace(/[()#]/g, '').split(':')
    return words
      .split(' ')
      .filter(Boolean)
      .map((word): Pod => {
        const backOffMs = Number(/@(\d+)/.exec(word)?.[1] ?? 0)
        const pod = podForNode(set, { node, hash: word.includes('old') ? 'before' : 'now', backOffMs })
        const phase = word.includes('x') ? 'Failed' : word.includes('s') ? 'Succeeded' : 'Running'
        const ready = /[!xsw]/.test(word) ? 'False' : 'True'
        return {
          ...pod,
          metadata: {
            ...pod.metadata,
            name: `${node}${Number.parseInt(word, 10)}`,
            uid: `${node}${word}`,
            creationTimestamp: created.replace('58', String(57 + (Number.parseInt(word, 10) > 1 ? 1 : 0))),
            deletionTimestamp: word.includes('-') ? created : undefined,
          } as Pod['metadata'],
          spec: { ...pod.spec, nodeName: word.includes('w') ? undefined : node },
          status: { phase, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: created }] },
        }
      })
  })
  return { set, hash: 'now', nodes, pods, nowMs }
}

describe('every node', () => {
  const decide = (set: DaemonSet, text: string) => {
    const plan = planNodes(world(set, text))
    const made = plan.create.map(({ node, backOffMs }) => `+${node}${backOffMs ? `@${backOffMs}` : ''}`)
    return [
      ...made,
      ...plan.delete.map(({ metadata }) => `-${metadata.name}`),
      ...(plan.waitMs ? [`wait ${plan.waitMs}`] : []),
    ].join(' ')
  }
  it.each<[string, string, string]>([
    ['gets its pod', 'a:; b:1', '+a'],
    ['gets another only when the one that leaves is gone', 'a:1-', ''],
    ['has only the oldest of several', 'a:1 2 3', '-a2 -a3'],
    ['has the bound one rather than an older that waits', 'a:1w 2', '-a1'],
    ['has none where none belongs', 'a#:1', '-a1'],
    ['replaces what failed, and remembers it', 'a:1x', '+a@1000 -a1'],
    ['keeps what failed again for a while', 'a:1x@8000', 'wait 5000'],
    ['replaces it then, and keeps the next twice as long', 'a:1x@2000', '+a@4000 -a1'],
    ['forgets failures of an older template', 'a:1xold@60000', '+a@1000 -a1'],
    ['waits with the next until all others are gone', 'a:1x 2-', '-a1'],
    ['replaces what succeeded', 'a:1s', '+a -a1'],
    ['lets go of what failed beside one that runs', 'a:1x 2', '-a1'],
    ['that is gone takes what waits for it along', 'a:1; (z:1w)', '-z1'],
    ['that is gone leaves bound pods to the collector', 'a:1; (z:1)', ''],
  ])('%s', (_, text, plan) => expect(decide(setOf(), text)).toBe(plan))

  it.each<[string, string, string]>([
    ['may have an old and a new pod while the new one is not available', 'a:1old 2!', ''],
    ['has the new one when it is available', 'a:1old 2', '-a1'],
    ['has the new one when the old one is not ready any more', 'a:1old! 2!', '-a1'],
    ['has one of each at most', 'a:1old 2old 3!', '-a2'],
    ['gets a new one while the last one leaves', 'a:1-', '+a'],
    ['waits where they fail', 'a:1x@8000', 'wait 5000'],
  ])('that surges %s', (_, text, plan) => expect(decide(setOf({ maxSurge: 1, maxUnavailable: 0 }), text)).toBe(plan))
})

describe('a rolling update', () => {
  const roll = (limits: { maxSurge?: number | string; maxUnavailable?: number | string }, text: string) => {
    const plan = planRolling(world(setOf(limits), text))
    return [...plan.create.map((node) => `+${node}`), ...plan.delete.map(({ metadata }) => `-${metadata.name}`)].join(' ')
  }
  it.each<[string, number | string, string, string]>([
    ['takes one pod at a time', 1, 'a:1old; b:1old; c:1old', '-a1'],
    ['takes as many as may be missing', 2, 'a:1old; b:1old; c:1old', '-a1 -b1'],
    ['reads a share of the nodes, rounded up', '34%', 'a:1old; b:1old; c:1old', '-a1 -b1'],
    ['waits for the new one', 1, 'a:1!; b:1old; c:1old', ''],
    ['waits for a node that has none', 1, 'a:; b:1old', ''],
    ['waits for a node whose pod leaves', 1, 'a:1old-; b:1old', ''],
    ['takes all that do not work, whatever may be missing', 1, 'a:1old!; b:1old!; c:1old', '-a1 -b1'],
    ['does nothing when all is done', 1, 'a:1; b:1', ''],
    ['leaves a node with several to itself', 2, 'a:1old 2old; b:1old', '-b1'],
  ])('%s', (_, maxUnavailable, text, plan) => expect(roll({ maxUnavailable }, text)).toBe(plan))

  it.each<[string, number | string, string, string]>([
    ['makes one more pod at a time', 1, 'a:1old; b:1old', '+a'],
    ['waits until it is available', 1, 'a:1old 2!; b:1old', ''],
    ['takes the old one then, and makes the next', 1, 'a:1old 2; b:1old', '+b -a1'],
    ['makes new ones beside all that do not work', 1, 'a:1old!; b:1old!; c:1old', '+a +b +c'],
    ['keeps the pod of a node where none belongs until there are enough others', 1, 'a#:1old; b:1!', ''],
    ['takes it then', 1, 'a#:1old; b:1', '-a1'],
    ['takes it at once if it does not work', 1, 'a#:1old!; b:1', '-a1'],
  ])('that surges %s', (_, maxSurge, text, plan) => expect(roll({ maxSurge, maxUnavailable: 0 }, text)).toBe(plan))
})
