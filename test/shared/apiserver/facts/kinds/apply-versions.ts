import { namespace, type Said } from './conversation.ts'

type Version = 'v1' | 'v2'

const path = (version: Version, name: string) =>
  `/apis/autoscaling/${version}/namespaces/${namespace}/horizontalpodautoscalers/${name}`
const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }

interface Applying {
  readonly by?: string
  readonly force?: boolean
  readonly metadata?: object
}

const applies = (
  what: string,
  [name, version]: readonly [string, Version],
  spec: object,
  { by = 'one', force = false, metadata = {} }: Applying = {},
): Said => ({
  what: `${name} by ${version}: ${what}`,
  method: 'PATCH',
  path: `${path(version, name)}?fieldManager=${by}${force ? '&force=true' : ''}`,
  type: 'application/apply-patch+yaml',
  body: {
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, ...metadata },
    spec: { scaleTargetRef: reference, ...spec },
  },
  managers: true,
})
const changes = (what: string, [name, version]: readonly [string, Version], body: object): Said => ({
  what: `${name} by ${version}: ${what}`,
  method: 'PATCH',
  path: `${path(version, name)}?fieldManager=patcher`,
  body,
  managers: true,
})
const seen = (name: string, version: Version, when: string): Said => ({
  what: `${name} by ${version}, ${when}`,
  path: path(version, name),
  managers: true,
})

const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})
const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } }
const behavior = { scaleDown: { stabilizationWindowSeconds: 10, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } }
const labels = (...names: string[]) => ({ metadata: { labels: Object.fromEntries(names.map((name) => [name, 'x'])) } })

/** What a manager applied by one version of a kind, and applies no longer by another. */
export const applyVersions: readonly Said[] = [
  applies('all of it', ['a', 'v2'], { minReplicas: 2, maxReplicas: 3, metrics: [cpu(50)] }, labels('l', 'm')),
  applies('less', ['a', 'v1'], { maxReplicas: 3 }, labels('l')),
  seen('a', 'v2', 'afterwards'),
  applies('less again', ['a', 'v1'], { maxReplicas: 4 }),
  applies('a share', ['a', 'v1'], { maxReplicas: 4, minReplicas: 3, targetCPUUtilizationPercentage: 70 }, labels('n')),
  applies('the share by another name', ['a', 'v2'], { maxReplicas: 4, metrics: [cpu(70)] }),
  applies('no share', ['a', 'v1'], { maxReplicas: 4 }),
  seen('a', 'v2', 'at the end'),

  applies('of two', ['b', 'v2'], { minReplicas: 2, maxReplicas: 3 }, labels('l', 'm')),
  applies('the second of two', ['b', 'v1'], { minReplicas: 2, maxReplicas: 3 }, { by: 'two', ...labels('l') }),
  applies('the first says less', ['b', 'v2'], { maxReplicas: 3 }),
  applies('the first says less by another', ['b', 'v1'], { maxReplicas: 3 }),
  applies('the second says less by another', ['b', 'v2'], { maxReplicas: 3 }, { by: 'two' }),
  applies('a conflict', ['b', 'v1'], { maxReplicas: 5 }, { by: 'two' }),
  applies('a conflict that is forced', ['b', 'v1'], { maxReplicas: 5 }, { by: 'two', force: true }),
  applies('the first says it again', ['b', 'v2'], { maxReplicas: 5 }),

  applies('what the other can not say', ['c', 'v2'], { minReplicas: 2, maxReplicas: 3, behavior, metrics: [cpu(50), memory] }),
  seen('c', 'v1', 'in its annotations'),
  applies('less than the other can not say', ['c', 'v1'], { minReplicas: 2, maxReplicas: 3 }),
  seen('c', 'v2', 'afterwards'),
  applies('it again', ['c', 'v2'], { maxReplicas: 3, behavior, metrics: [memory] }),
  applies('nothing of it', ['c', 'v2'], { maxReplicas: 3 }),

  applies('the least', ['d', 'v1'], { maxReplicas: 3 }),
  changes('of another writer', ['d', 'v2'], { metadata: { labels: { p: 'q' } }, spec: { minReplicas: 2, metrics: [cpu(60)] } }),
  applies('what another wrote too', ['d', 'v1'], { maxReplicas: 3, minReplicas: 2 }, { metadata: { labels: { p: 'q' } } }),
  applies('no longer', ['d', 'v2'], { maxReplicas: 3 }),
  changes('of another writer, by the other', ['d', 'v1'], { spec: { targetCPUUtilizationPercentage: null, minReplicas: 1 } }),
  applies('something of its own', ['d', 'v1'], { maxReplicas: 3, targetCPUUtilizationPercentage: 20 }, labels('l')),
  applies('nothing of its own', ['d', 'v2'], { maxReplicas: 3 }),
  seen('d', 'v1', 'at the end'),
  ...['a', 'b', 'c', 'd'].map((name): Said => ({ what: `${name} goes`, method: 'DELETE', path: path('v2', name) })),
]
