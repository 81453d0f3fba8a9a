import { describe, expect, it } from 'vitest'
import { backOffLeftMs, noFailures, recordAfter } from '../../../../shared/controllers/job/back-off.ts'
import { judgeFailure } from '../../../../shared/controllers/job/failure-policy.ts'
import { finishTimeMs } from '../../../../shared/controllers/job/finish-time.ts'
import {
  hasIndex,
  indexesOutside,
  indexSetOf,
  indexSetText,
  overlapSize,
  parseIndexSet,
  union,
} from '../../../../shared/controllers/job/index-set.ts'
import { podOf } from '../../../../shared/controllers/job/job-pod.ts'
import { plan } from '../../../../shared/controllers/job/plan.ts'
import { viewPods } from '../../../../shared/controllers/job/pod-view.ts'
import { metSuccessRule } from '../../../../shared/controllers/job/success-policy.ts'
import { trackingFinalizer } from '../../../../shared/controllers/job/tracking.ts'
import type { JobSpec, PodStatus } from '../../../../shared/resources/generated/types.ts'
import type { Job, Pod } from '../../../../shared/resources/resource.ts'
import { seededRandom } from '../../../contract/random.ts'

const nowMs = Date.parse('2026-01-01T01:00:00Z')
const at = (secondsAgo: number) => new Date(nowMs - secondsAgo * 1000).toISOString()

const aJob = (spec: Partial<JobSpec> = {}, status: Job['status'] = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'n', uid: 'job' },
  spec: {
    template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    ...spec,
  },
  status,
})
let made = 0
const aPod = (status: PodStatus = {}, metadata: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n', uid: `pod ${made++}`, finalizers: [trackingFinalizer], ...metadata },
  spec: { containers: [{ name: 'c', image: 'i' }] },
  status,
})
const exited = (exitCode: number, secondsAgo = 0, name = 'c'): PodStatus => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [
    {
      name,
      image: 'i',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt: at(secondsAgo) } },
    },
  ],
})
const index = (value: number | string) => ({ annotations: { 'batch.kubernetes.io/job-completion-index': String(value) } })

describe('indexes', () => {
  it.each([
    ['', 10, ''],
    ['1,3-5,7', 10, '1,3-5,7'],
    ['0,1,2', 10, '0-2'],
    ['3-9', 5, '3,4'],
    ['1,x,3', 10, '1,3'],
    ['7', 5, ''],
  ])('of "%s" below %i are "%s"', (text, completions, expected) => {
    expect(indexSetText(parseIndexSet(text, completions))).toBe(expected)
  })

  it('are sets, whatever is in them', () => {
    const random = seededRandom(Number(process.env.SEED ?? 11))
    for (let round = 0; round < 300; round++) {
      const some = () => Array.from({ length: random.below(12) }, () => random.below(25))
      const [a, b] = [some(), some()]
      const [setA, setB] = [indexSetOf(a), indexSetOf(b)]
      const both = new Set([...a, ...b])
      expect(union(setA, setB)).toEqual(indexSetOf(both))
      expect(parseIndexSet(indexSetText(setA), 25)).toEqual(setA)
      expect(overlapSize(setA, setB)).toBe([...new Set(a)].filter((one) => b.includes(one)).length)
      for (let one = 0; one < 25; one++) expect(hasIndex(setA, one)).toBe(a.includes(one))
      const outside = Array.from({ length: 25 }, (_, one) => one).filter((one) => !both.has(one))
      expect(indexesOutside(union(setA, setB), 7, 25)).toEqual(outside.slice(0, 7))
    }
  })

  it('of a million take no longer than those that are taken', () => {
    expect(indexesOutside([{ first: 0, last: 999_989 }], 500, 1_000_000)).toHaveLength(10)
  })
})

describe('the back-off', () => {
  it.each([
    [0, 0, 0],
    [1, 4, 6],
    [2, 4, 16],
    [3, 100, 0],
    [7, 0, 600],
    [5000, 0, 600],
  ])('after %i failures, the last %i s ago, is %i s', (failures, ago, left) => {
    expect(backOffLeftMs({ failures, lastMs: nowMs - ago * 1000 }, nowMs)).toBe(left * 1000)
  })

  it('counts failures since the last success', () => {
    const [old, late, later] = [aPod(exited(1, 90)), aPod(exited(1, 30)), aPod(exited(1, 20))]
    expect(recordAfter(noFailures, [aPod(exited(0, 60))], [old, late, later])).toEqual({ failures: 2, lastMs: nowMs - 20_000 })
    expect(recordAfter({ failures: 3, lastMs: 0 }, [], [late])).toEqual({ failures: 4, lastMs: nowMs - 30_000 })
    expect(recordAfter({ failures: 3, lastMs: 0 }, [aPod(exited(0, 5))], [])).toEqual(noFailures)
  })

  it.each<[string, Pod, number]>([
    ['its last container ended', aPod(exited(1, 7)), 7],
    ['it was no longer ready', aPod({ conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at(9) }] }), 9],
    ['it was deleted, without its grace', aPod({}, { deletionTimestamp: at(1), deletionGracePeriodSeconds: 30 }), 31],
    ['it was made, where nothing else is known', aPod({}, { creationTimestamp: at(50) }), 50],
  ])('a pod ended when %s', (_what, pod, ago) => {
    expect(finishTimeMs(pod)).toBe(nowMs - ago * 1000)
  })
})

describe('a policy for failures', () => {
  const codes = (operator: string, values: number[], more = {}) => ({ onExitCodes: { operator, values, ...more } })
  const condition = { onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }
  const disrupted = aPod({ phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] })
  it.each<[string, object, Pod, boolean]>([
    ['that names its exit code', codes('In', [1, 2]), aPod(exited(2)), true],
    ['that names others', codes('In', [1]), aPod(exited(2)), false],
    ['that leaves it out', codes('NotIn', [1]), aPod(exited(2)), true],
    ['for all but one, with zero', codes('NotIn', [1]), aPod(exited(0)), false],
    ['of another container', codes('In', [2], { containerName: 'other' }), aPod(exited(2)), false],
    ['for a condition that it has', condition, disrupted, true],
    ['for a condition that it has not', condition, aPod(exited(1)), false],
  ])('finds a pod by a rule %s: %#', (_what, rule, pod, matches) => {
    const job = aJob({ podFailurePolicy: { rules: [{ action: 'Count', ...rule }] } })
    expect(judgeFailure(job, pod)).toEqual({ action: matches ? 'Count' : undefined, counts: true })
  })

  it('counts nothing that it ignores, and fails the Job with words', () => {
    const rules = [
      { action: 'Ignore', ...condition },
      { action: 'FailJob', ...codes('In', [42]) },
    ]
    const job = aJob({ podFailurePolicy: { rules } })
    expect(judgeFailure(job, disrupted)).toEqual({ action: 'Ignore', counts: false })
    expect(judgeFailure(job, aPod(exited(42))).failsJob).toBe(
      'Container c for pod n/p failed with exit code 42 matching FailJob rule at index 1',
    )
  })
})

it.each([
  [{ succeededIndexes: '1-2' }, '0-2', true],
  [{ succeededIndexes: '1-2' }, '1', false],
  [{ succeededIndexes: '1-5', succeededCount: 2 }, '2,4', true],
  [{ succeededCount: 3 }, '0,2,9', true],
  [{ succeededCount: 3 }, '0,2', false],
  [{ succeededIndexes: '50' }, '0,2', false],
])('the rule %j is met by %s: %s', (rule, succeeded, isMet) => {
  const { spec } = aJob({ completions: 10, successPolicy: { rules: [rule] } })
  expect(metSuccessRule(spec, parseIndexSet(succeeded, 10))).toBe(isMet ? 'Matched rules at index 0' : undefined)
})

describe('what is planned', () => {
  const planned = (job: Job, pods: Pod[], record = noFailures) => plan(job, viewPods(job, pods), { record, nowMs })
  const running = (metadata = {}) => aPod({ phase: 'Running' }, metadata)
  const indexed = (spec: Partial<JobSpec> = {}) => aJob({ completions: 3, parallelism: 3, completionMode: 'Indexed', ...spec })

  it('is as many pods as are missing and may run', () => {
    const job = aJob({ completions: 5, parallelism: 3 }, { succeeded: 3 })
    expect(planned(job, [running()])).toEqual({ do: 'create', pods: [undefined] })
    expect(planned(job, [running(), running()])).toEqual({ do: 'nothing' })
  })

  it('is at most 500 at once, of a million too', () => {
    const decided = planned(aJob({ completions: 1_000_000, parallelism: 100_000 }), [])
    expect(decided.do === 'create' && decided.pods.length).toBe(500)
  })

  it('is a wait while the back-off lasts', () => {
    expect(planned(aJob(), [], { failures: 1, lastMs: nowMs - 4000 })).toEqual({ do: 'wait', forMs: 6000 })
  })

  it('is to remove what has no index of its own', () => {
    const [first, again, beyond, none] = [running(index(0)), running(index(0)), running(index(7)), running()]
    const decided = planned(indexed(), [first!, again!, beyond!, none!])
    expect(decided.do).toBe('remove')
    expect(decided.do === 'remove' && decided.pods).toHaveLength(3)
    expect(decided.do === 'remove' && decided.pods).toEqual(expect.arrayContaining([beyond, none]))
  })

  it('is the next pod of an index, which knows how often it has failed', () => {
    const failed = aPod(exited(1, 60), {
      annotations: { ...index(1).annotations, 'batch.kubernetes.io/job-index-failure-count': '1' },
    })
    const job = indexed({ backoffLimitPerIndex: 5 })
    expect(planned(job, [running(index(0)), failed, running(index(2))])).toEqual({
      do: 'create',
      pods: [{ index: 1, failures: { counted: 2, ignored: 0 } }],
      laterMs: undefined,
    })
    expect(planned(job, [running(index(0)), aPod(exited(1, 4), index(1)), running(index(2))])).toEqual({
      do: 'wait',
      forMs: 6000,
    })
  })

  it('is nothing where a pod on its way out is not replaced yet', () => {
    const leaving = aPod({ phase: 'Running' }, { deletionTimestamp: at(1) })
    expect(planned(aJob({ podReplacementPolicy: 'Failed' }), [leaving])).toEqual({ do: 'nothing' })
    expect(planned(aJob({ podReplacementPolicy: 'TerminatingOrFailed' }), [leaving])).toEqual({ do: 'create', pods: [undefined] })
  })
})

it('the pod of an index of a Job with a long name has a name that fits', () => {
  const name = 'x'.repeat(63)
  const pod = podOf({ ...aJob(), metadata: { name, namespace: 'n' } }, { index: 12, failures: undefined })
  expect(pod.metadata.generateName).toBe(`${'x'.repeat(54)}-12-`)
})
