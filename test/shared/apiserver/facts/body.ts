import type { FactRequest } from './requests.ts'

const maps = '/api/v1/namespaces/facts/configmaps'
const service = '/api/v1/namespaces/facts/services'
const deployments = '/apis/apps/v1/namespaces/facts/deployments'

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** What is no patch, or makes an object of another type, for each syntax. */
const patches: readonly (readonly [keyof typeof patchTypes, string])[] = [
  ...(['json', 'merge', 'strategic'] as const).flatMap((type) =>
    ['', '{', '[]', '{}', 'null', '3', '"x"', 'true'].map((body) => [type, body] as const),
  ),
  ...(['merge', 'strategic'] as const).flatMap((type) =>
    [
      { metadata: null },
      { kind: 'Other' },
      { kind: null },
      { apiVersion: 'v9' },
      { metadata: { name: 'other' } },
      { metadata: { namespace: 'other' } },
      { metadata: { uid: 'other' } },
      { metadata: { resourceVersion: '1' } },
      { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } },
      { metadata: { deletionGracePeriodSeconds: 3 } },
      { metadata: { creationTimestamp: null } },
      { metadata: { labels: { x: 1 } } },
      { metadata: { ownerReferences: [{ apiVersion: 'a/b/c', kind: 'K', name: 'n', uid: 'u' }] } },
      { spec: { replicas: 1 } },
      { $patch: 'delete' },
    ].map((body) => [type, JSON.stringify(body)] as const),
  ),
  ['merge', '{"data":{"x":"1"},"data":{"y":"2"}}'],
  ['strategic', '{"data":{"x":"1"},"data":{"y":"2"}}'],
  ...[
    [{ op: 'replace', path: '/metadata/labels/new', value: 'x' }],
    [{ op: 'replace', path: '/metadata/annotations/new', value: 'x' }],
    [{ op: 'replace', path: '/metadata/finalizers/0', value: 'x' }],
    [{ op: 'copy', from: '/metadata/labels/none', path: '/metadata/labels/z' }],
    [{ op: 'move', from: '/metadata/labels/none', path: '/metadata/labels/z' }],
    [{ op: 'remove', path: '/metadata/labels/none' }],
    [{ op: 'remove', path: '/metadata/name' }],
    [{ op: 'remove', path: '/metadata' }],
    [{ op: 'remove', path: '/kind' }],
    [{ op: 'replace', path: '/kind', value: 'Other' }],
    [{ op: 'add', path: '/other', value: 1 }],
    [{ op: 'test', path: '/metadata/labels/none', value: null }],
    [null],
    [3],
    [{ op: 'other', path: '/x' }],
  ].map((body) => ['json', JSON.stringify(body)] as const),
]

const objects = [
  '{}',
  'null',
  '{"metadata":null}',
  '{"metadata":{"generateName":""}}',
  '{"metadata":{"name":3}}',
  '{"metadata":{"name":"a","namespace":"other"}}',
  '{"metadata":{"name":"a","ownerReferences":[{"apiVersion":"a/b/c","kind":"K","name":"n","uid":"u"}]}}',
]
const yaml = [
  '',
  '# nothing',
  '---\n---\nmetadata: {name: second}',
  'metadata: {name: ~}',
  'metadata: {name: first}\n---\nmetadata: {name: second}',
]

/** A real server does not look at the query when there is a body. */
const dryRun = ['All']
const deleteOptions = [
  { dryRun },
  { dryRun, preconditions: { uid: '' } },
  { dryRun, preconditions: { uid: null } },
  { dryRun, preconditions: { uid: 'other' } },
  { dryRun, preconditions: { resourceVersion: '' } },
  { dryRun, preconditions: { resourceVersion: 'other' } },
  { dryRun, kind: 'DeleteOptions', apiVersion: 'v1' },
]

const eventNames = ['A', 'a_b', 'system:node', '10.0.0.1:80.17', 'a b', 'x'.repeat(254), '.', '..', 'a/b', 'a%b']

const status = {
  'a finalizer by status': { metadata: { finalizers: ['example.com/a'] } },
  'an owner by status': { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u' }] } },
  'a finalizer that is none by status': { metadata: { finalizers: ['bad'] } },
}

const patched = (title: string, url: string, [type, body]: readonly [keyof typeof patchTypes, string]) =>
  [title, { method: 'PATCH', url, body, contentType: patchTypes[type] }] as const

const list: readonly (readonly [string, FactRequest])[] = [
  ...patches.flatMap((each) => [
    patched(`patch ${each[0]} ${each[1]}`, `${maps}/c?dryRun=All`, each),
    patched(`strict patch ${each[0]} ${each[1]}`, `${maps}/c?dryRun=All&fieldValidation=Strict`, each),
  ]),
  ...Object.entries(patchTypes).map(
    ([name, type]) =>
      [`create as a patch ${name}`, { method: 'POST', url: `${maps}?dryRun=All`, body: '{}', contentType: type }] as const,
  ),
  ['patch as no patch', { method: 'PATCH', url: `${maps}/c?dryRun=All`, body: '{}', contentType: 'text/plain' }],
  ...objects.map(
    (body) => [`create ${body}`, { method: 'POST', url: `${maps}?dryRun=All`, body, contentType: 'application/json' }] as const,
  ),
  ...objects.map(
    (body) => [`update ${body}`, { method: 'PUT', url: `${maps}/c?dryRun=All`, body, contentType: 'application/json' }] as const,
  ),
  ...yaml.map(
    (body) =>
      [`create yaml ${body}`, { method: 'POST', url: `${maps}?dryRun=All`, body, contentType: 'application/yaml' }] as const,
  ),
  ...[`${maps}/c`, `${deployments}/d`].flatMap((url) =>
    deleteOptions.map((body) => [`delete ${url} ${JSON.stringify(body)}`, { method: 'DELETE', url, body }] as const),
  ),
  ['delete what is not there null', { method: 'DELETE', url: `${maps}/none`, body: 'null' }],
  ...eventNames.map(
    (name) =>
      [
        `event ${name}`,
        {
          method: 'POST',
          url: '/api/v1/namespaces/facts/events?dryRun=All',
          body: { metadata: { name }, involvedObject: { namespace: 'facts' } },
        },
      ] as const,
  ),
  ...[
    `${service}/s/status`,
    `${deployments}/d/status`,
    '/api/v1/namespaces/facts/pods/p/status',
    '/api/v1/namespaces/facts/status',
  ].flatMap((url) =>
    Object.entries(status).map(([title, body]) =>
      patched(`${title}: ${url}`, `${url}?dryRun=All`, ['merge', JSON.stringify(body)]),
    ),
  ),
]

export const bodies: ReadonlyMap<string, FactRequest> = new Map(list)
