/**
 * Makes shared/resources/generated/protobuf.json: how each built-in type stands in Kubernetes' protobuf encoding. The numbers are
 * nowhere in OpenAPI; they are read from the struct tags of the Go modules k8s.io/api and k8s.io/apimachinery, given as arguments:
 *
 *   node tools/generate-protobuf.ts "$(go list -m -f '{{.Dir}}' k8s.io/api)" "$(go list -m -f '{{.Dir}}' k8s.io/apimachinery)"
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type GoField, openApiName, readGoTypes, scalars } from './go-types.ts'

const [api, apimachinery] = process.argv.slice(2)
if (!api || !apimachinery) throw new Error('usage: generate-protobuf.ts API_MODULE_DIR APIMACHINERY_MODULE_DIR')
const target = fileURLToPath(new URL('../shared/resources/generated/protobuf.json', import.meta.url))

/** Types whose JSON is not that of their fields. */
const special: Record<string, string> = {
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'quantity',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': 'time',
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': 'microTime',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Duration': 'duration',
  'k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1': 'raw',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'raw',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'intOrString',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON': 'raw',
}
const types = readGoTypes({ 'k8s.io/api': api, 'k8s.io/apimachinery': apimachinery })

const table: Record<string, unknown[]> = {}

/** The wire kind of a type: a scalar's, a special one's, or the name of a message. */
const kindOf = (type: string): string => {
  const known = scalars[type] ?? special[type]
  if (known) return known
  const entry = types.get(type)
  if (entry?.alias?.startsWith('[]')) {
    // A named list is a message of its own with its items in field 1.

    return `list:${kindOf(entry.alias.slice(2))}`
  }
  if (entry?.alias) return kindOf(entry.alias)
  if (!entry) throw new Error(`unknown type ${type}`)
  return addMessage(type)
}

function addMessage(type: string): string {
  const name = openApiName(type)
  if (name in table) return name
  table[name] = []
  for (const field of types.get(type)?.fields ?? []) table[name].push(encodeField(field))
  return name
}

/** [number, JSON name, kind, flags]: `r` repeated, `m` map, `i` inline, `z` a zero is told from nothing. */
function encodeField(field: GoField): unknown[] {
  let { type } = field
  let flags = field.inline ? 'i' : ''
  if (type.startsWith('*')) {
    flags += 'z'
    type = type.slice(1)
  } else if (!field.omitEmpty && !field.inline) flags += 'z'
  const alias = types.get(type)?.alias
  if (alias?.startsWith('map[')) type = alias
  if (type === '[]byte') return [field.number, field.json, 'bytes', flags]
  const map = /^map\[([^\]]+)\](.*)$/.exec(type)
  if (map) return [field.number, field.json, map[2] === '[]byte' ? 'bytes' : kindOf(map[2]!.replace(/^\*/, '')), `${flags}m`]
  if (type.startsWith('[]')) return [field.number, field.json, kindOf(type.slice(2).replace(/^\*/, '')), `${flags}r`]
  return [field.number, field.json, kindOf(type), flags]
}

for (const [name, type] of types) if (type.fields?.length && !special[name]) addMessage(name)
const lines = Object.keys(table)
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(table[name])}`)
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`)
