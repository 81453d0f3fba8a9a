/**
 * Makes shared/resources/generated/protobuf.json: how each built-in type stands in Kubernetes' protobuf encoding. The numbers are
 * nowhere in OpenAPI; they are read from the struct tags of the Go modules k8s.io/api and k8s.io/apimachinery, given as arguments:
 *
 *   node tools/generate-protobuf.ts "$(go list -m -f '{{.Dir}}' k8s.io/api)" "$(go list -m -f '{{.Dir}}' k8s.io/apimachinery)"
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

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
const scalars: Record<string, string> = {
  string: 'string',
  bool: 'bool',
  int: 'int',
  int32: 'int',
  int64: 'int',
  uint32: 'int',
  uint64: 'int',
  float64: 'double',
  byte: 'byte',
}

interface GoType {
  /** fields of a struct, or what another type stands for */
  readonly fields?: readonly GoField[]
  readonly alias?: string
}
interface GoField {
  readonly number: number
  readonly json: string
  readonly inline: boolean
  readonly omitEmpty: boolean
  readonly type: string
}

const types = new Map<string, GoType>()
const modules: [string, string][] = [
  ['k8s.io/api', api],
  ['k8s.io/apimachinery', apimachinery],
]
for (const [module, root] of modules) {
  for (const file of globSync('**/*.go', { cwd: root })) {
    if (/_test\.go$|zz_generated|generated\.pb|testapigroup|\/testing\//.test(file)) continue
    readGo(join(root, file), `${module}/${dirname(relative(root, join(root, file)))}`)
  }
}

function readGo(file: string, packageName: string) {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const imports = new Map<string, string>()
  for (const match of text.matchAll(/^(?:import)?\s*(?:(\w+)\s+)?"([\w./-]+)"$/gm)) {
    imports.set(match[1] ?? match[2]!.split('/').pop()!, match[2]!)
  }
  const qualify = (type: string): string =>
    type.replace(/(?:(\w+)\.)?\b([A-Za-z]\w*)\b/g, (word: string, alias: string | undefined, name: string) => {
      if (alias) return `${imports.get(alias) ?? alias}.${name}`
      return name === 'map' || name in scalars ? word : `${packageName}.${name}`
    })
  for (const match of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields: GoField[] = []
    for (const line of match[2]!.split('\n')) {
      const field = /^\s*(?:(\w+)\s+)?([*[\]\w.]+(?:\[[\w.]+\])?[\w.*[\]]*)\s+`(.*)`/.exec(line)
      const number = field && /protobuf:"\w+,(\d+),/.exec(field[3]!)?.[1]
      if (!field || !number) continue
      const [json = '', ...options] = (/json:"([^"]*)"/.exec(field[3]!)?.[1] ?? '').split(',')
      fields.push({
        number: Number(number),
        json,
        inline: json === '' && options.includes('inline'),
        omitEmpty: options.includes('omitempty'),
        type: qualify(field[2]!),
      })
    }
    types.set(`${packageName}.${match[1]}`, { fields })
  }
  for (const match of text.matchAll(/^type (\w+) struct\s*\{\s*\}/gm)) types.set(`${packageName}.${match[1]}`, { fields: [] })
  for (const match of text.matchAll(/^type (\w+) (?:= )?((?:\[\]|map\[)?[\w.\]*]+)$/gm)) {
    types.set(`${packageName}.${match[1]}`, { alias: qualify(match[2]!) })
  }
}

const openApiName = (type: string) => {
  const slash = type.indexOf('/')
  const [first = ''] = type.split('/')
  return `${first.split('.').reverse().join('.')}${type.slice(slash).replaceAll('/', '.')}`
}

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
