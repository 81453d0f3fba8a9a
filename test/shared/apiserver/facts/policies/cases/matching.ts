import type { Case } from '../case.ts'
import { limit } from './limits.ts'
import { base, create, maps, patch, post, remove, role, scaler } from './requests.ts'
import { cluster, concerning, only, probe, tells } from './specs.ts'

export const matching: readonly Case[] = [
  {
    what: 'a cluster-scoped object',
    spec: { ...tells(probe), ...concerning(['clusterroles'], {}, { resourceNames: ['NS-r'] }) },
    requests: [role('NS-r'), role('NS-s'), remove('/apis/rbac.authorization.k8s.io/v1/clusterroles/NS-s')],
  },
  {
    what: 'a namespace itself',
    spec: { ...tells(probe), ...cluster({}, { operations: ['CREATE', 'UPDATE'] }, 'NS-x') },
    requests: [post('/api/v1/namespaces', { metadata: { name: 'NS-x' } })],
  },
  {
    what: 'a namespace that is there',
    spec: { ...tells(probe), ...cluster({}, { operations: ['UPDATE'] }) },
    requests: [patch('/api/v1/namespaces/NS', { metadata: { labels: { x: 'y' } } })],
  },
  {
    what: 'namespaces only',
    spec: {
      ...tells(probe),
      ...cluster({ objectSelector: { matchLabels: { of: 'NS' } } }, { scope: 'Namespaced', resourceNames: [] }),
    },
    requests: [role('NS-r'), remove('/apis/rbac.authorization.k8s.io/v1/clusterroles/NS-r')],
  },
  {
    what: 'the cluster only',
    spec: { ...only('false'), ...concerning(['*'], {}, { scope: 'Cluster', resourceNames: ['NS-m', 'NS-r'] }) },
    requests: [create('NS-m'), role('NS-r')],
  },
  {
    what: 'names',
    spec: { ...only('false'), ...concerning(['configmaps'], {}, { resourceNames: ['a', 'b'] }) },
    requests: [create('a'), create('b'), create('c')],
  },
  {
    what: 'what is excluded',
    spec: {
      ...only('false'),
      ...concerning(['configmaps', 'secrets'], {
        excludeResourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
      }),
    },
    requests: [create('a'), post(`${base}/secrets`, { metadata: { name: 's' } }), remove(`${base}/secrets/s`)],
  },
  {
    what: 'labels of objects',
    spec: { ...only('false'), ...concerning(['configmaps'], { objectSelector: { matchLabels: { a: 'b' } } }) },
    requests: [
      create('a'),
      create('b', {}, { labels: { a: 'b' } }),
      patch(`${maps}/a`, { metadata: { labels: { a: 'b' } } }),
      patch(`${maps}/a`, { metadata: { labels: { a: 'c' } } }),
    ],
  },
  ...[
    { what: 'labels of namespaces', kind: 'strict' },
    { what: 'other labels of namespaces', kind: 'lax' },
  ].map(({ what, kind }) => ({
    what,
    namespaceLabels: { kind },
    spec: {
      ...only('false'),
      ...concerning(['configmaps'], {
        namespaceSelector: {
          matchExpressions: [
            { key: 'kind', operator: 'In', values: ['strict'] },
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['NS'] },
          ],
        },
      }),
    },
    requests: [create('a')],
  })),
  ...['Equivalent', 'Exact'].map((matchPolicy) => ({
    what: `${matchPolicy}: another version`,
    spec: {
      ...tells(
        "request.kind.version + ' ' + request.requestKind.version + ' ' + request.resource.version + ' ' + request.requestResource.version + ' ' + object.apiVersion + ' ' + (has(object.spec.metrics) ? 'metrics' : '-') + ' ' + string(has(object.spec.targetCPUUtilizationPercentage))",
      ),
      ...concerning(['horizontalpodautoscalers'], { matchPolicy }, { apiGroups: ['autoscaling'], apiVersions: ['v1'] }),
    },
    requests: [scaler('v1', 'a'), scaler('v2', 'b')],
  })),
  ...['Equivalent', 'Exact'].map((matchPolicy) => ({
    what: `${matchPolicy}: another version of a custom kind`,
    spec: {
      ...tells(
        "request.kind.version + ' ' + request.requestKind.version + ' ' + object.apiVersion + ' ' + string(object.spec.n)",
      ),
      ...concerning(['limits'], { matchPolicy }, { apiGroups: ['policies.example.com'], apiVersions: ['v1beta1'] }),
    },
    requests: [limit('a', { n: 3 })],
  })),
  {
    what: 'a custom kind, its status and its scale',
    spec: { ...tells(probe), ...concerning(['limits/*']) },
    before: [limit('a', { n: 3 })],
    requests: [
      limit('b', { n: 4 }),
      patch('/apis/policies.example.com/v1/namespaces/NS/limits/a/status', { status: { n: 4 } }),
      patch('/apis/policies.example.com/v1/namespaces/NS/limits/a/scale', { spec: { replicas: 4 } }),
    ],
  },
  {
    what: 'a binding for fewer',
    spec: only('false'),
    bindings: [
      {
        matchResources: {
          objectSelector: { matchLabels: { a: 'b' } },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['*'] }],
        },
      },
    ],
    requests: [create('a'), create('b', {}, { labels: { a: 'b' } }), patch(`${maps}/a`, { metadata: { labels: { a: 'b' } } })],
  },
  {
    what: 'a binding of other namespaces',
    spec: only('false'),
    bindings: [{ matchResources: { namespaceSelector: { matchLabels: { no: 'where' } } } }],
    requests: [create('a')],
  },
  {
    what: 'a binding of names',
    spec: only('false'),
    bindings: [
      {
        matchResources: {
          resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], resourceNames: ['b'] }],
        },
      },
    ],
    requests: [create('a'), create('b')],
  },
  {
    what: 'one that warns and one that denies',
    spec: { validations: [{ expression: "object.metadata.name == 'a'", message: 'm' }] },
    bindings: [
      { validationActions: ['Warn'] },
      { validationActions: ['Deny'], matchResources: { objectSelector: { matchLabels: { x: 'y' } } } },
    ],
    requests: [create('a'), create('b'), create('c', {}, { labels: { x: 'y' } })],
  },
  {
    what: 'policies, which nobody is asked about',
    spec: { ...only('false'), ...concerning(['*'], {}, { apiGroups: ['admissionregistration.k8s.io'] }) },
    requests: [
      post('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All', {
        metadata: { name: 'NS-other' },
        spec: {
          ...only('true'),
          matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] }] },
        },
      }),
      post('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings?dryRun=All', {
        metadata: { name: 'NS-other' },
        spec: { policyName: 'a', validationActions: ['Deny'] },
      }),
    ],
  },
]
