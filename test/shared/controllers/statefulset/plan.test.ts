import { describe, expect, it } from 'vitest'
import { newPod } from '../../../../shared/controllers/statefulset/identity.ts'
import { planStatefulSet } from '../../../../shared/controllers/statefulset/plan.ts'
import { statefulSetStatus } from '../../../../shared/controllers/statefulset/status.ts'
import type { OwnerReference } from '../../../../shared/meta/object-meta.ts'
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../../shared/resources/resource.ts'

const nowMs = Date.parse('2026-01-01T00:01:00Z')
const readySince = '2026-01-01T00:00:50Z'
const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'one' }] } }

const setOf = (
  spec: Partial<StatefulSet['spec']> = {},
  status: Partial<NonNullable<StatefulSet['status']>> = {},
): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default', uid: 'set', generation: 2 },
  spec: {
    replicas: 3,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    selector: { matchLabels: { app: 'db' } },
    template,
    ...spec,
  },
  status: { replicas: 0, ...status },
})

/** `0 1! 2old 3- 4x`: `!` not ready, `old` of the current revision, `-` being deleted, `x` failed, `?` pending, `%` without its label. */
const podsOf = (set: StatefulSet, text: string): Pod[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const ordinal = Number.parseInt(word, 10)
      const pod = newPod(set, { template, revision: word.includes('old') ? 'current' : 'update', ordinal })
      const phase = word.includes('x') ? 'Failed' : word.includes('?') ? 'Pending' : 'Running'
      const status = /[!?x]/.test(word) ? 'False' : 'True'
      const labels = word.includes('%') ? { app: 'db' } : pod.metadata.labels
      const deletionTimestamp = word.includes('-') ? readySince : undefined
      return {
        ...pod,
        metadata: { ...pod.metadata, labels, uid: `pod-${ordinal}`, deletionTimestamp } as Pod['metadata'],
        status: { phase, conditions: [{ type: 'Ready', status, lastTransitionTime: readySince }] },
      }
    })

const decide = (set: StatefulSet, text: string, claims: readonly PersistentVolumeClaim[] = []) => {
  const plan = planStatefulSet({
    set,
    current: { name: 'current', template },
    update: { name: 'update', template },
    pods: podsOf(set, text),
    claim: (name) => claims.find(({ metadata }) => metadata.name === name),
    nowMs,
  })
  const steps = plan.phases.flat().map(({ verb, pod }) => `${verb} ${pod.metadata.name}`)
  return [...steps, ...(plan.outdated ? [`outdated ${plan.outdated.metadata.name}`] : [])].join(', ')
}

describe('pods in order', () => {
  it.each<[string, Partial<StatefulSet['spec']>, string, string]>([
    ['begin with the first', {}, '', 'create db-0'],
    ['wait for one that is not ready', {}, '0!', ''],
    ['wait for one that is pending', {}, '0?', ''],
    ['wait for one that is ready not long enough', { minReadySeconds: 30 }, '0', ''],
    ['go on with one that is ready long enough', { minReadySeconds: 10 }, '0', 'create db-1'],
    ['wait for one that leaves', {}, '0- 1', ''],
    ['fill a gap first', {}, '0 2', 'create db-1'],
    ['replace what ended', {}, '0x 1 2', 'delete db-0'],
    ['wait for what ended to be gone', {}, '0x- 1 2', ''],
    ['begin with the start ordinal', { ordinals: { start: 5 } }, '', 'create db-5'],
    ['move with the start ordinal', { replicas: 2, ordinals: { start: 1 } }, '0 1', 'create db-2'],
    ['go from the last down', { replicas: 1 }, '0 1 2 3', 'delete db-3'],
    ['wait for the last to be gone', { replicas: 1 }, '0 1 2 3-', ''],
    ['do not go while one that stays is unhealthy', { replicas: 2 }, '0! 1 2 3', ''],
    ['do not go while one further down is unhealthy', { replicas: 1 }, '0 1 2! 3', 'delete db-3'],
    ['wait for an unhealthy last one behind another', { replicas: 1 }, '0 1! 2!', ''],
    ['go though the last is the only unhealthy one', { replicas: 1 }, '0 1 2!', 'delete db-2'],
    ['get their labels back', {}, '0% 1 2', 'update db-0, outdated db-0'],
    ['are updated from the last down', {}, '0old 1old 2old', 'outdated db-2'],
    ['are updated one by one', {}, '0old 1old 2!', ''],
    ['go on when the last is there again', {}, '0old 1old 2', 'outdated db-1'],
    ['replace an unready one of the old revision only in its turn', {}, '0old 1old! 2', ''],
    [
      'are updated down to the partition',
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      '0old 1old 2',
      '',
    ],
    ['are left alone on OnDelete', { updateStrategy: { type: 'OnDelete' } }, '0old 1old 2old', ''],
    ['are scaled before they are updated', { replicas: 2 }, '0old 1old 2old', 'delete db-2'],
  ])('%s', (_, spec, pods, steps) => expect(decide(setOf(spec), pods)).toBe(steps))

  it('are made of the revision that their place has', () => {
    const revisions = (spec: Partial<StatefulSet['spec']>, status = {}) => {
      const set = setOf({ podManagementPolicy: 'Parallel', ...spec }, status)
      const revision = (name: string) => ({ name, template })
      const plan = planStatefulSet({
        set,
        current: revision('current'),
        update: revision('update'),
        pods: [],
        claim: () => undefined,
        nowMs,
      })
      return plan.phases.flat().map(({ pod }) => pod.metadata.labels?.['controller-revision-hash'])
    }
    expect(revisions({})).toEqual(['update', 'update', 'update'])
    expect(revisions({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } })).toEqual([
      'current',
      'current',
      'update',
    ])
    expect(revisions({ updateStrategy: { type: 'RollingUpdate' } }, { currentReplicas: 1 })).toEqual([
      'current',
      'update',
      'update',
    ])
    expect(revisions({ updateStrategy: { type: 'OnDelete' } }, { currentReplicas: 1 })).toEqual(['update', 'update', 'update'])
  })
})

describe('pods all at once', () => {
  it.each<[string, Partial<StatefulSet['spec']>, string, string]>([
    ['are all made', {}, '', 'create db-0, create db-1, create db-2'],
    ['are made though one is unhealthy', {}, '0!', 'create db-1, create db-2'],
    ['all go', { replicas: 1 }, '0! 1 2- 3!', 'delete db-3, delete db-1'],
    ['are replaced where they ended', {}, '0x 1x- 2', 'delete db-0'],
    ['are still updated one by one', {}, '0old 1old 2old', 'outdated db-2'],
    ['wait for the one that is updated', {}, '0old 1old 2?', ''],
  ])('%s', (_, spec, pods, steps) => expect(decide(setOf({ podManagementPolicy: 'Parallel', ...spec }), pods)).toBe(steps))
})

describe('claims', () => {
  const claimTemplate = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }
  const retention = (whenDeleted: string, whenScaled: string) => ({
    volumeClaimTemplates: [claimTemplate] as never,
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
  })
  const claim = (ordinal: number, ownerReferences?: readonly OwnerReference[], deletionTimestamp?: string) =>
    ({
      metadata: { name: `data-db-${ordinal}`, namespace: 'default', ownerReferences, deletionTimestamp },
      spec: {},
    }) as PersistentVolumeClaim
  const reference = (kind: string, name: string, uid: string, controller = true): OwnerReference => ({
    apiVersion: kind === 'StatefulSet' ? 'apps/v1' : 'v1',
    kind,
    name,
    uid,
    controller,
    blockOwnerDeletion: true,
  })
  const bySet = reference('StatefulSet', 'db', 'set')
  const byPod = (ordinal: number) => reference('Pod', `db-${ordinal}`, `pod-${ordinal}`)
  const stranger = reference('Backup', 'b', 'other')

  it('are made before the pod, with the labels of the selector', () => {
    const set = setOf(retention('Retain', 'Retain'))
    const { phases } = planStatefulSet({
      set,
      current: { name: 'c', template },
      update: { name: 'u', template },
      pods: [],
      claim: () => undefined,
      nowMs,
    })
    const [step] = phases.flat()
    expect(step?.claims.missing).toMatchObject([
      { kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-0', namespace: 'default', labels: { app: 'db' } } },
    ])
    expect(step?.pod.spec.volumes).toEqual([{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }])
  })

  it('are made again for a pod that waits for them', () => {
    expect(decide(setOf(retention('Retain', 'Retain')), '0?')).toBe('claims db-0')
    expect(decide(setOf(retention('Retain', 'Retain')), '0? 1', [claim(0)])).toBe('')
  })

  /** which references claims of a pod that stays (0) and of one that goes (1) get; '': as they are */
  it.each<[string, string, readonly OwnerReference[], string, string]>([
    ['Retain', 'Retain', [], '', ''],
    ['Retain', 'Retain', [bySet], 'none', 'none'],
    ['Delete', 'Retain', [], 'StatefulSet', 'StatefulSet'],
    ['Delete', 'Retain', [bySet], '', ''],
    ['Delete', 'Retain', [{ ...bySet, controller: false }], 'StatefulSet', 'StatefulSet'],
    ['Retain', 'Delete', [], '', 'Pod'],
    ['Retain', 'Delete', [bySet], 'none', 'Pod'],
    ['Delete', 'Delete', [], 'StatefulSet', 'Pod'],
    ['Delete', 'Delete', [bySet], '', 'Pod'],
    ['Delete', 'Delete', [stranger], '', ''],
    ['Delete', 'Delete', [stranger, bySet], 'Backup', 'Backup'],
    ['Retain', 'Retain', [stranger], '', ''],
    ['Delete', 'Delete', [reference('StatefulSet', 'db', 'an earlier one')], '', ''],
  ])('whenDeleted %s, whenScaled %s', (whenDeleted, whenScaled, before, kept, condemned) => {
    const set = setOf({ replicas: 1, podManagementPolicy: 'Parallel', ...retention(whenDeleted, whenScaled) })
    const claims = [claim(0, before), claim(1, before)]
    const plan = planStatefulSet({
      set,
      current: { name: 'update', template },
      update: { name: 'update', template },
      pods: podsOf(set, '0 1'),
      claim: (name) => claims.find(({ metadata }) => metadata.name === name),
      nowMs,
    })
    const owners = plan.phases.flat().flatMap((step) => step.claims.owners)
    const of = (ordinal: number) => {
      const found = owners.find((each) => each.claim.metadata.name === `data-db-${ordinal}`)
      return found ? found.references.map(({ kind }) => kind).join() || 'none' : ''
    }
    expect([of(0), of(1)]).toEqual([kept, condemned])
  })

  it('of a pod that was scaled away hold its successor up until they are gone', () => {
    const stale = claim(0, [reference('Pod', 'db-0', 'an earlier one')])
    expect(decide(setOf(retention('Retain', 'Delete')), '', [stale])).toBe('')
    expect(decide(setOf(retention('Retain', 'Retain')), '', [stale])).toBe('create db-0')
    expect(decide(setOf(retention('Retain', 'Delete')), '', [claim(0, [byPod(0)])])).toBe('')
  })
})

describe('the status', () => {
  const count = (spec: Partial<StatefulSet['spec']>, text: string) => {
    const set = setOf(spec)
    const input = {
      set,
      pods: podsOf(set, text),
      currentRevision: 'current',
      updateRevision: 'update',
      collisionCount: 0,
      nowMs,
    }
    const { replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision } =
      statefulSetStatus(input)
    return [replicas, readyReplicas, availableReplicas, currentReplicas, updatedReplicas, currentRevision]
  }
  it.each<[string, Partial<StatefulSet['spec']>, string, unknown[]]>([
    ['counts by readiness and revision', {}, '0old 1old! 2', [3, 2, 2, 2, 1, 'current']],
    ['leaves out what leaves of the revisions', {}, '0old 1- 2', [3, 3, 3, 1, 1, 'current']],
    ['counts what is ready long enough as available', { minReadySeconds: 30 }, '0 1', [2, 2, 0, undefined, 2, 'current']],
    ['has the update as current when all are of it', {}, '0 1 2', [3, 3, 3, 3, 3, 'update']],
    ['has not while pods go by hand', { updateStrategy: { type: 'OnDelete' } }, '0 1 2', [3, 3, 3, undefined, 3, 'current']],
    ['leaves zeros out but for two', {}, '', [0, undefined, 0, undefined, undefined, 'current']],
  ])('%s', (_, spec, pods, counts) => expect(count(spec, pods)).toEqual(counts))

  it('never counts less than none, whatever revision it was that went', () => {
    const set = setOf()
    const pods = podsOf(set, '0 1old 2').map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'controller-revision-hash': 'a third' } },
    }))
    const input = { set, pods, currentRevision: 'current', updateRevision: 'update', collisionCount: 0, gone: pods[2], nowMs }
    expect(statefulSetStatus(input)).toMatchObject({ currentReplicas: undefined, updatedReplicas: undefined, replicas: 3 })
  })
})
