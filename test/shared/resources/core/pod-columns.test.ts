import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const now = Date.parse('2026-01-01T01:00:00Z')
const pod = kind('Pod')

const container = (name: string, state: object, more: object = {}) => ({ name, restartCount: 0, ready: false, state, ...more })
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } }
const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, ...more } })
const waiting = (reason: string) => ({ waiting: { reason } })

const shown = (spec: object, status: object, metadata: object = {}) => {
  const { Ready, Status, Restarts } = pod.cells(
    {
      metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
      spec: { containers: [{}], ...spec },
      status,
    },
    now,
  )
  return `${Ready} ${Status} ${Restarts}`
}

describe('the table of pods', () => {
  it('has upstream’s columns', () => {
    expect(pod.columns(0)).toEqual(['Ready', 'Status', 'Restarts', 'Age'])
    expect(pod.columns(1)).toEqual(['IP', 'Node', 'Nominated Node', 'Readiness Gates'])
  })

  const phase = (name: string, ...containerStatuses: object[]) => ({ phase: name, containerStatuses })
  const gone = { deletionTimestamp: '2026-01-01T00:59:00Z' }
  const sidecar = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] }
  const inits = { initContainers: [{ name: 'a' }, { name: 'b' }] }
  const isReady = [{ type: 'Ready', status: 'True' }]

  it.each([
    ['nothing known yet', {}, { phase: 'Pending' }, {}, '0/1 Pending 0'],
    ['being created', {}, phase('Pending', container('c', waiting('ContainerCreating'))), {}, '0/1 ContainerCreating 0'],
    ['running', {}, phase('Running', container('c', running, { ready: true })), {}, '1/1 Running 0'],
    ['running, not ready', {}, phase('Running', container('c', running)), {}, '0/1 Running 0'],
    [
      'crashing',
      {},
      phase(
        'Running',
        container('c', waiting('CrashLoopBackOff'), {
          restartCount: 3,
          lastState: ended(1, { finishedAt: '2026-01-01T00:55:00Z' }),
        }),
      ),
      {},
      '0/1 CrashLoopBackOff 3 (5m ago)',
    ],
    ['no image', {}, phase('Pending', container('c', waiting('ImagePullBackOff'))), {}, '0/1 ImagePullBackOff 0'],
    ['out of memory', {}, phase('Running', container('c', ended(137, { reason: 'OOMKilled' }))), {}, '0/1 OOMKilled 0'],
    ['done', {}, phase('Succeeded', container('c', ended(0, { reason: 'Completed' }))), {}, '0/1 Completed 0'],
    ['failed', {}, phase('Failed', container('c', ended(1, { reason: 'Error' }))), {}, '0/1 Error 0'],
    ['ended without a reason', {}, phase('Failed', container('c', ended(7))), {}, '0/1 ExitCode:7 0'],
    ['ended by a signal', {}, phase('Failed', container('c', ended(137, { signal: 9 }))), {}, '0/1 Signal:9 0'],
    ['evicted', {}, { phase: 'Failed', reason: 'Evicted' }, {}, '0/1 Evicted 0'],
    [
      'one of two done',
      { containers: [{}, {}] },
      {
        ...phase('Running', container('c', ended(0, { reason: 'Completed' })), container('d', running, { ready: true })),
        conditions: isReady,
      },
      {},
      '1/2 Running 0',
    ],
    [
      'one of two done, the pod not ready',
      { containers: [{}, {}] },
      phase('Running', container('c', ended(0, { reason: 'Completed' })), container('d', running, { ready: true })),
      {},
      '1/2 NotReady 0',
    ],
    [
      'one done, one failed',
      { containers: [{}, {}] },
      phase('Failed', container('c', ended(0, { reason: 'Completed' })), container('d', ended(1, { reason: 'Error' }))),
      {},
      '0/2 Error 0',
    ],
    [
      'waiting for the first init container',
      inits,
      { phase: 'Pending', initContainerStatuses: [container('a', running), container('b', waiting('PodInitializing'))] },
      {},
      '0/1 Init:0/2 0',
    ],
    [
      'waiting for the second one',
      inits,
      { phase: 'Pending', initContainerStatuses: [container('a', ended(0)), container('b', waiting('PodInitializing'))] },
      {},
      '0/1 Init:1/2 0',
    ],
    [
      'a failing init container',
      inits,
      { phase: 'Pending', initContainerStatuses: [container('a', ended(1, { reason: 'Error' }), { restartCount: 2 })] },
      {},
      '0/1 Init:Error 2',
    ],
    [
      'an init container without a reason',
      inits,
      { phase: 'Pending', initContainerStatuses: [container('a', ended(3))] },
      {},
      '0/1 Init:ExitCode:3 0',
    ],
    [
      'a crashing init container',
      inits,
      { phase: 'Pending', initContainerStatuses: [container('a', waiting('CrashLoopBackOff'), { restartCount: 1 })] },
      {},
      '0/1 Init:CrashLoopBackOff 1',
    ],
    [
      'restarts of init containers are past',
      inits,
      {
        ...phase('Running', container('c', running, { ready: true, restartCount: 1 })),
        initContainerStatuses: [container('a', ended(0), { restartCount: 4 })],
      },
      {},
      '1/1 Running 1',
    ],
    [
      'a sidecar counts',
      sidecar,
      {
        ...phase('Running', container('c', running, { ready: true })),
        initContainerStatuses: [container('proxy', running, { started: true, ready: true, restartCount: 2 })],
      },
      {},
      '2/2 Running 2',
    ],
    [
      'a sidecar that is not ready',
      sidecar,
      {
        ...phase('Running', container('c', running, { ready: true })),
        initContainerStatuses: [container('proxy', running, { started: true })],
      },
      {},
      '1/2 Running 0',
    ],
    [
      'gated',
      {},
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      {},
      '0/1 SchedulingGated 0',
    ],
    ['ending', {}, phase('Running', container('c', running, { ready: true })), gone, '1/1 Terminating 0'],
    ['ending, but done', {}, phase('Succeeded', container('c', ended(0, { reason: 'Completed' }))), gone, '0/1 Completed 0'],
    ['ending on a lost node', {}, { ...phase('Running', container('c', running)), reason: 'NodeLost' }, gone, '0/1 Unknown 0'],
  ])('shows %s', (_, spec, status, metadata, expected) => {
    expect(shown(spec, status, metadata)).toBe(expected)
  })

  it('shows where it is with -o wide', () => {
    const cells = pod.cells({
      spec: { containers: [], nodeName: 'node-1', readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
      status: { podIPs: [{ ip: '10.244.0.5' }], conditions: [{ type: 'a', status: 'True' }] },
    })
    expect(cells).toMatchObject({ IP: '10.244.0.5', Node: 'node-1', 'Nominated Node': '<none>', 'Readiness Gates': '1/2' })
    expect(pod.cells({ spec: { containers: [] } })).toMatchObject({
      IP: '<none>',
      Node: '<none>',
      Age: '<unknown>',
      'Readiness Gates': '<none>',
    })
  })
})
