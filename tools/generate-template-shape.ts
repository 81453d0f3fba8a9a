/**
 * Makes shared/resources/generated/template-shape.json: the Go types that a template of pods is made of, which upstream hashes by their printed
 * form. Read from the Go modules k8s.io/api and k8s.io/apimachinery, whose folders (`go list -m -f '{{.Dir}}' k8s.io/api` and so on) are given as
 * arguments in this order.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readGoTypes, scalars } from './go-types.ts'

const [api, apimachinery] = process.argv.slice(2)
if (!api || !apimachinery) throw new Error('usage: generate-template-shape.ts API_MODULE_DIR APIMACHINERY_MODULE_DIR')
const target = fileURLToPath(new URL('../shared/resources/generated/template-shape.json', import.meta.url))
const types = readGoTypes({ 'k8s.io/api': api, 'k8s.io/apimachinery': apimachinery })

/** Printed otherwise than by their fields, or never there in a template. */
const special = new Set(['resource.Quantity', 'intstr.IntOrString', 'v1.Time', 'v1.FieldsV1'])

/** As Go prints it: the package's last name only. */
const printed = (type: string): string => type.replace(/[\w.-]+\/[\w./-]*\//g, '')

/** By printed name: a struct's fields `[Go name, JSON name or '' where it is embedded, type]`, or the type that it stands for. */
const table: Record<string, string | string[][]> = {}
const origins = new Map<string, string>()

const add = (expression: string): void => {
  for (const [type] of expression.matchAll(/[A-Za-z][\w./-]*/g)) {
    const name = printed(type)
    if (type === 'map' || type in scalars || special.has(name)) continue
    if ((origins.get(name) ?? type) !== type) throw new Error(`${type} and ${origins.get(name)} are printed alike`)
    if (origins.has(name)) continue
    origins.set(name, type)
    const { fields, alias } = types.get(type) ?? {}
    if (!fields && !alias) throw new Error(`unknown type ${type}`)
    table[name] = alias
      ? printed(alias)
      : fields!.map((field) => [field.name, field.inline ? '' : field.json, printed(field.type)])
    add(alias ?? fields!.map((field) => field.type).join(' '))
  }
}

add('k8s.io/api/core/v1.PodTemplateSpec')
const lines = Object.keys(table)
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(table[name])}`)
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`)
