import type { Connection } from '../connection.ts'
import { minimalObjects } from '../minimal-objects.ts'
import { type Difference, differences } from './difference.ts'

const namespace = 'compare'
const name = 'compare'

/** What becomes of the least that each kind takes: all defaults of it. Of kinds that both serve, nothing is stored. */
export const compareDefaults = async (ours: Connection, peer: Connection): Promise<Difference[]> => {
  for (const server of [ours, peer]) await makeNamespace(server)
  const found: Difference[] = []
  for (const [where, body] of Object.entries(minimalObjects)) {
    const path = `${where.startsWith('v1/') ? '/api' : '/apis'}/${where.replace('*', `namespaces/${namespace}`)}?dryRun=All`
    const object = { metadata: { name }, ...(JSON.parse(JSON.stringify(body).replaceAll('"*"', `"${namespace}"`)) as object) }
    const [own, theirs] = await Promise.all([ours, peer].map((server) => create(server, path, object)))
    found.push(...differences(`defaults ${where}`, own, theirs))
  }
  return found
}

const create = async (server: Connection, path: string, object: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const { code, headers: answered, text } = await server.send({ method: 'POST', path, body: JSON.stringify(object), headers })
  return { code, warning: answered.warning, ...(steady(JSON.parse(text)) as object) }
}

/** Namespaces get their default service account from a controller, which pods wait for; the peer has no controllers. */
const makeNamespace = async (server: Connection): Promise<void> => {
  const headers = { 'content-type': 'application/json' }
  const make = (path: string, of: string) =>
    server.send({ method: 'POST', path, headers, body: JSON.stringify({ metadata: { name: of } }) })
  await make('/api/v1/namespaces', namespace)
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, 'default')
}

const changing = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'clusterIP', 'clusterIPs'])
const random = /(?<=kube-api-access-)\w{5}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value === 'string') return value.replaceAll(random, '(random)')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !changing.has(field))
      .map(([field, item]) => [field, field === 'managedFields' ? withoutTimes(item) : steady(item)]),
  )
}

const withoutTimes = (entries: unknown) =>
  Array.isArray(entries) ? entries.map((entry) => ({ ...(entry as object), time: undefined })) : entries
