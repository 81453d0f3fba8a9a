import { asTable, creations, namespace, patch, type Said } from './conversation.ts'

const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`
const one = `${path}/one`

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const of = (spec: object) => ({ spec: { scaleTargetRef, maxReplicas: 3, ...spec } })
const by = (...metrics: object[]) => of({ metrics })
const of80 = { type: 'Utilization', averageUtilization: 80 }
const average = { type: 'AverageValue', averageValue: '10' }
const metric = { name: 'hits' }
const describedObject = { apiVersion: 'v1', kind: 'Service', name: 'web' }
const resource = (target: object, name = 'cpu') => ({ type: 'Resource', resource: { name, target } })
const container = (changes: object) => ({
  type: 'ContainerResource',
  containerResource: { name: 'cpu', container: 'a', target: of80, ...changes },
})
const object = (changes: object) => ({ type: 'Object', object: { describedObject, metric, target: average, ...changes } })
const external = (target: object) => ({ type: 'External', external: { metric, target } })
const pods = (changes: object) => ({ type: 'Pods', pods: { metric, target: average, ...changes } })
const behaving = (behavior: object) => of({ behavior })

const autoscalers = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a target': of({}),
  'a wrong target': of({ scaleTargetRef: { kind: 'a/b', name: '..', apiVersion: 'a/b/c' } }),
  'a target without a group': of({ scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'v1' } }),
  'a controller without a group': of({ scaleTargetRef: { kind: 'ReplicationController', name: 'a' } }),
  'from nothing': of({ minReplicas: 0 }),
  'from nothing by what comes from outside': of({ minReplicas: 0, metrics: [external(average)] }),
  'less than nothing': of({ minReplicas: -1, maxReplicas: -2 }),
  'more at least than at most': of({ minReplicas: 5 }),
  'all metrics': by(resource(of80), container({}), object({}), external(average), pods({})),
  'a metric': by(resource(average)),
  'two metrics': by(external({ type: 'Value', value: '1500m' }), object({ target: { type: 'Value', value: '5' } })),
  'no type': by({}),
  'another type': by({ type: 'Other', pods: { metric, target: average } }),
  'nothing of the type': by({ type: 'Pods' }, { type: 'Resource' }, { type: 'Object' }, { type: 'External' }),
  'no container': by({ type: 'ContainerResource' }),
  'another than the type': by({ ...pods({}), type: 'Resource' }),
  'two sources': by({ ...resource(of80), ...pods({}) }),
  'wrong targets': by(
    resource({}),
    resource({ type: 'Other', averageUtilization: 0, averageValue: '0' }, ''),
    resource({ type: 'Value', value: '-1' }),
  ),
  'wrong containers': by(container({ name: '', container: '' }), container({ name: 'what', container: 'A_' })),
  'wrong objects': by(
    object({ describedObject: {}, metric: { name: 'a/b' }, target: { type: 'Value' } }),
    object({ describedObject: { ...describedObject, apiVersion: 'a/b/c' } }),
  ),
  'wrong externals': by(external({ type: 'Value' }), external({ type: 'Value', value: '1', averageValue: '1' })),
  'wrong pods': by(pods({ metric: {}, target: { type: 'Value', value: '1' } })),
  'an empty behavior': behaving({}),
  'a behavior': behaving({
    scaleUp: { selectPolicy: 'Disabled', tolerance: '50m' },
    scaleDown: { stabilizationWindowSeconds: 5 },
  }),
  'policies of one’s own': behaving({ scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } }),
  'no policies': behaving({ scaleUp: { policies: [] }, scaleDown: { policies: null } }),
  'wrong rules': behaving({
    scaleUp: { stabilizationWindowSeconds: -1, selectPolicy: 'Other', tolerance: '-1' },
    scaleDown: { stabilizationWindowSeconds: 3601, policies: [{}, { type: 'Other', value: -1, periodSeconds: 1801 }] },
  }),
  status: { ...of({}), status: { currentReplicas: 3 } },
}

const oldPath = `/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers`
const carrying = (name: string, value: unknown) => ({
  metadata: {
    name: `carrying-${name}`,
    annotations: {
      a: 'b',
      [`autoscaling.alpha.kubernetes.io/${name}`]: typeof value === 'string' ? value : JSON.stringify(value),
    },
  },
  ...of({}),
})

const oldAutoscalers = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a target': of({}),
  'a wrong target': of({ scaleTargetRef: { kind: 'a/b', name: '..', apiVersion: 'a/b/c' } }),
  'a percentage': of({ targetCPUUtilizationPercentage: 50 }),
  'a wrong percentage': of({ targetCPUUtilizationPercentage: 0, minReplicas: 4 }),
  'from nothing': of({ minReplicas: 0 }),
  'fields of the other version': of({ metrics: [resource(of80)], behavior: {} }),
  status: { ...of({}), status: { currentReplicas: 3 } },
  'carried metrics': carrying('metrics', [
    { type: 'Resource', resource: { name: 'memory', targetAverageValue: '10M' } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'a', targetAverageUtilization: 7 } },
    { type: 'Object', object: { target: describedObject, metricName: 'hits', targetValue: '1500m' } },
    { type: 'Pods', pods: { metricName: 'hits', targetAverageValue: '5', selector: { matchLabels: { a: 'b' } } } },
    { type: 'External', external: { metricName: 'hits', targetAverageValue: '5' } },
  ]),
  'a carried object by its average': {
    ...carrying('metrics', [{ type: 'Object', object: { target: describedObject, metricName: 'hits', averageValue: '5' } }]),
    metadata: {
      name: 'by-average',
      annotations: {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Object","object":{"target":{"kind":"a","name":"b"},"metricName":"c","averageValue":"1"}}]',
      },
    },
  },
  'carried, and wrong': {
    ...carrying('metrics', [{ type: 'Pods', pods: {} }, { type: 'Other' }, null]),
    metadata: {
      name: 'carried-wrong',
      annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods","pods":{}},{"type":"Other"},null]' },
    },
  },
  'carried, and of other types': {
    ...of({ targetCPUUtilizationPercentage: 5 }),
    metadata: {
      name: 'carried-other',
      annotations: {
        'autoscaling.alpha.kubernetes.io/metrics': '[{"type":5}]',
        'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleUp":[]}',
      },
    },
  },
  'carried, and no list': {
    ...of({}),
    metadata: {
      name: 'carried-none',
      annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '{}', 'autoscaling.alpha.kubernetes.io/behavior': '[' },
    },
  },
  'a carried behavior': carrying('behavior', {
    ScaleUp: { SelectPolicy: 'Min', Policies: [{ Type: 'Pods', Value: 1, PeriodSeconds: 60 }], Tolerance: '50m' },
    ScaleDown: null,
  }),
  'an empty carried behavior': carrying('scale-up-tolerance', '{}'),
  'carried conditions': carrying('conditions', [{ type: 'AbleToScale', status: 'True' }]),
}

const old = `${oldPath}/both`
const oldStatus = {
  currentReplicas: 2,
  desiredReplicas: 3,
  observedGeneration: 1,
  lastScaleTime: '2026-01-01T00:00:00Z',
  currentMetrics: [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '5m' } } },
    { type: 'External', external: { metric, current: { averageValue: '5' } } },
    { type: 'Object', object: { metric, describedObject, current: { value: '5' } } },
    { type: 'Pods', pods: { metric, current: { averageValue: '5' } } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'a', current: { averageUtilization: 5 } } },
  ],
  conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'A', message: 'b' }],
}

/** One object by both versions. */
const both: readonly Said[] = [
  { what: 'the resources of v1', path: '/apis/autoscaling/v1' },
  ...creations(oldPath, oldAutoscalers).map((said) => ({ ...said, what: `v1: ${said.what}` })),
  {
    what: 'both: created',
    method: 'POST',
    path,
    body: {
      metadata: { name: 'both', annotations: { a: 'b', 'autoscaling.alpha.kubernetes.io/metrics': '[]' } },
      ...of({
        metrics: [
          resource(of80),
          container({}),
          external({ type: 'Value', value: '1500m' }),
          pods({}),
          resource(average, 'memory'),
        ],
        behavior: { scaleUp: { tolerance: '50m' } },
      }),
    },
  },
  { what: 'both: as v1', path: old },
  patch('both: more, by v1', old, { spec: { maxReplicas: 5, targetCPUUtilizationPercentage: 60 } }),
  { what: 'both: as v2', path: `${path}/both` },
  patch('both: a status by v2', `${path}/both/status`, { status: oldStatus }),
  { what: 'both: as v1, with its status', path: old },
  patch('both: a status by v1', `${old}/status`, { status: { currentReplicas: 4, currentCPUUtilizationPercentage: 9 } }),
  { what: 'both: as v2, with its status', path: `${path}/both` },
  patch('both: no metrics carried any more', old, {
    metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/metrics': null } },
  }),
  patch('both: no percentage', old, { spec: { targetCPUUtilizationPercentage: null } }),
  {
    what: 'both: JSON patch by v1',
    method: 'PATCH',
    path: old,
    type: 'application/json-patch+json',
    body: [{ op: 'replace', path: '/spec/minReplicas', value: 2 }],
  },
  {
    what: 'both: strategic merge by v1',
    method: 'PATCH',
    path: old,
    type: 'application/strategic-merge-patch+json',
    body: { spec: { maxReplicas: 9 } },
  },
  patch('both: wrong, by v1', old, { spec: { maxReplicas: 0 } }),
  { what: 'both: another field, by v1', method: 'POST', path: `${oldPath}?fieldValidation=Strict`, body: of({ metrics: [] }) },
  { what: 'both: replaced by v1', method: 'PUT', path: old, body: { metadata: { name: 'both' }, ...of({}) } },
  // kubernetes/kubernetes#80481
  {
    what: 'twice: created',
    method: 'POST',
    path,
    body: {
      metadata: { name: 'twice' },
      ...by(resource(of80), resource({ ...of80, averageUtilization: 20 }), resource(average)),
    },
  },
  { what: 'twice: as v1', path: `${oldPath}/twice` },
  patch('twice: changed by v1', `${oldPath}/twice`, { spec: { maxReplicas: 7 } }),
  { what: 'twice: as v2', path: `${path}/twice` },
  {
    what: 'twice: a status replaced by v1',
    method: 'PUT',
    path: `${oldPath}/twice/status`,
    body: {
      metadata: {
        name: 'twice',
        annotations: {
          'autoscaling.alpha.kubernetes.io/conditions': '[{"type":"AbleToScale","status":"True"}]',
          'autoscaling.alpha.kubernetes.io/current-metrics': '[{"type":"Resource","resource":{"name":"cpu"}}]',
        },
      },
      ...of({}),
      status: { currentReplicas: 0, desiredReplicas: 1 },
    },
  },
  { what: 'twice: as v2 with a status', path: `${path}/twice` },
  // kubernetes/kubernetes#88738
  {
    what: 'nothing carried',
    method: 'POST',
    path: oldPath,
    body: {
      ...carrying('metrics', ''),
      metadata: {
        name: 'carrying-nothing',
        annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '', 'autoscaling.alpha.kubernetes.io/conditions': 'null' },
      },
    },
  },
  { what: 'by an average: as v2', path: `${path}/by-average` },
  { what: 'v1: all of them', path: oldPath },
  { what: 'v1: as a table', path: oldPath, accept: asTable },
  { what: 'v1: gone', method: 'DELETE', path: old },
]

export const autoscaling: readonly Said[] = [
  { what: 'the resources', path: '/apis/autoscaling/v2' },
  ...creations(path, autoscalers),
  { what: 'one: created', method: 'POST', path, body: { metadata: { name: 'one' }, ...by(resource(of80)) } },
  patch('one: more', one, { spec: { maxReplicas: 5, minReplicas: 2 } }),
  patch('one: from nothing', one, { spec: { minReplicas: 0 } }),
  patch('one: a wrong target', one, { spec: { scaleTargetRef: { apiVersion: 'v1' } } }),
  patch('one: a wrong status', `${one}/status`, { status: { currentReplicas: -1, desiredReplicas: -1 } }),
  patch('one: a status', `${one}/status`, {
    status: {
      currentReplicas: 2,
      desiredReplicas: 3,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '5m' } } }],
      conditions: [{ type: 'AbleToScale', status: 'True' }],
    },
  }),
  { what: 'as a table', path, accept: asTable },
  { what: 'one by another field', path: `${path}?fieldSelector=spec.x%3D1` },
  { what: 'one goes', method: 'DELETE', path: one },
  ...both,
]
