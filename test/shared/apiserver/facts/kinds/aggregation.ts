import { asTable, patch, type Said } from './conversation.ts'

const path = '/apis/apiregistration.k8s.io/v1/apiservices'
const group = 'facts.example.com'
const spec = {
  ...{ group, version: 'v1', groupPriorityMinimum: 1000, versionPriority: 10 },
  // Nobody ever finds it: what is said of it stays what was said.
  service: { namespace: 'facts', name: 'nobody' },
}
const asMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const bundle = 'YQ=='

/** Of the name that is due to it, unless it has one of its own. */
const one = (changes: object, name?: string) => {
  const changed = { ...spec, ...changes } as { group?: string | null; version?: string | null }
  const due = `${changed.version ?? ''}.${changed.group ?? ''}`
  return { metadata: { name: name ?? due }, spec: changed }
}
const service = (changes: object) => one({ version: 'v9', service: { ...spec.service, ...changes } })

const bodies: Readonly<Record<string, object>> = {
  nothing: { metadata: { name: 'a' } },
  'no spec': { metadata: { name: 'a' }, spec: null },
  'an empty spec': { metadata: { name: 'a' }, spec: {} },
  'its defaults': one({}),
  'the same again': one({}),
  'another name': one({}, 'x'),
  'the name the other way round': one({}, `${group}.v1`),
  'no name': { spec },
  'a name with a slash': one({}, 'a/b'),
  'a namespace': { metadata: { name: `v1.${group}`, namespace: 'default' }, spec },
  'a wrong label': { metadata: { name: `v2.${group}`, labels: { 'a b': 'c' } }, spec: { ...spec, version: 'v2' } },
  'no group of another version': one({ group: '', version: 'v2' }),
  'a group of one word': one({ group: 'facts' }),
  'a wrong group': one({ group: 'A_b.example.com' }),
  'a group with a slash': one({ group: 'a/b' }),
  'no version': one({ version: null }),
  'a wrong version': one({ version: 'V1' }),
  'a version with a dot': one({ version: 'v1.1' }),
  'a version that begins with a digit': one({ version: '1v' }),
  'a long version': one({ version: 'v'.repeat(64) }),
  'no priority': one({ version: 'v9', groupPriorityMinimum: null }),
  'priority 0': one({ version: 'v9', groupPriorityMinimum: 0 }),
  'priority -1': one({ version: 'v9', groupPriorityMinimum: -1 }),
  'the highest priority': one({ version: 'v3', groupPriorityMinimum: 20_000 }),
  'more than that': one({ version: 'v9', groupPriorityMinimum: 20_001 }),
  'no priority of the version': one({ version: 'v9', versionPriority: null }),
  'priority 0 of the version': one({ version: 'v9', versionPriority: 0 }),
  'the highest priority of the version': one({ version: 'v4', versionPriority: 1000 }),
  'more than that of the version': one({ version: 'v9', versionPriority: 1001 }),
  'priorities that are no numbers': one({ version: 'v9', versionPriority: 'high' }),
  'no Service, and a bundle': one({ version: 'v9', service: null, caBundle: bundle }),
  'no Service, and any certificate will do': one({ version: 'v9', service: null, insecureSkipTLSVerify: true }),
  'no Service, and both': one({ version: 'v9', service: null, caBundle: bundle, insecureSkipTLSVerify: true }),
  'an empty Service': one({ version: 'v9', service: {} }),
  'a Service without a name': service({ name: '' }),
  'a Service without a namespace': service({ namespace: null }),
  'a Service with a strange name': one({ version: 'v6', service: { namespace: 'A b', name: 'C/d' } }),
  'port 0': service({ port: 0 }),
  'a port': one({ version: 'v7', service: { ...spec.service, port: 8443 } }),
  'a large port': service({ port: 70_000 }),
  'a negative port': service({ port: -1 }),
  'any certificate will do': one({ version: 'v8', insecureSkipTLSVerify: true }),
  'a bundle, and any certificate will do': one({ version: 'v9', caBundle: bundle, insecureSkipTLSVerify: true }),
  'a bundle that is none': one({ version: 'v10', caBundle: bundle }),
  'a bundle that is no base64': one({ version: 'v9', caBundle: 'a' }),
  'an unknown field': one({ version: 'v11', nobody: 'knows' }),
  'a status of its own': {
    ...one({ version: 'v12' }),
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'a', message: 'b' }] },
  },
  'all that can be wrong': one(
    { group: 'A', version: '', groupPriorityMinimum: 0, versionPriority: 0, service: { port: -1 } },
    'a',
  ),
}

const names = new Set([
  `v5.${group}`,
  ...Object.values(bodies).flatMap((body) => (body as { metadata?: { name?: string } }).metadata?.name ?? []),
])

const status = (type: string, said: unknown) =>
  patch(`a condition that says ${JSON.stringify(said)} of ${type}`, `${path}/v1.${group}/status`, {
    status: { conditions: [{ type, status: said, reason: 'a', message: 'b' }] },
  })

export const aggregation: readonly Said[] = [
  ...Object.entries(bodies).map(([what, body]) => ({ what, method: 'POST', path, body })),
  { what: 'no Service', method: 'POST', path, body: one({ version: 'v5', service: null }), accept: asTable },
  { ...patch('another port', `${path}/v3.${group}`, { spec: { service: { port: 1 } } }), accept: asMetadata },
  patch('another version', `${path}/v3.${group}`, { spec: { version: 'v4' } }),
  patch('another group', `${path}/v3.${group}`, { spec: { group: 'other.example.com' } }),
  patch('another priority', `${path}/v3.${group}`, { spec: { versionPriority: 0 } }),
  {
    what: 'an update without a revision',
    method: 'PUT',
    path: `${path}/v3.${group}`,
    body: one({ version: 'v3' }),
  },
  status('Other', 'Maybe'),
  status('Other', ''),
  status('Other', null),
  { what: 'a table', path: `${path}/v5.${group}`, accept: asTable },
  { what: 'by a field', path: `${path}?fieldSelector=${encodeURIComponent(`metadata.name=v5.${group}`)}`, accept: asTable },
  { what: 'by a field that none has', path: `${path}?fieldSelector=${encodeURIComponent('spec.group=a')}` },
  ...[...names]
    .filter((name) => !name.includes('/'))
    .map((name) => ({ what: `${name}: removed`, method: 'DELETE', path: `${path}/${name}` })),
]
