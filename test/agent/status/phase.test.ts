import { describe, expect, it } from 'vitest'
import { podConditions } from '../../../agent/status/conditions.ts'
import { podPhase } from '../../../agent/status/phase.ts'
import { qosClass } from '../../../agent/status/qos-class.ts'
import type { ContainerState, ContainerStatus, PodSpec, ResourceRequirements } from '../../../shared/resources/generated/types.ts'

const status = (name: string, state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  state,
  lastState: {},
  ready: false,
  restartCount: 0,
  image: '',
  imageID: '',
  ...more,
})
const running = { running: {} }
const waiting = { waiting: { reason: 'ContainerCreating' } }
const exited = (exitCode: number) => ({ terminated: { exitCode } })
const crashed = (name: string) => status(name, { waiting: { reason: 'CrashLoopBackOff' } }, { lastState: exited(1) })

describe('podPhase', () => {
  it.each([
    { why: 'nothing has started', policy: 'Always', statuses: [status('a', waiting)], phase: 'Pending' },
    { why: 'one of two has started', policy: 'Always', statuses: [status('a', running), status('b', waiting)], phase: 'Pending' },
    { why: 'all run', policy: 'Always', statuses: [status('a', running), status('b', running)], phase: 'Running' },
    { why: 'one runs and one backs off', policy: 'Always', statuses: [status('a', running), crashed('b')], phase: 'Running' },
    { why: 'all ended but will restart', policy: 'Always', statuses: [status('a', exited(0))], phase: 'Running' },
    { why: 'all ended well for good', policy: 'OnFailure', statuses: [status('a', exited(0))], phase: 'Succeeded' },
    { why: 'a failure is to be tried again', policy: 'OnFailure', statuses: [status('a', exited(1))], phase: 'Running' },
    { why: 'a failure is final', policy: 'Never', statuses: [status('a', exited(0)), status('b', exited(2))], phase: 'Failed' },
    { why: 'the pod has been ended', policy: 'Always', ended: true, statuses: [status('a', exited(137))], phase: 'Failed' },
  ])('is $phase when $why', ({ policy, statuses, ended = false, phase }) => {
    const spec: PodSpec = { restartPolicy: policy, containers: statuses.map(({ name }) => ({ name })) }
    expect(podPhase({ spec, statuses, ended })).toBe(phase)
  })

  it.each([
    { why: 'an init container runs', init: status('i', running), phase: 'Pending' },
    { why: 'an init container has failed and is tried again', init: status('i', exited(1)), phase: 'Pending' },
    { why: 'an init container has failed for good', policy: 'Never', init: status('i', exited(1)), phase: 'Failed' },
  ])('is $phase when $why', ({ init, policy = 'Always', phase }) => {
    const spec: PodSpec = { restartPolicy: policy, initContainers: [{ name: 'i' }], containers: [{ name: 'a' }] }
    expect(podPhase({ spec, statuses: [init, status('a', waiting)], ended: false })).toBe(phase)
  })

  const failedBefore = { lastState: exited(1) }
  it.each([
    { why: 'init containers of a new sandbox fail', init: {}, i: status('i', exited(1)), a: crashed('a'), phase: 'Running' },
    { why: 'init containers of a new sandbox run', init: {}, i: status('i', running), a: crashed('a'), phase: 'Pending' },
    { why: 'a sidecar never ran', i: status('i', waiting), a: status('a', running), phase: 'Pending' },
    { why: 'a sidecar restarts', i: status('i', waiting, failedBefore), a: status('a', running), phase: 'Running' },
    { why: 'a sidecar starts again', i: status('i', running, { started: false }), a: status('a', running), phase: 'Running' },
    { why: 'a sidecar starts', i: status('i', running, { started: false }), a: status('a', waiting), phase: 'Pending' },
    { why: 'only a sidecar runs still', i: status('i', running, { started: true }), a: status('a', exited(0)), phase: 'Running' },
    { why: 'a sidecar failed too', i: status('i', exited(137)), a: status('a', exited(0)), policy: 'Never', phase: 'Succeeded' },
  ])('is $phase when $why', ({ init = { restartPolicy: 'Always' }, i, a, policy = 'Always', phase }) => {
    const initContainers = [{ name: 'i', ...init }]
    const spec: PodSpec = { restartPolicy: policy, initContainers, containers: [{ name: 'a' }] }
    expect(podPhase({ spec, statuses: [i, a], ended: false })).toBe(phase)
  })

  it('is restarted by a rule in spite of restartPolicy Never', () => {
    const restartPolicyRules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
    const spec: PodSpec = { restartPolicy: 'Never', containers: [{ name: 'a', restartPolicy: 'Never', restartPolicyRules }] }
    expect(podPhase({ spec, statuses: [status('a', exited(42))], ended: false })).toBe('Running')
    expect(podPhase({ spec, statuses: [status('a', exited(1))], ended: false })).toBe('Failed')
  })
})

describe('podConditions', () => {
  const spec: PodSpec = { containers: [{ name: 'a' }, { name: 'b' }], readinessGates: [{ conditionType: 'example.com/gate' }] }
  const both = (ready: boolean) => [status('a', running, { ready: true }), status('b', running, { ready })]
  const base = { spec, generation: 3, phase: 'Running', sandboxReady: true, now: '2026-01-01T00:00:10Z' }
  const find = (conditions: ReturnType<typeof podConditions>, type: string) => conditions.find((each) => each.type === type)

  it('names the containers that are not ready', () => {
    const conditions = podConditions({ ...base, statuses: both(false), previous: [] })
    expect(find(conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [b]',
      observedGeneration: 3,
    })
  })

  it.each([
    { why: 'app containers wait to run again', state: waiting, more: { lastState: exited(1) }, initialized: 'False' },
    { why: 'an app container has ended', state: exited(1), more: {}, initialized: 'True' },
    { why: 'an app container runs', state: running, more: {}, initialized: 'True' },
  ])('says Initialized $initialized of init containers that run anew when $why', ({ state, more, initialized }) => {
    const anew = { ...base, spec: { initContainers: [{ name: 'i' }], containers: [{ name: 'a' }] } }
    const conditions = podConditions({ ...anew, statuses: [status('i', running), status('a', state, more)], previous: [] })
    expect(find(conditions, 'Initialized')?.status).toBe(initialized)
  })

  it('waits for readiness gates, which others set, and keeps their conditions', () => {
    const gate = { type: 'example.com/gate', status: 'False' }
    const conditions = podConditions({ ...base, statuses: both(true), previous: [gate] })
    expect(find(conditions, 'ContainersReady')?.status).toBe('True')
    expect(find(conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'the status of pod readiness gate "example.com/gate" is not "True", but False',
    })
    expect(conditions).toContain(gate)
  })

  it('keeps the transition time while a status stays', () => {
    const previous = podConditions({ ...base, statuses: both(false), previous: [], now: '2026-01-01T00:00:00Z' })
    const conditions = podConditions({ ...base, statuses: both(true), previous })
    expect(find(conditions, 'Initialized')?.lastTransitionTime).toBe('2026-01-01T00:00:00Z')
    expect(find(conditions, 'ContainersReady')?.lastTransitionTime).toBe('2026-01-01T00:00:10Z')
  })
})

it.each<[string, ResourceRequirements]>([
  ['BestEffort', {}],
  ['Burstable', { requests: { cpu: '10m' } }],
  ['Burstable', { limits: { cpu: '1' } }],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
  ['Burstable', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }],
])('qosClass is %s for %j', (expected, resources) => {
  expect(qosClass({ containers: [{ name: 'a', resources }] })).toBe(expected)
})
