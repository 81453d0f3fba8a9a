import { describe, expect, it } from 'vitest'
import { kind } from '../definition-of.ts'

const pod = kind('Pod')
const base = { name: 'c', image: 'nginx:1' }

describe('an update of a pod', () => {
  const old = { spec: { containers: [base], tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 10 } }
  const update = (spec: object, before: object = old) => pod.updateErrors(before, { spec: { ...old.spec, ...spec } })

  it.each([
    ['nothing', {}],
    ['the image', { containers: [{ ...base, image: 'nginx:2' }] }],
    [
      'one toleration more',
      {
        tolerations: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: 'Exists' },
        ],
      },
    ],
    ['a shorter deadline', { activeDeadlineSeconds: 5 }],
  ])('may change %s', (_, spec) => {
    expect(update(spec)).toEqual([])
  })

  it.each([
    [
      'a toleration less',
      { tolerations: [] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [
      'a longer deadline',
      { activeDeadlineSeconds: 11 },
      'spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value',
    ],
    [
      'one container more',
      { containers: [base, { ...base, name: 'd' }] },
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      'gates',
      { schedulingGates: [{ name: 'g' }] },
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
    ],
  ])('may not have %s', (_, spec, expected) => {
    expect(update(spec)).toEqual([expected])
  })

  it('tells what else it changed', () => {
    const [error, ...rest] = update({ containers: [{ ...base, command: ['sh'] }] })
    expect(rest).toEqual([])
    expect(error).toContain(
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n@@ ',
    )
    expect(error).toContain('\n+   "command": [\n')
  })

  it('may narrow the affinity of a gated pod, not widen it', () => {
    const affinity = (...keys: string[]) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: keys.map((key) => ({ key, operator: 'Exists' })) }],
        },
      },
    })
    const gated = { spec: { containers: [base], schedulingGates: [{ name: 'g' }], affinity: affinity('a') } }
    expect(pod.updateErrors(gated, { spec: { ...gated.spec, affinity: affinity('a', 'b') } })).toEqual([])
    expect(pod.updateErrors(gated, { spec: { ...gated.spec, affinity: affinity('b') } })).toEqual([
      expect.stringMatching(
        /nodeSelectorTerms\[0\]: Invalid value: .*: only additions are allowed \(no mutations or deletions\)$/,
      ),
    ])
    const open = { spec: { containers: [base], affinity: affinity('a') } }
    expect(pod.updateErrors(open, { spec: { containers: [base], affinity: affinity('a', 'b') } })).toEqual([
      expect.stringMatching(/^spec: Forbidden: pod updates may not change fields other than/),
    ])
  })

  it('may open gates and narrow where a gated pod goes', () => {
    const gated = { spec: { containers: [base], schedulingGates: [{ name: 'g' }], nodeSelector: { a: 'b' } } }
    expect(pod.updateErrors(gated, { spec: { containers: [base], nodeSelector: { a: 'b', c: 'd' } } })).toEqual([])
    expect(pod.updateErrors(gated, { spec: { containers: [base], nodeSelector: { c: 'd' } } })).toEqual([
      'spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ])
  })
})

describe('an update of a pod’s status', () => {
  const spec = { restartPolicy: 'Never', containers: [base], nodeName: 'n' }
  const ended = { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1 } } }] }
  const back = { containerStatuses: [{ name: 'c', state: { running: {} } }] }

  it('keeps ended what may not start again', () => {
    expect(pod.statusErrors({ spec, status: back }, { spec, status: ended })).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
    expect(pod.statusErrors({ spec, status: back }, { spec: { ...spec, restartPolicy: 'OnFailure' }, status: ended })).toEqual([])
  })

  it('checks addresses and the class', () => {
    expect(pod.statusErrors({ spec, status: { podIPs: [{ ip: 'x' }] } })).toEqual([
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ])
    expect(pod.statusErrors({ spec, status: { qosClass: 'Burstable' } }, { spec, status: { qosClass: 'BestEffort' } })).toEqual([
      'status.qosClass: Invalid value: "Burstable": field is immutable',
    ])
  })
})
