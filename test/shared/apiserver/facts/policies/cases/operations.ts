import type { Case } from '../case.ts'
import { account, as, base, create, deployment, map, maps, patch, pod, post, put, remove } from './requests.ts'
import { concerning, ofMaps, only, probe, tells } from './specs.ts'

export const operations: readonly Case[] = [
  ...['CREATE', 'UPDATE', 'DELETE'].map((operation) => ({
    what: `the operation ${operation}`,
    spec: { ...tells(probe), ...ofMaps(operation) },
    before: [create('old')],
    requests: [
      create('a'),
      post(`${maps}?dryRun=All`, map('b')),
      put(`${maps}/old`, map('old', { a: 'b' })),
      patch(`${maps}/old`, { data: { a: 'c' } }),
      {
        ...patch(`${maps}/old?fieldManager=m&force=true`, { apiVersion: 'v1', kind: 'ConfigMap', data: { x: 'y' } }),
        type: 'application/apply-patch+yaml',
      },
      {
        ...patch(`${maps}/new?fieldManager=m&force=true`, { apiVersion: 'v1', kind: 'ConfigMap', data: { x: 'y' } }),
        type: 'application/apply-patch+yaml',
      },
      remove(`${maps}/old?dryRun=All`),
      remove(maps),
      remove(`${maps}/old`),
    ],
  })),
  {
    what: 'status and scale of a deployment',
    spec: { ...tells(probe), ...concerning(['deployments/*']) },
    before: [deployment('d')],
    requests: [
      patch('/apis/apps/v1/namespaces/NS/deployments/d', { metadata: { labels: { a: 'b' } } }),
      patch('/apis/apps/v1/namespaces/NS/deployments/d/status', { status: { replicas: 3 } }),
      patch('/apis/apps/v1/namespaces/NS/deployments/d/scale', { spec: { replicas: 3 } }),
    ],
  },
  {
    what: 'pods and what stands below them',
    spec: { ...tells(probe), ...concerning(['pods', 'pods/*']) },
    before: [account, pod],
    requests: [
      patch(`${base}/pods/p`, { metadata: { labels: { a: 'b' } } }),
      patch(`${base}/pods/p/status`, { status: { phase: 'Running' } }),
      post(`${base}/pods/p/binding`, { target: { kind: 'Node', name: 'n' } }),
      post(`${base}/pods/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
      post(`${base}/pods/p/exec?command=ls&container=c&stdout=true`, {}),
      post(`${base}/pods/p/attach`, {}),
      post(`${base}/pods/p/portforward`, {}),
      { method: 'GET', path: `${base}/pods/p/proxy/x` },
      remove(`${base}/pods/p`),
    ],
  },
  {
    what: 'what is connected to',
    spec: {
      validations: [
        {
          expression: 'false',
          messageExpression:
            "object.kind + ' ' + object.apiVersion + (has(object.command) ? ' ' + object.command.join(',') : '') + (has(object.container) ? ' ' + object.container : '') + (has(object.path) ? ' ' + object.path : '')",
        },
      ],
      ...concerning(['*/*'], {}, { operations: ['CONNECT'] }),
    },
    before: [account, pod],
    requests: [
      post(`${base}/pods/p/exec?command=ls&command=x&container=c&stdout=true`, {}),
      { method: 'GET', path: `${base}/services/s:80/proxy/x/y` },
    ],
  },
  {
    what: 'a token',
    spec: { ...tells(probe), ...concerning(['serviceaccounts/token']) },
    before: [account],
    requests: [
      post(`${base}/serviceaccounts/default/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    ],
  },
  {
    what: 'who sends it, and how',
    spec: tells(
      "request.userInfo.username + ' ' + request.userInfo.groups.join(',') + ' ' + (has(request.userInfo.extra) && 'a/b' in request.userInfo.extra ? request.userInfo.extra['a/b'].join('+') : '-') + ' ' + (has(request.options.fieldManager) ? request.options.fieldManager : '-') + ' ' + (has(request.options.dryRun) ? request.options.dryRun.join(',') : '-') + ' ' + (has(request.options.fieldValidation) ? request.options.fieldValidation : '-') + ' ' + request.options.apiVersion",
    ),
    requests: [
      as('ann', create('a'), { 'impersonate-extra-a%2fb': 'c' }),
      as('bob', post(`${maps}?fieldManager=me&dryRun=All&fieldValidation=Strict`, map('a'))),
    ],
  },
  {
    what: 'options of a deletion',
    spec: {
      ...tells(
        "(has(request.options.propagationPolicy) ? request.options.propagationPolicy : '-') + ' ' + (has(request.options.gracePeriodSeconds) ? string(request.options.gracePeriodSeconds) : '-') + ' ' + (has(request.options.preconditions) ? request.options.preconditions.uid : '-') + ' ' + request.options.apiVersion",
      ),
      ...ofMaps('DELETE'),
    },
    before: [create('a')],
    requests: [
      remove(`${maps}/a`),
      remove(`${maps}/a?propagationPolicy=Foreground&gracePeriodSeconds=5`),
      remove(`${maps}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Orphan', gracePeriodSeconds: 7 }),
    ],
  },
  {
    what: 'a name that the server makes',
    spec: only(
      "request.name.startsWith('made-') && request.name != 'made-' && object.metadata.name == request.name && has(object.metadata.uid) && has(object.metadata.creationTimestamp)",
    ),
    requests: [post(maps, { metadata: { generateName: 'made-' } })],
  },
]
