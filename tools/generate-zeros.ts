/**
 * Makes tools/zeros.json, from which generate-schemas.ts takes what becomes of a zero value: whether Go's encoding leaves a field
 * out when it is empty, or writes it although nothing was said. It is in no OpenAPI; it is read from the struct tags of the Go modules
 * k8s.io/api, k8s.io/apimachinery, k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator, whose directories (`go list -m -f '{{.Dir}}' MODULE`) are its arguments.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type GoField, openApiName, readGoTypes, scalars } from './go-types.ts'

const [api, apimachinery, apiextensions, aggregator] = process.argv.slice(2)
if (!api || !apimachinery || !apiextensions || !aggregator) {
  throw new Error(
    'usage: generate-zeros.ts API_MODULE_DIR APIMACHINERY_MODULE_DIR APIEXTENSIONS_MODULE_DIR AGGREGATOR_MODULE_DIR',
  )
}
const types = readGoTypes({
  'k8s.io/api': api,
  'k8s.io/apimachinery': apimachinery,
  'k8s.io/apiextensions-apiserver': apiextensions,
  'k8s.io/kube-aggregator': aggregator,
})

/** What Go writes for structs that write themselves. */
const special: Readonly<Record<string, unknown>> = {
  'k8s.io/apimachinery/pkg/api/resource.Quantity': '0',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': null,
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': null,
  'k8s.io/apimachinery/pkg/apis/meta/v1.Duration': '0s',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': null,
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 0,
}

const scalarZeros: Readonly<Record<string, unknown>> = { string: '', bool: false, int: 0, double: 0 }

/** `drop`: the empty value is left out. Else what is written for it; undefined: neither. */
const zeroOf = (field: GoField): { drop: true } | { write: unknown } | undefined => {
  const { type, omitEmpty, omitZero } = field
  if (type.startsWith('*')) return omitEmpty ? undefined : { write: null }
  if (type in special) return omitZero ? undefined : { write: special[type] }
  const resolved = resolve(type)
  if (resolved in scalars) return omitEmpty ? { drop: true } : { write: scalarZeros[scalars[resolved]!] }
  if (resolved.startsWith('[]') || resolved.startsWith('map[')) return omitEmpty ? undefined : { write: null }
  return types.get(resolved)?.fields && !omitZero ? { write: {} } : undefined
}

const resolve = (type: string): string => {
  const alias = types.get(type)?.alias
  return alias === undefined ? type : resolve(alias)
}

const fieldsOf = (type: string): GoField[] =>
  (types.get(type)?.fields ?? []).flatMap((field) => (field.inline ? fieldsOf(field.type.replace(/^\*/, '')) : [field]))

const table: Record<string, { drop?: string[]; write?: Record<string, unknown> }> = {}
for (const name of [...types.keys()].sort()) {
  const drop: string[] = []
  const write: Record<string, unknown> = {}
  for (const field of fieldsOf(name)) {
    const zero = zeroOf(field)
    if (zero && 'drop' in zero) drop.push(field.json)
    else if (zero) write[field.json] = zero.write
  }
  const entry = { ...(drop.length && { drop }), ...(Object.keys(write).length && { write }) }
  if (Object.keys(entry).length > 0) table[openApiName(name)] = entry
}
const lines = Object.entries(table).map(([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`)
writeFileSync(fileURLToPath(new URL('./zeros.json', import.meta.url)), `{\n${lines.join(',\n')}\n}\n`)
