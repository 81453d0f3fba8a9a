/**
 * Makes shared/resources/generated/published.json: what OpenAPI 3 tells of fields beside their types (defaults, allowed values, unions).
 * It comes out of the comments of Go sources by way of a running API server, whose documents are the arguments:
 *
 *   for path in $(kubectl get --raw /openapi/v3 | jq -r '.paths | keys[]'); do kubectl get --raw "/openapi/v3/$path" > "docs/${path//\//_}.json"; done
 *   node tools/generate-published.ts docs/*.json
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

interface Published {
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly items?: Published
  readonly additionalProperties?: Published
}

interface PublishedType {
  readonly properties?: Readonly<Record<string, Published>>
  readonly 'x-kubernetes-unions'?: readonly unknown[]
}

const said = ({ default: value, enum: values, items, additionalProperties }: Published) => {
  const allowed = values ?? items?.enum ?? additionalProperties?.enum
  return { ...(value === undefined ? {} : { default: value }), ...(allowed ? { enum: allowed } : {}) }
}

const table: Record<string, unknown> = {}
for (const file of process.argv.slice(2)) {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components?: { schemas?: Record<string, PublishedType> } }
  for (const [name, { properties = {}, 'x-kubernetes-unions': unions }] of Object.entries(components?.schemas ?? {})) {
    const fields = Object.entries(properties)
      .map(([field, published]) => [field, said(published)] as const)
      .filter(([, entry]) => Object.keys(entry).length > 0)
    if (fields.length > 0 || unions) table[name] = { fields: Object.fromEntries(fields), ...(unions ? { unions } : {}) }
  }
}
const lines = Object.entries(table)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`)
const target = new URL('../shared/resources/generated/published.json', import.meta.url)
writeFileSync(fileURLToPath(target), `{\n${lines.join(',\n')}\n}\n`)
