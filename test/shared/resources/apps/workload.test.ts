import { describe, expect, it } from 'vitest'
import { definitionOf, kind } from '../definition-of.ts'

const deployment = kind('Deployment')
const replicaSet = kind('ReplicaSet')
const selector = { matchLabels: { app: 'web' } }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } }
const errors = (spec: object) => deployment.errors({ spec: { selector, template, ...spec } })

describe('a Deployment', () => {
  it('has upstream’s defaults', () => {
    expect(deployment.defaulted({ spec: { selector, template } })).toMatchObject({
      spec: {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', terminationGracePeriodSeconds: 30 } },
      },
    })
    expect(deployment.defaulted({ spec: { replicas: 0, strategy: { rollingUpdate: { maxSurge: 0 } } } })).toMatchObject({
      spec: { replicas: 0, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '25%' } } },
    })
    expect(deployment.defaulted({ spec: { strategy: { type: 'Recreate' } } })).not.toHaveProperty('spec.strategy.rollingUpdate')
    expect(deployment.defaulted({ spec: { template } })).not.toHaveProperty('spec.template.spec.enableServiceLinks')
  })

  it.each([
    ['an ordinary one', {}, []],
    [
      'no selector',
      { selector: undefined },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    ['an empty selector', { selector: {} }, ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    [
      'another selector',
      { selector: { matchLabels: { app: 'db' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'a wrong selector',
      { selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is"}]}: invalid label selector',
      ],
    ],
    ['negative replicas', { replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [
      'a strategy',
      { strategy: { type: 'BlueGreen' } },
      [
        'spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'Recreate with a rolling update',
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'no way to move',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      'too much',
      { strategy: { rollingUpdate: { maxUnavailable: '101%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      'no percentage',
      { strategy: { rollingUpdate: { maxSurge: 'some' } } },
      [
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"some\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
    [
      'a deadline within the wait',
      { minReadySeconds: 600 },
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'pods that end',
      { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a wrong template',
      { template: { ...template, spec: { containers: [] } } },
      ['spec.template.spec.containers: Required value'],
    ],
    [
      'labels',
      { template: { ...template, metadata: { labels: { app: 'web', x: 'a b' } } } },
      [expect.stringMatching(/^spec\.template\.labels: Invalid value: "a b": a valid label must be/)],
    ],
  ])('answers %s', (_, spec, expected) => {
    expect(errors(spec)).toEqual(expected)
  })

  it('keeps its selector', () => {
    const old = { spec: { selector, template } }
    const labels = { app: 'db' }
    const moved = { spec: { selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } } }
    expect(deployment.updateErrors(old, old)).toEqual([])
    expect(deployment.updateErrors(old, moved)).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"db"}}: field is immutable',
    ])
  })

  it('counts in its status what there can be', () => {
    expect(deployment.statusErrors({ status: { replicas: 1, readyReplicas: 2, availableReplicas: 3 } })).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
    ])
    expect(deployment.statusErrors({ status: {} }, { status: { collisionCount: 1 } })).toEqual([
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ])
  })

  it('is shown as upstream does', () => {
    expect(deployment.columns(0)).toEqual(['Ready', 'Up-to-date', 'Available', 'Age'])
    expect(deployment.columns(1)).toEqual(['Containers', 'Images', 'Selector'])
    const value = { spec: { replicas: 3, selector, template }, status: { readyReplicas: 2, updatedReplicas: 3 } }
    expect(deployment.cells(value)).toMatchObject({
      Ready: '2/3',
      'Up-to-date': 3,
      Available: 0,
      Containers: 'c',
      Images: 'nginx:1',
      Selector: 'app=web',
    })
  })

  it('scales', () => {
    const scale = definitionOf('Deployment').subresources?.scale
    const object = deployment.created({ spec: { selector, template, replicas: 2 } }) as never
    scale?.setReplicas(object, 5)
    expect([scale?.replicas(object), scale?.statusReplicas(object), scale?.selector(object)]).toEqual([5, 0, 'app=web'])
  })

  it('warns of its template, and of a name that is no label', () => {
    const hidden = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const spec = { selector, template: { ...template, spec: { containers: [{ ...template.spec.containers[0], env: hidden }] } } }
    expect(deployment.warnings({ metadata: { name: 'a.b' }, spec })).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
      'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ])
  })
})

describe('a ReplicaSet', () => {
  it('is checked and shown as upstream does', () => {
    expect(replicaSet.errors({ spec: { selector, template } })).toEqual([])
    expect(replicaSet.errors({ spec: { selector, template: { ...template, metadata: {} } } })).toEqual([
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
    ])
    expect(replicaSet.columns(0)).toEqual(['Desired', 'Current', 'Ready', 'Age'])
    expect(replicaSet.cells({ spec: { replicas: 3, selector, template }, status: { replicas: 2 } })).toMatchObject({
      Desired: 3,
      Current: 2,
      Ready: 0,
      Selector: 'app=web',
    })
  })
})

describe('a ControllerRevision', () => {
  const revision = kind('ControllerRevision')

  it('keeps its data', () => {
    expect(revision.errors({ revision: -1 })).toEqual([
      'revision: Invalid value: -1: must be greater than or equal to 0',
      'data: Required value: data is mandatory',
    ])
    expect(revision.updateErrors({ data: { a: 1 } }, { data: { a: 2 } })).toEqual([
      'data: Invalid value: {"a":2}: field is immutable',
    ])
  })

  it('shows whose it is', () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true }]
    expect(revision.cells({ metadata: { name: 'r', ownerReferences }, revision: 2 })).toMatchObject({
      Controller: 'daemonset.apps/d',
      Revision: 2,
    })
  })
})
