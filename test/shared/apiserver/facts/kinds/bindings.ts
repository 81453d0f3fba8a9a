import { asTable, namespace, type Said } from './conversation.ts'

const pods = `/api/v1/namespaces/${namespace}/pods`
const asMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const bindings = `/api/v1/namespaces/${namespace}/bindings`
const target = { apiVersion: 'v1', kind: 'Node', name: 'a-node' }
const container = { name: 'a', image: 'a' }

const pod = (name: string, spec: object = {}): Said => ({
  what: `${name}: there`,
  method: 'POST',
  path: pods,
  accept: asMetadata,
  body: { metadata: { name }, spec: { containers: [container], automountServiceAccountToken: false, ...spec } },
})
const bind = (what: string, path: string, body: unknown): Said => ({ what, method: 'POST', path, body })

/** The same by both paths. */
const both = (what: string, name: string, body: unknown): Said[] => [
  bind(`by its pod: ${what}`, `${pods}/${name}/binding`, body),
  bind(`by name: ${what}`, bindings, body),
]

export const bindingFacts: readonly Said[] = [
  {
    what: 'the namespace’s account',
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: 'default' } },
  },
  pod('bound'),
  pod('bound-by-name'),
  pod('free'),
  pod('gated', { schedulingGates: [{ name: 'a.io/gate' }] }),
  ...both('no name', 'free', { target }),
  ...both('nothing', 'free', {}),
  ...both('no target', 'free', { metadata: { name: 'free' } }),
  ...both('another target', 'free', { metadata: { name: 'free' }, target: { kind: 'Rack' } }),
  bind('by its pod: another uid', `${pods}/free/binding`, { metadata: { name: 'free', uid: 'other' }, target }),
  ...both('another namespace', 'free', { metadata: { name: 'free', namespace: 'other' }, target }),
  ...both('nobody', 'nobody', { metadata: { name: 'nobody' }, target }),
  ...both('gated', 'gated', { metadata: { name: 'gated' }, target }),
  ...both('another kind', 'free', { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'free' } }),
  ...both('an unknown kind', 'free', { kind: 'Other', apiVersion: 'v1', metadata: { name: 'free' } }),
  ...both('an unknown version', 'free', { kind: 'Binding', apiVersion: 'v9', metadata: { name: 'free' } }),
  ...both('another group', 'free', { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'free' } }),
  ...both('wrong types', 'free', { metadata: { name: 'free' }, target: { name: 5 } }),
  bind('by its pod: another name', `${pods}/free/binding`, { metadata: { name: 'bound' }, target }),
  bind('by its pod: dry', `${pods}/bound/binding?dryRun=All`, { metadata: { name: 'bound' }, target: { name: 'a-node' } }),
  bind('by name: dry', `${bindings}?dryRun=All`, { metadata: { name: 'free' }, target }),
  bind('by its pod: bound', `${pods}/bound/binding`, { metadata: { name: 'bound' }, target }),
  bind('by name: bound', bindings, {
    metadata: { name: 'bound-by-name', uid: 'not looked at', annotations: { a: 'b' }, labels: { c: 'd' } },
    target,
  }),
  ...both('once more', 'bound', { metadata: { name: 'bound' }, target }),
  { what: 'bound by name, what is said of it then', path: `${pods}/bound-by-name`, accept: asMetadata },
  { what: 'bound by name, where it is then', path: `${pods}/bound-by-name`, accept: asTable },
  { what: 'bindings are not listed', path: bindings },
  { what: 'bindings are not read', path: `${bindings}/bound` },
  { what: 'bindings are not listed everywhere', path: '/api/v1/bindings' },
  bind('nor made everywhere', '/api/v1/bindings', { metadata: { name: 'free' }, target }),
  bind('nor by a name', `${bindings}/free`, { metadata: { name: 'free' }, target }),
  { what: 'pods are read in their namespace only', path: '/api/v1/pods/free' },
  { what: 'and made there', method: 'POST', path: '/api/v1/pods', body: {} },
  { what: 'nor removed', method: 'DELETE', path: bindings },
]
