// `node test/shared/apiserver/facts/access/record.ts https://127.0.0.1:6443 CERTIFICATE KEY`: asks a real control plane of default roles and what they let whom do.
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import {
  type AskedResource,
  nameOf,
  namespacesOf,
  paths,
  pathVerbs,
  setOf,
  specialVerbs,
  subjects,
  userOfRole,
  verbs,
} from './questions.ts'

const [server = '', certificate = '', key = ''] = process.argv.slice(2)
const agent = new Agent({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  rejectUnauthorized: false,
  keepAlive: true,
  maxSockets: 64,
})

interface Answer {
  readonly items: Stored[]
  readonly groups: { preferredVersion: { groupVersion: string } }[]
  readonly resources: { name: string; namespaced: boolean }[]
  readonly status: { allowed: boolean }
}

const ask = (method: string, path: string, body?: unknown) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(`${server}${path}`, { method, agent, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text) as Answer))
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })

const rbac = '/apis/rbac.authorization.k8s.io/v1'
interface Stored {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: unknown }
}
const objects: Stored[] = []
for (const [plural, kind] of [
  ['clusterroles', 'ClusterRole'],
  ['clusterrolebindings', 'ClusterRoleBinding'],
  ['roles', 'Role'],
  ['rolebindings', 'RoleBinding'],
])
  for (const item of (await ask('GET', `${rbac}/${plural}`)).items) {
    if (item.metadata.labels?.['kubernetes.io/bootstrapping'] !== 'rbac-defaults') continue
    const { name, namespace, labels, annotations } = item.metadata
    objects.push({
      ...item,
      kind: kind!,
      metadata: { name, ...(namespace && { namespace }), ...(labels && { labels }), annotations },
    })
  }
const lines = objects.map((one) => JSON.stringify(one))
writeFileSync(new URL('./default-roles.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`)

const roles = objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name)
const bindingOf = (role: string) => `facts:${role}`
for (const role of roles)
  await ask('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: bindingOf(role) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: userOfRole(role) }],
  })

const groups = ['v1', ...(await ask('GET', '/apis')).groups.map((one) => one.preferredVersion.groupVersion)]
const resources: AskedResource[] = [
  { group: '', resource: 'users', subresource: '', namespaced: false },
  { group: '', resource: 'groups', subresource: '', namespaced: false },
  { group: 'authentication.k8s.io', resource: 'uids', subresource: '', namespaced: false },
  { group: 'authentication.k8s.io', resource: 'userextras', subresource: 'scopes', namespaced: false },
  { group: 'certificates.k8s.io', resource: 'signers', subresource: '', namespaced: false },
  { group: '', resource: 'nodes', subresource: 'metrics', namespaced: false },
  { group: 'metrics.k8s.io', resource: 'pods', subresource: '', namespaced: true },
  { group: 'extensions', resource: 'ingresses', subresource: '', namespaced: true },
  { group: 'example.com', resource: 'things', subresource: '', namespaced: true },
]
for (const groupVersion of groups) {
  const list = await ask('GET', groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`)
  for (const { name, namespaced } of list.resources) {
    const [resource = '', subresource = ''] = name.split('/')
    resources.push({ group: groupVersion === 'v1' ? '' : groupVersion.split('/')[0]!, resource, subresource, namespaced })
  }
}

const allowed = async (spec: object): Promise<boolean> =>
  (await ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec })).status.allowed

const accessOf = async (subject: object, within: readonly string[]): Promise<Record<string, number>> => {
  const found: Record<string, number> = {}
  const questions = resources.flatMap((resource) =>
    (resource.namespaced ? within : ['']).map((namespace) => ({ resource, namespace })),
  )
  await Promise.all(
    questions.map(async ({ resource, namespace }) => {
      const name = nameOf(resource)
      const all = [...verbs, ...(specialVerbs[name] ?? [])]
      const { namespaced: _, ...what } = resource
      const answers = await Promise.all(
        all.map((verb) => allowed({ ...subject, resourceAttributes: { ...what, namespace, verb, name: '' } })),
      )
      const set = setOf(all, answers)
      if (set > 0) found[namespace ? `${namespace} ${name}` : name] = set
    }),
  )
  for (const path of paths) {
    const answers = await Promise.all(pathVerbs.map((verb) => allowed({ ...subject, nonResourceAttributes: { path, verb } })))
    const set = setOf(pathVerbs, answers)
    if (set > 0) found[path] = set
  }
  return found
}

/** What is the same in all namespaces is said once. */
const joined = (found: Record<string, number>, within: readonly string[]) => {
  const byName = new Map<string, Map<string, number>>()
  const out: Record<string, number> = {}
  for (const [key, set] of Object.entries(found)) {
    const [namespace, name] = key.includes(' ') ? key.split(' ') : [undefined, key]
    if (namespace === undefined) out[key] = set
    else byName.set(name!, (byName.get(name!) ?? new Map()).set(namespace, set))
  }
  for (const [name, sets] of byName) {
    const distinct = new Set(within.map((namespace) => sets.get(namespace) ?? 0))
    if (distinct.size === 1) out[`* ${name}`] = [...distinct][0]!
    else for (const [namespace, set] of sets) out[`${namespace} ${name}`] = set
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const access: Record<string, Record<string, number>> = {}
const everybody = { ...subjects, ...Object.fromEntries(roles.map((role) => [userOfRole(role), { user: userOfRole(role) }])) }
for (const [name, subject] of Object.entries(everybody)) {
  access[name] = joined(await accessOf(subject, namespacesOf(name)), namespacesOf(name))
  console.log(name)
}
for (const role of roles) await ask('DELETE', `${rbac}/clusterrolebindings/${bindingOf(role)}`)

const asked = resources.map((resource) => `${resource.namespaced ? '* ' : ''}${nameOf(resource)}`)
const rows = Object.entries(access).map(([name, found]) => `    ${JSON.stringify(name)}: ${JSON.stringify(found)}`)
writeFileSync(
  new URL('./default-access.json', import.meta.url),
  `{\n  "asked": ${JSON.stringify(asked)},\n  "access": {\n${rows.join(',\n')}\n  }\n}\n`,
)
console.log(`${objects.length} objects, ${rows.length} subjects, ${resources.length} resources`)
agent.destroy()
