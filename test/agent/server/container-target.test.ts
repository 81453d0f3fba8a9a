import { describe, expect, it } from 'vitest'
import type { RuntimeContainer, RuntimePod } from '../../../agent/runtime/runtime.ts'
import { loggedContainer, runningContainer, specOf, type Target } from '../../../agent/server/container-target.ts'
import type { ContainerState } from '../../../shared/resources/generated/types.ts'
import type { Pod } from '../../../shared/resources/resource.ts'

/** Newest first, by id. */
const target = (containers: [id: string, state: RuntimeContainer['state']][], state?: ContainerState): Target => ({
  pod: {
    metadata: { name: 'web', namespace: 'shop', uid: 'u1' },
    spec: { containers: [{ name: 'main' }], initContainers: [{ name: 'first' }] },
    status: { containerStatuses: state ? [{ name: 'main', state }] : [] },
  } as unknown as Pod,
  runtime: {
    containers: containers.map(([id, each]) => ({ id, name: 'main', state: each })),
    sandboxes: [],
  } as unknown as RuntimePod,
})
const waiting = (reason: string) => ({ waiting: { reason } })

const states: Record<string, Target> = {
  'is not there yet': target([], waiting('ContainerCreating')),
  'waits for init containers': target([], waiting('PodInitializing')),
  'has no image': target([], waiting('ErrImagePull')),
  'waits for its image': target([], waiting('ImagePullBackOff')),
  'is created': target([['a', 'created']], waiting('ContainerCreating')),
  runs: target([['a', 'running']], { running: {} }),
  'has ended': target([['a', 'exited']], { terminated: { exitCode: 0 } }),
  'backs off': target([['a', 'exited']], waiting('CrashLoopBackOff')),
  'runs again': target(
    [
      ['b', 'running'],
      ['a', 'exited'],
    ],
    { running: {} },
  ),
  'has ended again': target(
    [
      ['b', 'exited'],
      ['a', 'exited'],
    ],
    { terminated: { exitCode: 1 } },
  ),
  'backs off again': target(
    [
      ['b', 'exited'],
      ['a', 'exited'],
    ],
    waiting('CrashLoopBackOff'),
  ),
  'is created again': target(
    [
      ['b', 'created'],
      ['a', 'exited'],
    ],
    waiting('CrashLoopBackOff'),
  ),
}
const start = 'container "main" in pod "web" is waiting to start'
const none = 'previous terminated container "main" in pod "web" not found'

/** As a kubelet's validateContainerLogStatus has it: which container's log, or why there is none. */
const logs: Record<keyof typeof states, [now: string, previous: string]> = {
  'is not there yet': [`${start}: ContainerCreating`, none],
  'waits for init containers': [`${start}: PodInitializing`, none],
  'has no image': [`${start}: image can't be pulled`, none],
  'waits for its image': [`${start}: trying and failing to pull image`, none],
  'is created': [`${start}: ContainerCreating`, none],
  runs: ['a', none],
  'has ended': ['a', none],
  'backs off': ['a', 'a'],
  'runs again': ['b', 'a'],
  'has ended again': ['b', 'a'],
  'backs off again': ['b', 'b'],
  'is created again': ['a', 'a'],
}

const said = (call: () => RuntimeContainer) => {
  try {
    return call().id
  } catch (error) {
    return (error as Error).message
  }
}

describe('a container that', () => {
  it.each(Object.keys(states))('%s has the log that a kubelet gives', (state) => {
    const given = [false, true].map((previous) => said(() => loggedContainer(states[state]!, 'main', previous)))
    expect(given).toEqual(logs[state])
  })

  it.each(Object.keys(states))('%s can be entered only while it runs', (state) => {
    const of = states[state]!
    const running = of.runtime?.containers.find((each) => each.state === 'running')?.id
    const prefix = 'unable to upgrade connection: '
    expect(said(() => runningContainer(of, 'main', 'exec'))).toBe(running ?? `${prefix}container not found ("main")`)
    expect(said(() => runningContainer(of, 'main', 'attach'))).toBe(
      running ?? `${prefix}container main not found in pod web_shop`,
    )
  })

  it('its pod does not name has no log', () => {
    expect(said(() => loggedContainer(states.runs!, 'other', false))).toBe('container "other" in pod "web" is not available')
  })

  it.each(['containers', 'initContainers', 'ephemeralContainers'])('is one of %s has the terminal that its spec says', (kind) => {
    const pod = { ...states.runs!.pod, spec: { containers: [], [kind]: [{ name: 'main', tty: true }] } } as unknown as Pod
    expect(specOf({ pod, runtime: undefined }, 'main')?.tty).toBe(true)
  })
})
