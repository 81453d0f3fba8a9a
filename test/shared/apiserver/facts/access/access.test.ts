import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDefaultAuthorizer } from '../../../../../shared/apiserver/authz/default-authorizer.ts'
import { openPaths } from '../../../../../shared/apiserver/authz/open-paths.ts'
import { systemClock } from '../../../../../shared/platform/clock.ts'
import type { PolicyRule } from '../../../../../shared/resources/rbac/policy-rule.ts'
import {
  type ClusterRole,
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
} from '../../../../../shared/resources/resource.ts'
import { openLogTail } from '../../../../../shared/storage/tail/open.ts'
import { startTestServer, type TestServer } from '../../environment.ts'
import { nameOf, namespacesOf, paths, pathVerbs, setOf, specialVerbs, subjects, userOfRole, verbs } from './questions.ts'

const read = <T>(name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T
const objects = read<ClusterRole[]>('./default-roles.json')
const { asked, access } = read<{ asked: string[]; access: Record<string, Record<string, number>> }>('./default-access.json')
const base = '/apis/rbac.authorization.k8s.io/v1'
const resources = { ClusterRole: clusterRoles, ClusterRoleBinding: clusterRoleBindings, Role: roles, RoleBinding: roleBindings }

/** The role that metrics-server's manifest brings to a real one, whose API is served here without it. */
const metricsReader = 'system:aggregated-metrics-reader'
const metrics = 'metrics.k8s.io'
const isOfMetrics = ({ apiGroups, resources }: PolicyRule) => apiGroups?.join() === metrics && resources?.join() === 'pods,nodes'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ defaultRoles: true })
})
afterAll(() => server.stop())

describe('default roles and bindings', () => {
  it.each(objects.map((one) => [`${one.kind} ${one.metadata.namespace ?? ''}${one.metadata.name}`, one] as const))(
    'are upstream ones: %s',
    async (_, { kind, metadata, ...rest }) => {
      const { resource } = resources[kind as keyof typeof resources]
      const home = metadata.namespace ? `/namespaces/${metadata.namespace}` : ''
      const { json } = await server.call('GET', `${base}${home}/${resource}/${encodeURIComponent(metadata.name)}`)
      const { name, namespace, labels, annotations } = json.metadata
      const rules = (json as Partial<ClusterRole>).rules?.filter((rule) => !isOfMetrics(rule))
      expect({
        ...json,
        ...(rules && { rules }),
        metadata: JSON.parse(JSON.stringify({ name, namespace, labels, annotations })),
      }).toEqual({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        ...rest,
        metadata,
      })
    },
  )

  it.each(Object.keys(resources))('and no other: %s', async (kind) => {
    const { resource } = resources[kind as keyof typeof resources]
    const { json } = await server.call<ClusterRole & { items: ClusterRole[] }>('GET', `${base}/${resource}`)
    const names = json.items.map(({ metadata }) => metadata.name).filter((name) => name !== metricsReader)
    expect(names).toHaveLength(objects.filter((one) => one.kind === kind).length)
  })
})

describe('kubectl auth can-i: what a real control plane let do', () => {
  let ask: (user: { user?: string; groups?: readonly string[] }, within: readonly string[]) => Promise<Record<string, number>>
  let close: () => Promise<void>

  beforeAll(async () => {
    for (const { kind, metadata } of objects)
      if (kind === 'ClusterRole')
        await server.call('POST', `${base}/clusterrolebindings`, {
          body: {
            metadata: { name: `facts:${metadata.name}` },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name },
            subjects: [{ kind: 'User', name: userOfRole(metadata.name) }],
          },
        })
    const logTail = await openLogTail({ store: server.store })
    close = () => logTail.close()
    const authorizer = createDefaultAuthorizer({ store: server.store, logTail, clock: systemClock, openPaths: openPaths() })
    ask = async ({ user: name = '', groups = [] }, within) => {
      const found: Record<string, number> = {}
      const allowed = async (info: Parameters<typeof authorizer.authorize>[0]['info']) =>
        (await authorizer.authorize({ user: { name, groups }, info })).verdict === 'allow'
      for (const one of asked) {
        const [namespaced, full = one] = one.startsWith('* ') ? [true, one.slice(2)] : [false, one]
        const [path = '', subresource = ''] = full.split('/')
        const [resource = '', ...group] = path.split('.')
        const what = { group: group.join('.'), resource, subresource }
        expect(nameOf({ ...what, namespaced })).toBe(full)
        const all = [...verbs, ...(specialVerbs[full] ?? [])]
        const sets = new Map<string, number>()
        for (const namespace of namespaced ? within : ['']) {
          const answers: boolean[] = []
          for (const verb of all)
            answers.push(
              await allowed({ isResource: true, path: '', version: '*', ...what, namespace, name: '', verb: verb as 'get' }),
            )
          sets.set(namespace, setOf(all, answers))
        }
        if (!namespaced) found[full] = sets.get('')!
        else if (new Set(sets.values()).size === 1) found[one] = sets.get(within[0]!)!
        else for (const [namespace, set] of sets) found[`${namespace} ${full}`] = set
      }
      for (const path of paths) {
        const answers: boolean[] = []
        for (const verb of pathVerbs) answers.push(await allowed({ isResource: false, path, verb }))
        found[path] = setOf(pathVerbs, answers)
      }
      return Object.fromEntries(Object.entries(found).filter(([, set]) => set > 0))
    }
  })
  afterAll(() => close())

  it.each(Object.keys(access))('%s', async (name) => {
    const found = await ask(subjects[name] ?? { user: name }, namespacesOf(name))
    // Health and version are open to all here, with HEAD too.
    for (const path of openPaths()) {
      const set = found[path]
      delete found[path]
      if (set !== undefined) expect(set & 3).toBe(3)
    }
    const wanted = Object.fromEntries(Object.entries(access[name]!).filter(([key]) => !openPaths().has(key)))
    for (const key of Object.keys(found)) if (key.endsWith(`.${metrics}`) && wanted[key] === undefined) delete found[key]
    expect(found).toEqual(wanted)
  })
})
