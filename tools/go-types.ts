/** Reads the types of the Go modules k8s.io/api and k8s.io/apimachinery, for what OpenAPI does not tell. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const scalars: Record<string, string> = {
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

export interface GoType {
  /** fields of a struct, or what another type stands for */
  readonly fields?: readonly GoField[]
  readonly alias?: string
}
export interface GoField {
  /** the type's, where it is embedded */
  readonly name: string
  readonly number: number
  readonly json: string
  readonly inline: boolean
  readonly omitEmpty: boolean
  readonly omitZero: boolean
  readonly type: string
}

/** Types by package and name: `k8s.io/api/core/v1.Pod`. */
export const readGoTypes = (modules: Readonly<Record<string, string>>): Map<string, GoType> => {
  const types = new Map<string, GoType>()
  for (const [module, root] of Object.entries(modules)) {
    for (const file of globSync('**/*.go', { cwd: root })) {
      if (/_test\.go$|zz_generated|generated\.pb|testapigroup|\/testing\//.test(file)) continue
      readGo(join(root, file), `${module}/${dirname(relative(root, join(root, file)))}`, types)
    }
  }
  return types
}

const readGo = (file: string, packageName: string, types: Map<string, GoType>): void => {
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
        name: field[1] ?? field[2]!.replace(/^.*\./, ''),
        number: Number(number),
        json,
        inline: json === '' && options.includes('inline'),
        omitEmpty: options.includes('omitempty'),
        omitZero: options.includes('omitzero'),
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

export const openApiName = (type: string) => {
  const slash = type.indexOf('/')
  const [first = ''] = type.split('/')
  return `${first.split('.').reverse().join('.')}${type.slice(slash).replaceAll('/', '.')}`
}
