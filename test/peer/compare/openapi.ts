import type { Connection } from '../connection.ts'
import { type Difference, differences } from './difference.ts'

interface Document {
  readonly [field: string]: unknown
}

/** Both OpenAPI documents: version 2 as one, version 3 by group and version. Texts that only people read are left out. */
export const compareOpenApi = async (ours: Connection, peer: Connection): Promise<Difference[]> => {
  const [own, theirs] = await Promise.all([ours.read<Document>('/openapi/v2'), peer.read<Document>('/openapi/v2')])
  const found = differences('openapi v2', forMachines(own), forMachines(theirs))
  const [ownPaths, theirPaths] = await Promise.all([ours, peer].map(pathsOf))
  found.push(...differences('openapi v3 documents', there(ownPaths!), there(theirPaths!)))
  for (const path of Object.keys(ownPaths!).filter((name) => name in theirPaths!)) {
    const [one, other] = await Promise.all([
      ours.read<Document>(ownPaths![path]!.serverRelativeURL),
      peer.read<Document>(theirPaths![path]!.serverRelativeURL),
    ])
    found.push(...differences(`openapi v3 ${path}`, forMachines(one), forMachines(other)))
  }
  return found
}

const there = (paths: object) => Object.fromEntries(Object.keys(paths).map((path) => [path, true]))

const pathsOf = async (server: Connection) =>
  (await server.read<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')).paths

const sorted = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(Object.entries(value).sort()) : String(value)

const groupVersionKind = 'x-kubernetes-group-version-kind'

/** Media types of answers that we do not give: docs/compatibility.md says so. */
const isProtobuf = (value: unknown) => typeof value === 'string' && value.startsWith('application/vnd.kubernetes.protobuf')

/** Without descriptions and the server's own name, references to parameters followed, and without an order where it means nothing. */
const forMachines = (document: Document): unknown => {
  const named = (document.parameters ?? {}) as Readonly<Record<string, object>>
  const parameter = (value: unknown) => {
    const { $ref } = value as { $ref?: string }
    return ($ref === undefined ? value : named[$ref.slice($ref.lastIndexOf('/') + 1)]) as {
      readonly name: string
      readonly in: string
    }
  }
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((item) => !isProtobuf(item)).map(clean)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, field]) => !(name === 'description' && typeof field === 'string') && !isProtobuf(name))
        .map(([name, field]) => [name, cleanField(name, clean(field))]),
    )
  }
  const cleanField = (name: string, field: unknown) => {
    if (!Array.isArray(field)) return field
    if (name === 'parameters') return byName(field)
    return name === 'required' || name === groupVersionKind ? field.map(sorted).sort() : field
  }
  const byName = (values: readonly unknown[]) =>
    Object.fromEntries(values.map(parameter).map((one) => [`${one.name} in ${one.in}`, clean(one)]))
  return clean({ ...document, info: undefined, parameters: undefined })
}
