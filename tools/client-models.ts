/** The models of @kubernetes/client-node, read as text: what fields a type has, of which type, which are required, what they are for. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fieldsAdded, fieldsLeftOut, packageExceptions, typesLeftOut } from './kubernetes-1.35.ts'
import { metricsModels, metricsPackage } from './metrics-models.ts'
import type { Model } from './model.ts'

const generated = fileURLToPath(new URL('../node_modules/@kubernetes/client-node/dist/gen/', import.meta.url))
const read = (path: string) => readFileSync(`${generated}${path}`, 'utf8')

/** All of the target version, and what we serve beside it, sorted by name. */
export const readModels = (): Model[] => [...clientModels(), ...metricsModels].sort((a, b) => (a.name < b.name ? -1 : 1))

const clientModels = (): Model[] =>
  readdirSync(`${generated}models`)
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) => file.slice(0, -5))
    .filter((name) => /^(V\d|VersionInfo|[A-Z][a-z]+V1)/.test(name) && !typesLeftOut.some((type) => type.test(name)))
    .map(readModel)

const readModel = (name: string): Model => {
  const declaration = read(`models/${name}.d.ts`)
  const attributes = JSON.parse(/attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(read(`models/${name}.js`))![1]!) as {
    name: string
    baseName: string
    type: string
    format: string
  }[]
  const leftOut = fieldsLeftOut[name] ?? []
  const added = Object.entries(fieldsAdded[name] ?? {})
  return {
    name,
    description: plainText(/\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(declaration)?.[1] ?? ''),
    fields: [
      ...attributes
        .filter(({ baseName }) => !leftOut.includes(baseName))
        .map((attribute) => {
          const declared = new RegExp(`(?:/\\*\\*\\n {4}\\* ([^\\n]*)\\n {4}\\*/\\n {4})?'${attribute.name}'(\\??):`).exec(
            declaration,
          )
          return {
            name: attribute.baseName,
            type: attribute.type,
            format: attribute.format,
            required: declared?.[2] === '',
            description: plainText(declared?.[1] ?? ''),
          }
        }),
      ...added.map(([field, { type, description }]) => ({ name: field, type, format: '', required: false, description })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

const plainText = (comment: string) => comment.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('*_/', '*/').trim()

/** The models that a model's fields name. */
export const referencesOf = (model: Model): string[] =>
  model.fields.flatMap(({ type }) => type.match(/[A-Z]\w+/g) ?? []).filter((name) => name !== 'Array')

/**
 * The OpenAPI package of each model: `io.k8s.api.apps.v1`. It is the API group and version whose operations reach the
 * model; what several reach is core's, or stands in the table of exceptions.
 */
export const packagesOf = (models: readonly Model[]): Map<string, string> => {
  const byName = new Map(models.map((model) => [model.name, model]))
  const reachedBy = new Map<string, Set<string>>()
  for (const file of readdirSync(`${generated}apis`)) {
    const match = /^([A-Z][a-z]+?)(?:Apiserver|Authorization)?(V\d\w*)Api\.d\.ts$/.exec(file)
    if (!match) continue
    const group = `${match[1]!.toLowerCase()}.${match[2]!.toLowerCase()}`
    const pending: string[] = read(`apis/${file}`).match(/(?<=import \{ )\w+(?= \} from '\.\.\/models)/g) ?? []
    const seen = new Set<string>()
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const model = byName.get(name)
      if (!model || seen.has(name)) continue
      seen.add(name)
      reachedBy.set(name, (reachedBy.get(name) ?? new Set()).add(group))
      pending.push(...referencesOf(model))
    }
  }
  const ours = new Map(metricsModels.map(({ name }) => [name, metricsPackage]))
  return new Map(
    models.map(({ name }) => [
      name,
      ours.get(name) ?? packageExceptions[name] ?? packageOf(name, [...(reachedBy.get(name) ?? [])]),
    ]),
  )
}

const packageOf = (name: string, groups: readonly string[]): string => {
  const version = /V\d+(?:(?:alpha|beta)\d+)?/.exec(name)![0].toLowerCase()
  const fitting = groups.filter((group) => group.endsWith(`.${version}`))
  const own = fitting.find((group) => name.toLowerCase().startsWith(group.replace('.', '')))
  const chosen = own ?? (fitting.includes('core.v1') ? 'core.v1' : fitting[0])
  if (chosen === undefined || (fitting.length > 1 && chosen !== 'core.v1' && chosen !== own))
    throw new Error(`${name} is reached by ${groups.join(', ') || 'no group'}: say its package in tools/kubernetes-1.35.ts`)
  return basePackages[chosen] ?? `io.k8s.api.${chosen}`
}

const basePackages: Readonly<Record<string, string>> = {
  'apiextensions.v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration.v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  'internal.v1alpha1': 'io.k8s.api.apiserverinternal.v1alpha1',
}

/** `CoreV1Event` → `Event` */
export const kindOf = (name: string) =>
  name.replace(/^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, '').replace(/^VersionInfo$/, 'Info')
