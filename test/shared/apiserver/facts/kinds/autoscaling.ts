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
  'wrong rules': behaving({
    scaleUp: { stabilizationWindowSeconds: -1, selectPolicy: 'Other', tolerance: '-1' },
    scaleDown: { stabilizationWindowSeconds: 3601, policies: [{}, { type: 'Other', value: -1, periodSeconds: 1801 }] },
  }),
  status: { ...of({}), status: { currentReplicas: 3 } },
}

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
]
