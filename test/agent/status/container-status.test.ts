import { describe, expect, it } from 'vitest'
import type { ProbeKind, ProbeResult } from '../../../agent/probes/probe.ts'
import type { RuntimeContainer } from '../../../agent/runtime/runtime.ts'
import { containerStatuses } from '../../../agent/status/container-status.ts'
import type { Container, ContainerStatus, PodSpec } from '../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const resources = { requests: { cpu: '10m' } }
const made = (name: string, state: RuntimeContainer['state'], more: Partial<RuntimeContainer> = {}): RuntimeContainer => ({
  ...{ id: `id-${name}`, name, sandboxId: 's', restartCount: 0, state, createdAt: 0, image: 'a:1', imageID: 'sha' },
  ...{ hash: '', terminationGraceSeconds: 1 },
  ...more,
})
const exited = (name: string, exitCode: number, more: Partial<RuntimeContainer> = {}) =>
  made(name, 'exited', { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', ...more })
const old = (name: string, state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  ...{ name, state, lastState: {}, ready: false, restartCount: 2, image: 'a:1', imageID: '' },
  ...more,
})

interface Case {
  readonly kind?: 'init' | 'app'
  readonly container?: Partial<Container>
  readonly spec?: Partial<PodSpec>
  readonly runtime?: readonly RuntimeContainer[]
  readonly reason?: string
  readonly results?: Record<string, ProbeResult>
  readonly previous?: ContainerStatus
  readonly deleted?: boolean
}

/** Of the container `c`, an init container or one of the pod's own. */
const statusOf = ({ kind = 'app', container = {}, spec = {}, runtime, reason, results = {}, previous, deleted }: Case) => {
  const mine = { name: 'c', image: 'a:1', resources, ...container }
  const containers = kind === 'init' ? { initContainers: [mine], containers: [{ name: 'a' }] } : { containers: [mine] }
  const metadata = { name: 'p', uid: 'u', ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) }
  const pod = { metadata, spec: { restartPolicy: 'Always', ...containers, ...spec } } as unknown as Pod
  const [status] = containerStatuses(
    {
      pod,
      runtime: runtime && { uid: 'u', namespace: 'n', name: 'p', sandboxes: [], containers: runtime },
      runtimeName: 'docker',
      probes: { get: (id: string, probe: ProbeKind) => results[`${id} ${probe}`] },
      reasons: new Map(reason ? [['c', { reason, message: 'm' }]] : []),
      terminationMessages: new Map(),
      previous: previous ? [previous] : [],
    },
    kind,
  )
  return status!
}

const waiting = (reason: string) => ({ waiting: { reason } })
const because = (reason: string) => ({ state: { waiting: { reason, message: 'm' } }, ready: false, started: false })
const runs = { running: { startedAt: '1970-01-01T00:00:00Z' } }
const sidecar = { kind: 'init', container: { restartPolicy: 'Always' } } as const
const startReasons = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'],
  ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PostStartHookError', 'CrashLoopBackOff'],
]

describe('containerStatuses', () => {
  it.each<[string, Case, object]>([
    ['has not been made', {}, { state: waiting('ContainerCreating'), started: false, ready: false, restartCount: 0 }],
    ['waits for init containers', { spec: { initContainers: [{ name: 'i' }] } }, { state: waiting('PodInitializing') }],
    ['is an init container that has not been made', { kind: 'init' }, { state: waiting('PodInitializing'), started: false }],
    [
      'is only created',
      { runtime: [made('c', 'created')] },
      { state: waiting('ContainerCreating'), started: false, ready: false },
    ],
    [
      'is an init container only created',
      { kind: 'init', runtime: [made('c', 'created')] },
      { state: waiting('PodInitializing') },
    ],
    ['runs', { runtime: [made('c', 'running')] }, { state: runs, started: true, ready: true, containerID: 'docker://id-c' }],
    ['runs as init container', { kind: 'init', runtime: [made('c', 'running')] }, { state: runs, started: true, ready: false }],
    ['runs as sidecar', { ...sidecar, runtime: [made('c', 'running')] }, { started: true, ready: true }],
    [
      'has not passed its startup probe',
      { container: { startupProbe: {} }, runtime: [made('c', 'running')] },
      { state: runs, started: false, ready: false },
    ],
    [
      'has passed its startup probe only',
      {
        container: { startupProbe: {}, readinessProbe: {} },
        runtime: [made('c', 'running')],
        results: { 'id-c startup': 'success' },
      },
      { started: true, ready: false },
    ],
    ['is an init container that is done', { kind: 'init', runtime: [exited('c', 0)] }, { ready: true, started: false }],
    ['is an init container that failed', { kind: 'init', runtime: [exited('c', 1)] }, { ready: false, started: false }],
    [
      'was ended by a signal',
      { runtime: [exited('c', 143)] },
      { state: { terminated: { exitCode: 143, reason: 'Error' } }, ready: false, started: false },
    ],
    [
      'is a second one that runs',
      { runtime: [made('c', 'running', { restartCount: 1 }), exited('c', 3, { id: 'first' })] },
      { state: runs, restartCount: 1, lastState: { terminated: { exitCode: 3, containerID: 'docker://first' } } },
    ],
    [
      'was lost while it ran',
      { previous: old('c', runs) },
      { restartCount: 3, lastState: { terminated: { reason: 'ContainerStatusUnknown', exitCode: 137 } } },
    ],
    ['was lost in a pod that ends', { previous: old('c', runs), deleted: true }, { restartCount: 2 }],
    [
      'was removed after it ended',
      { previous: old('c', { terminated: { exitCode: 5 } }) },
      { state: { terminated: { exitCode: 5 } } },
    ],
  ])('tells of one that %s', (_, input, expected) => {
    expect(statusOf(input)).toMatchObject(expected)
  })

  it.each(startReasons)('%s is said of what was never made, of what ended, and of a sidecar', (reason) => {
    expect(statusOf({ reason })).toMatchObject(because(reason))
    const ended = statusOf({ reason, runtime: [exited('c', 1)] })
    expect(ended).toMatchObject({ ...because(reason), lastState: { terminated: { exitCode: 1 } } })
    expect(statusOf({ ...sidecar, reason, runtime: [exited('c', 0)] })).toMatchObject(because(reason))
  })

  it.each(startReasons)('%s is not said of what runs, of what is over, or of a pod that ends', (reason) => {
    expect(statusOf({ reason, runtime: [made('c', 'running')] }).state).toEqual(runs)
    expect(statusOf({ reason, runtime: [exited('c', 1)], spec: { restartPolicy: 'Never' } }).state?.waiting).toBeUndefined()
    expect(statusOf({ reason, runtime: [exited('c', 0)], spec: { restartPolicy: 'OnFailure' } }).state?.waiting).toBeUndefined()
    expect(statusOf({ kind: 'init', reason, runtime: [exited('c', 0)] }).state?.waiting).toBeUndefined()
    expect(statusOf({ reason, deleted: true }).state).toEqual(waiting('ContainerCreating'))
  })

  it('tells what a container has been given, and nothing of one that was never made', () => {
    expect(statusOf({ runtime: [made('c', 'running')] })).toMatchObject({ resources, allocatedResources: resources.requests })
    const before = { requests: { cpu: '5m' } }
    const same = old('c', runs, { containerID: 'docker://id-c', resources: before, allocatedResources: before.requests })
    const resized = { resources: before, allocatedResources: before.requests }
    expect(statusOf({ runtime: [made('c', 'running')], previous: same })).toMatchObject(resized)
    expect(statusOf({ runtime: [made('c', 'running')], previous: { ...same, containerID: 'docker://old' } })).toMatchObject({
      resources,
    })
    const never = statusOf({})
    expect(never).not.toHaveProperty('resources')
    expect(never).not.toHaveProperty('allocatedResources')
  })
})
