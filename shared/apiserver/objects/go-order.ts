import type { KubeObject } from '../../meta/object.ts'
import type { ProtobufTable } from '../../meta/protobuf.ts'
import { loadProtobufTable } from '../../resources/schemas.ts'

/**
 * A copy of an object with its fields in the order of Go's types, and the keys of maps sorted: what errors show of it is written so. Of a type that
 * is not built in it is as it was.
 */
export const inGoOrder = (object: KubeObject, typeName: string): KubeObject =>
  ordered(object, typeName, loadProtobufTable()) as KubeObject

const ordered = (value: unknown, typeName: string, table: ProtobufTable): unknown => {
  const fields = table[typeName]
  if (!fields || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const from = value as Record<string, unknown>
  const to: Record<string, unknown> = {}
  for (const [, name, kind, flags] of fields) {
    if (flags.includes('i')) Object.assign(to, only(ordered(from, kind, table), table[kind] ?? []))
    else if (name in from) to[name] = orderedField(from[name], { kind, flags }, table)
  }
  for (const name of Object.keys(from)) if (!(name in to)) to[name] = from[name]
  return to
}

const only = (value: unknown, fields: ProtobufTable[string]) => {
  const from = value as Record<string, unknown>
  return Object.fromEntries(fields.flatMap(([, name]) => (name in from ? [[name, from[name]]] : [])))
}

const orderedField = (value: unknown, { kind, flags }: { kind: string; flags: string }, table: ProtobufTable): unknown => {
  if (Array.isArray(value)) return flags.includes('r') ? value.map((item) => ordered(item, kind, table)) : value
  if (!flags.includes('m') || typeof value !== 'object' || value === null) return ordered(value, kind, table)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item, kind, table)]))
}
