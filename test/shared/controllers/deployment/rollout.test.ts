import { describe, expect, it } from 'vitest'
import { maxSurge, maxUnavailable } from '../../../../shared/controllers/deployment/fenceposts.ts'
import { buildReplicaSet, splitReplicaSets } from '../../../../shared/controllers/deployment/new-replica-set.ts'
import { lowestRevisionFirst } from '../../../../shared/controllers/deployment/order.ts'
import { isScalingEvent, proportionalSteps } from '../../../../shared/controllers/deployment/proportional.ts'
import { prunable } from '../../../../shared/controllers/deployment/prune.ts'
import {
  newReplicaSetAnnotations,
  nextRevision,
  replicasAnnotations,
} from '../../../../shared/controllers/deployment/revision.ts'
import { rollingSteps } from '../../../../shared/controllers/deployment/rolling.ts'
import { progressCheckMs, rolloutStatus } from '../../../../shared/controllers/deployment/status.ts'
import type { Deployment, ReplicaSet } from '../../../../shared/resources/resource.ts'

const template = (image: string) => ({ metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image }] } })

const aDeployment = (replicas: number, spec: Partial<Deployment['spec']> = {}, rest: Partial<Deployment> = {}): Deployment => ({
  metadata: { name: 'web', namespace: 'default', uid: 'u', generation: 1 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'a' } },
    template: template('image:2'),
    progressDeadlineSeconds: 600,
    ...spec,
  },
  ...rest,
})
const rolling = (surge: number | string, unavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
})
const aSet = (
  name: string,
  replicas: number,
  available = replicas,
  more: { annotations?: Record<string, string>; image?: string; created?: string } = {},
): ReplicaSet => ({
  metadata: {
    name,
    namespace: 'default',
    uid: name,
    creationTimestamp: more.created ?? `2026-01-01T00:00:0${name.length}Z`,
    generation: 1,
    ...(more.annotations ? { annotations: more.annotations } : {}),
  },
  spec: { replicas, selector: {}, template: template(more.image ?? 'image:1') },
  status: { replicas, availableReplicas: available, readyReplicas: available, observedGeneration: 1, terminatingReplicas: 0 },
})
const sizes = (scalings: { replicaSet: ReplicaSet; replicas: number }[]) =>
  Object.fromEntries(scalings.map(({ replicaSet, replicas }) => [replicaSet.metadata.name, replicas]))

describe('fence posts', () => {
  it.each([
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [3, 0, 1, 0, 1],
    [3, 0, '10%', 0, 1],
    [4, 2, 10, 2, 4],
  ])('of %i replicas with surge %s and unavailable %s', (replicas, surge, unavailable, expectedSurge, expectedUnavailable) => {
    const deployment = aDeployment(replicas, rolling(surge, unavailable))
    expect([maxSurge(deployment), maxUnavailable(deployment)]).toEqual([expectedSurge, expectedUnavailable])
  })

  it('do not exist for Recreate', () => {
    const deployment = aDeployment(5, { strategy: { type: 'Recreate' } })
    expect([maxSurge(deployment), maxUnavailable(deployment)]).toEqual([0, 0])
  })
})

describe('the next step of a rolling update', () => {
  const cases: { what: string; deployment: Deployment; current: ReplicaSet; old: ReplicaSet[]; steps: Record<string, number> }[] =
    [
      {
        what: 'grows the new one into the surge',
        deployment: aDeployment(3, rolling(1, 0)),
        current: aSet('new', 0),
        old: [aSet('o', 3)],
        steps: { new: 1 },
      },
      {
        what: 'waits for the new one to be available',
        deployment: aDeployment(3, rolling(1, 0)),
        current: aSet('new', 1, 0),
        old: [aSet('o', 3)],
        steps: {},
      },
      {
        what: 'shrinks the old one by what became available',
        deployment: aDeployment(3, rolling(1, 0)),
        current: aSet('new', 1),
        old: [aSet('o', 3)],
        steps: { o: 2 },
      },
      {
        what: 'takes broken old pods first',
        deployment: aDeployment(10, rolling(3, 2)),
        current: aSet('new', 5, 5),
        old: [aSet('o', 8, 3)],
        steps: { o: 3 },
      },
      {
        what: 'never goes below what must be available',
        deployment: aDeployment(10, rolling(3, 2)),
        current: aSet('new', 5, 0),
        old: [aSet('o', 8, 8)],
        steps: {},
      },
      {
        what: 'shrinks the new one when less is wanted',
        deployment: aDeployment(2, rolling(1, 0)),
        current: aSet('new', 5),
        old: [],
        steps: { new: 2 },
      },
      {
        what: 'takes from the oldest of several',
        deployment: aDeployment(4, rolling(0, 2)),
        current: aSet('new', 2),
        old: [aSet('o', 1), aSet('oo', 1)],
        steps: { o: 0, oo: 0 },
      },
      {
        what: 'is nothing when all is done',
        deployment: aDeployment(3, rolling(1, 0)),
        current: aSet('new', 3),
        old: [aSet('o', 0)],
        steps: {},
      },
    ]
  it.each(cases)('$what', ({ deployment, current, old, steps }) => {
    expect(sizes(rollingSteps(deployment, current, old))).toEqual(steps)
  })
})

describe('scaling in the middle of a rollout', () => {
  const annotated = (name: string, replicas: number, desired: number, max: number) =>
    aSet(name, replicas, replicas, {
      annotations: {
        'deployment.kubernetes.io/desired-replicas': `${desired}`,
        'deployment.kubernetes.io/max-replicas': `${max}`,
      },
    })

  it('is seen by what the sets were scaled for', () => {
    const deployment = aDeployment(20, rolling(2, 0))
    expect(isScalingEvent(deployment, [annotated('new', 5, 10, 12)])).toBe(true)
    expect(isScalingEvent(deployment, [annotated('new', 5, 20, 22), annotated('o', 0, 10, 12)])).toBe(false)
  })

  it('gives each set its share, and what rounding leaves to the largest', () => {
    const steps = proportionalSteps(aDeployment(20, rolling(2, 0)), annotated('new', 5, 10, 12), [annotated('o', 7, 10, 12)])
    expect(sizes(steps)).toEqual({ o: 13, new: 9 })
  })

  it('takes from each its share', () => {
    const steps = proportionalSteps(aDeployment(5, rolling(2, 0)), annotated('new', 5, 10, 12), [annotated('o', 7, 10, 12)])
    expect(sizes(steps)).toEqual({ o: 4, new: 3 })
  })

  it('goes to the only active set, old as it may be', () => {
    expect(sizes(proportionalSteps(aDeployment(7, rolling(1, 0)), aSet('new', 0), [annotated('o', 3, 3, 4)]))).toEqual({ o: 7 })
  })

  it('lets old sets go once the new one has all', () => {
    expect(sizes(proportionalSteps(aDeployment(3, rolling(1, 0)), annotated('new', 3, 3, 4), [aSet('o', 1)]))).toEqual({ o: 0 })
  })
})

describe('the ReplicaSet of a template', () => {
  it('is found whatever the order of fields and the hash label', () => {
    const deployment = aDeployment(1)
    const made = buildReplicaSet(deployment, [], 1n)
    expect(made.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/)
    const shuffled = {
      ...made,
      metadata: { ...made.metadata, uid: 'made' },
      spec: {
        ...made.spec,
        template: { spec: { containers: [{ image: 'image:2', name: 'c' }] }, metadata: made.spec.template?.metadata },
      },
    }
    const { current, old } = splitReplicaSets(deployment, [aSet('o', 1), shuffled])
    expect([current?.metadata.uid, old.map(({ metadata }) => metadata.name)]).toEqual(['made', ['o']])
  })

  it('gets another name after a collision', () => {
    const name = (collisionCount?: number) =>
      buildReplicaSet(aDeployment(1, {}, collisionCount === undefined ? {} : { status: { collisionCount } }), [], 1n).metadata
        .name
    expect(new Set([name(), name(1), name(2)]).size).toBe(3)
  })

  it('carries the revision, the earlier ones after a rollback, and the annotations of the Deployment but its own', () => {
    const metadata = {
      name: 'web',
      annotations: {
        team: 'a',
        'deployment.kubernetes.io/revision': '9',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
    }
    const annotations = newReplicaSetAnnotations(
      { ...aDeployment(1), metadata },
      { 'deployment.kubernetes.io/revision': '2', 'deployment.kubernetes.io/revision-history': '1' },
      5n,
    )
    expect(annotations).toEqual({
      team: 'a',
      'deployment.kubernetes.io/revision': '5',
      'deployment.kubernetes.io/revision-history': '1,2',
    })
    expect(replicasAnnotations(aDeployment(4, rolling(1, 0)))).toEqual({
      'deployment.kubernetes.io/desired-replicas': '4',
      'deployment.kubernetes.io/max-replicas': '5',
    })
  })
})

it('keeps as many old sets as the history limit says, the lowest revisions go', () => {
  const revised = (name: string, revision: number, replicas = 0) =>
    aSet(name, replicas, replicas, { annotations: { 'deployment.kubernetes.io/revision': `${revision}` } })
  const old = [revised('three', 3), revised('one', 1), revised('two', 2, 1), revised('four', 4)]
  expect(prunable(aDeployment(1, { revisionHistoryLimit: 2 }), old).map(({ metadata }) => metadata.name)).toEqual(['one'])
  expect(prunable(aDeployment(1, { revisionHistoryLimit: 0 }), old)).toHaveLength(3)
})

describe('the status of a rollout', () => {
  const nowMs = Date.parse('2026-01-01T01:00:00Z')
  const reasons = (status: Deployment['status']) =>
    Object.fromEntries((status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]))
  const progressing = (reason: string, lastUpdateTime: string) => [
    { type: 'Progressing', status: 'True', reason, lastUpdateTime, lastTransitionTime: lastUpdateTime },
  ]

  it('says done, with the name of the set', () => {
    const status = rolloutStatus({ deployment: aDeployment(2), current: aSet('new', 2), old: [aSet('o', 0)], nowMs })
    expect(reasons(status)).toEqual({ Available: 'True MinimumReplicasAvailable', Progressing: 'True NewReplicaSetAvailable' })
    expect(status.conditions?.find(({ type }) => type === 'Progressing')?.message).toBe(
      'ReplicaSet "new" has successfully progressed.',
    )
    expect(status).toMatchObject({
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
      unavailableReplicas: 0,
      terminatingReplicas: 0,
    })
  })

  it('says that it moves, and when it moved last', () => {
    const before = {
      updatedReplicas: 1,
      replicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: progressing('ReplicaSetUpdated', '2026-01-01T00:59:00Z'),
    }
    const status = rolloutStatus({
      deployment: aDeployment(3, {}, { status: before }),
      current: aSet('new', 2, 1),
      old: [aSet('o', 2)],
      nowMs,
    })
    expect(status.conditions?.find(({ type }) => type === 'Progressing')).toMatchObject({
      reason: 'ReplicaSetUpdated',
      lastUpdateTime: '2026-01-01T01:00:00Z',
      lastTransitionTime: '2026-01-01T00:59:00Z',
    })
  })

  it('says that it is stuck after the deadline, and when to look until then', () => {
    const stuck = (lastUpdateTime: string) => ({
      updatedReplicas: 1,
      replicas: 4,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: progressing('ReplicaSetUpdated', lastUpdateTime),
    })
    const at = (lastUpdateTime: string) =>
      rolloutStatus({
        deployment: aDeployment(3, {}, { status: stuck(lastUpdateTime) }),
        current: aSet('new', 1, 0),
        old: [aSet('o', 3)],
        nowMs,
      })
    expect(reasons(at('2026-01-01T00:49:59Z'))).toMatchObject({ Progressing: 'False ProgressDeadlineExceeded' })
    expect(reasons(at('2026-01-01T00:55:00Z'))).toMatchObject({ Progressing: 'True ReplicaSetUpdated' })
    expect(progressCheckMs(aDeployment(3), at('2026-01-01T00:55:00Z'), nowMs)).toBe(301_000)
  })

  it('tells when too few are available and passes failures on', () => {
    const broken = {
      ...aSet('new', 3, 0),
      status: { replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }] },
    }
    expect(reasons(rolloutStatus({ deployment: aDeployment(3), current: broken, old: [], nowMs }))).toMatchObject({
      Available: 'False MinimumReplicasUnavailable',
      ReplicaFailure: 'True FailedCreate',
    })
  })

  it('makes no judgement without a deadline', () => {
    const deployment = aDeployment(
      1,
      { progressDeadlineSeconds: 2 ** 31 - 1 },
      { status: { conditions: progressing('ReplicaSetUpdated', '2020-01-01T00:00:00Z') } },
    )
    expect(reasons(rolloutStatus({ deployment, current: aSet('new', 1, 0), old: [], nowMs }))).toEqual({
      Available: 'False MinimumReplicasUnavailable',
    })
  })
})

describe('the next revision', () => {
  const withRevision = (revision: string) => aSet('old', 0, 0, { annotations: { 'deployment.kubernetes.io/revision': revision } })
  it.each([
    [['1', '3', '2'], '4'],
    [['3546343826724305832'], '3546343826724305833'],
    [['9007199254740993', '9007199254740992'], '9007199254740994'],
    [['+7', '-9', 'x', '', '9223372036854775808'], '8'],
    [[], '1'],
  ])('after %j is %s', (revisions, next) => {
    expect(nextRevision(revisions.map(withRevision)).toString()).toBe(next)
    expect(newReplicaSetAnnotations(aDeployment(1), {}, nextRevision(revisions.map(withRevision)))).toMatchObject({
      'deployment.kubernetes.io/revision': next,
    })
  })

  it('orders the old ones, however close they are', () => {
    const sets = ['9007199254740993', '9007199254740992'].map(withRevision)
    expect(sets.toSorted(lowestRevisionFirst)).toEqual([sets[1], sets[0]])
  })
})
