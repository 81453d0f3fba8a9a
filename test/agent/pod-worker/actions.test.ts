import { describe, expect, it } from 'vitest'
import { computeActions } from '../../../agent/pod-worker/actions.ts'
import { containerHash } from '../../../agent/pod-worker/container-hash.ts'
import type { ProbeKind, ProbeResult } from '../../../agent/probes/probe.ts'
import type { RuntimeContainer, RuntimePod, Sandbox } from '../../../agent/runtime/runtime.ts'
import type { Container, PodSpec } from '../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

const named = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'a:1', ...more })
const podOf = (spec: Partial<PodSpec>) =>
  ({ metadata: { name: 'p', uid: 'u' }, spec: { containers: [named('a')], ...spec } }) as unknown as Pod
const sandbox = (ready: boolean, attempt = 0): Sandbox => ({ id: `s${attempt}`, attempt, ready, createdAt: attempt })
const container = (name: string, state: RuntimeContainer['state'], more: Partial<RuntimeContainer> = {}): RuntimeContainer => ({
  ...{ id: `id-${name}`, name, sandboxId: 's0', restartCount: 0, state, createdAt: 0, image: 'a:1', imageID: '' },
  ...{ hash: containerHash(named(name)), terminationGraceSeconds: 1 },
  ...more,
})
const runtimeOf = (containers: RuntimeContainer[], sandboxes = [sandbox(true)]): RuntimePod => ({
  ...{ uid: 'u', namespace: 'n', name: 'p' },
  sandboxes,
  containers,
})
const exited = (name: string, exitCode: number) => container(name, 'exited', { exitCode })
const probes = (results: Record<string, ProbeResult> = {}) => ({
  get: (id: string, kind: ProbeKind) => results[`${id} ${kind}`],
})
const decide = (spec: Partial<PodSpec>, runtime: RuntimePod | undefined, results?: Record<string, ProbeResult>) => {
  const actions = computeActions({ pod: podOf(spec), runtime, probes: probes(results) })
  const { endAll, sandboxAttempt } = actions
  return {
    ...(endAll ? { endAll } : {}),
    ...(sandboxAttempt === undefined ? {} : { sandboxAttempt }),
    start: actions.start.map(({ name }) => name),
    stop: actions.stop.map(({ message }) => message),
  }
}
const nothing = { start: [], stop: [] }
const init = [named('i1'), named('i2')]
const withSidecar = [named('i1'), named('side', { restartPolicy: 'Always', startupProbe: {} }), named('i2')]

describe('computeActions', () => {
  it.each<[string, Partial<PodSpec>, RuntimePod | undefined, object]>([
    ['makes a sandbox first', {}, undefined, { sandboxAttempt: 0, ...nothing }],
    ['starts everything in it', { containers: [named('a'), named('b')] }, runtimeOf([]), { start: ['a', 'b'], stop: [] }],
    ['keeps what runs', {}, runtimeOf([container('a', 'running')]), nothing],
    ['restarts what ended', {}, runtimeOf([exited('a', 0)]), { start: ['a'], stop: [] }],
    ['starts what looks around first', { ephemeralContainers: [named('e')] }, runtimeOf([]), { start: ['e', 'a'], stop: [] }],
    [
      'starts what looks around while the pod initializes',
      { initContainers: init, ephemeralContainers: [named('e')] },
      runtimeOf([container('i1', 'running')]),
      { start: ['e'], stop: [] },
    ],
    [
      'lets what looks around end',
      { ephemeralContainers: [named('e')] },
      runtimeOf([container('a', 'running'), exited('e', 1)]),
      nothing,
    ],
    [
      'does not live for what looks around',
      { restartPolicy: 'Never', ephemeralContainers: [named('e'), named('f')] },
      runtimeOf([exited('a', 0), container('e', 'running')]),
      { endAll: true, ...nothing },
    ],
    ['starts what was only created', {}, runtimeOf([container('a', 'created')]), { start: ['a'], stop: [] }],
    ['ends a pod that is done', { restartPolicy: 'OnFailure' }, runtimeOf([exited('a', 0)]), { endAll: true, ...nothing }],
    ['tries again on failure', { restartPolicy: 'OnFailure' }, runtimeOf([exited('a', 1)]), { start: ['a'], stop: [] }],
    ['leaves failures with Never', { restartPolicy: 'Never' }, runtimeOf([exited('a', 1)]), { endAll: true, ...nothing }],
    [
      'waits for the others of a pod',
      { restartPolicy: 'Never', containers: [named('a'), named('b')] },
      runtimeOf([exited('a', 1), container('b', 'running')]),
      nothing,
    ],
    [
      'ends all and makes a new sandbox when the old one died',
      {},
      runtimeOf([container('a', 'running')], [sandbox(false)]),
      { endAll: true, sandboxAttempt: 1, ...nothing },
    ],
    [
      'does not run a Never pod a second time in a new sandbox',
      { restartPolicy: 'Never' },
      runtimeOf([exited('a', 137)], [sandbox(false)]),
      { endAll: true, ...nothing },
    ],
    [
      'restarts a container whose image has changed',
      { containers: [named('a', { image: 'a:2' })] },
      runtimeOf([container('a', 'running')]),
      { start: [], stop: ['Container a definition changed, will be restarted'] },
    ],
    ['starts the first init container alone', { initContainers: init }, runtimeOf([]), { start: ['i1'], stop: [] }],
    ['waits for it', { initContainers: init }, runtimeOf([container('i1', 'running')]), nothing],
    ['goes on to the next', { initContainers: init }, runtimeOf([exited('i1', 0)]), { start: ['i2'], stop: [] }],
    [
      'does not run a removed one again beside a later one',
      { initContainers: init },
      runtimeOf([container('i2', 'running')]),
      nothing,
    ],
    ['goes on when a removed one was before', { initContainers: init }, runtimeOf([exited('i2', 0)]), { start: ['a'], stop: [] }],
    ['tries it again', { initContainers: init }, runtimeOf([exited('i1', 1)]), { start: ['i1'], stop: [] }],
    [
      'gives up with Never',
      { initContainers: init, restartPolicy: 'Never' },
      runtimeOf([exited('i1', 1)]),
      { endAll: true, ...nothing },
    ],
    [
      'runs the app containers after the last',
      { initContainers: init },
      runtimeOf([exited('i1', 0), exited('i2', 0)]),
      { start: ['a'], stop: [] },
    ],
    ['does not initialize a running pod again', { initContainers: init }, runtimeOf([container('a', 'running')]), nothing],
    [
      'waits for a sidecar to have started',
      { initContainers: withSidecar },
      runtimeOf([exited('i1', 0), container('side', 'running')]),
      nothing,
    ],
    [
      'restarts a sidecar beside running containers',
      { initContainers: withSidecar },
      runtimeOf([container('a', 'running'), exited('side', 0)]),
      { start: ['side'], stop: [] },
    ],
  ])('%s', (_, spec, runtime, expected) => {
    expect(decide(spec, runtime)).toEqual(expected)
  })

  it('goes on when a sidecar has started', () => {
    const runtime = runtimeOf([exited('i1', 0), container('side', 'running')])
    expect(decide({ initContainers: withSidecar }, runtime, { 'id-side startup': 'success' }).start).toEqual(['i2'])
  })

  it('ends what its probes find dead, and says whether it will be back', () => {
    const runtime = runtimeOf([container('a', 'running')])
    expect(decide({}, runtime, { 'id-a liveness': 'failure' }).stop).toEqual([
      'Container a failed liveness probe, will be restarted',
    ])
    expect(decide({ restartPolicy: 'Never' }, runtime, { 'id-a startup': 'failure' }).stop).toEqual([
      'Container a failed startup probe',
    ])
  })
})
