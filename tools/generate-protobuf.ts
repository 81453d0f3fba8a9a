/**
 * Makes shared/resources/generated/protobuf.json: how each built-in type stands in Kubernetes' protobuf encoding. The numbers are
 * nowhere in OpenAPI; they are read from the struct tags of the Go modules k8s.io/api, k8s.io/apimachinery, k8s.io/apiextensions-apiserver and
 * k8s.io/kube-aggregator, whose folders (`go list -m -f '{{.Dir}}' k8s.io/api` and so on) are given as arguments in this order.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type GoField, openApiName, readGoTypes, scalars } from './go-types.ts'

const [api, apimachinery, apiextensions, aggregator] = process.argv.slice(2)
if (!api || !apimachinery || !apiextensions || !aggregator)
  throw new Error(
    'usage: generate-protobuf.ts API_MODULE_DIR APIMACHINERY_MODULE_DIR APIEXTENSIONS_MODULE_DIR AGGREGATOR_MODULE_DIR',
  )
const target = fileURLToPath(new URL('../shared/resources/generated/protobuf.json', import.meta.url))

const custom = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1'
const schema = openApiName(`${custom}.JSONSchemaProps`)

/** Types whose JSON is not that of their fields. */
const special: Record<string, string> = {
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'quantity',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': 'time',
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': 'microTime',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Duration': 'duration',
  'k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1': 'raw',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'raw',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'intOrString',
  [`${custom}.JSON`]: 'raw',
  // of two fields the one that is there: `number kind number kind`, `[]` behind a kind that is repeated
  [`${custom}.JSONSchemaPropsOrBool`]: `either:2 ${schema} 1 bool`,
  [`${custom}.JSONSchemaPropsOrArray`]: `either:1 ${schema} 2 ${schema}[]`,
  [`${custom}.JSONSchemaPropsOrStringArray`]: `either:1 ${schema} 2 string[]`,
}
const types = readGoTypes({
  'k8s.io/api': api,
  'k8s.io/apimachinery': apimachinery,
  'k8s.io/apiextensions-apiserver': apiextensions,
  'k8s.io/kube-aggregator': aggregator,
})
/** What of these modules is sent: the rest is how they are made. */
const isSent = (name: string) => /^k8s\.io\/(api|apimachinery)\/|\/pkg\/apis\/(apiextensions|apiregistration)\/v1\./.test(name)

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

for (const [name, type] of types) if (isSent(name) && type.fields?.length && !special[name]) addMessage(name)
const lines = Object.keys(table)
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(table[name])}`)
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`)
