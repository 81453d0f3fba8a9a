import type { Random } from '../../../contract/random.ts'
import { chance, type Json, mostly } from './choice.ts'
import { schemaFor } from './schema.ts'

export interface Definition {
  readonly body: Json
  readonly name: string
  readonly group: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** as they were meant to be; a change of the whole may have made them otherwise */
  readonly versions: readonly { readonly name: string; readonly schema: Json; readonly served: boolean; readonly version: Json }[]
}

const columns = (random: Random): Json[] =>
  Array.from({ length: 1 + random.below(3) }, (_, index) => ({
    name: `Column ${index}`,
    type: mostly(random, ['string', 'integer', 'number', 'boolean', 'date'], ['odd']),
    jsonPath: mostly(
      random,
      [
        '.spec.a',
        '.spec.size',
        '.metadata.name',
        '.metadata.creationTimestamp',
        '.spec.items[0]',
        '.spec.items[*].name',
        '.status.a',
        '.spec',
        ".spec['my-name']",
        '.spec..a',
        '.spec.none',
        '.spec.items[?(@.a=="a")].a',
        '.spec.x\\.y',
        '.spec.kind2',
        '.metadata.labels',
        '.spec.items[-1:]',
        '.spec.items[0,1]',
      ],
      ['spec.a', '{.spec.a}', '.', '', '.spec.items['],
    ),
    ...(chance(random, 0.2) ? { format: mostly(random, ['int32', 'date', 'password'], ['odd']) } : {}),
    ...(chance(random, 0.2) ? { priority: random.pick([0, 1, -1]) } : {}),
    ...(chance(random, 0.2) ? { description: 'a column' } : {}),
  }))

const subresources = (random: Random): Json => ({
  ...(chance(random, 0.7) ? { status: {} } : {}),
  ...(chance(random, 0.3)
    ? {
        scale: {
          specReplicasPath: mostly(
            random,
            ['.spec.replicas', '.spec.replicas', '.spec.size'],
            ['.status.a', 'spec.replicas', '.spec.items[0]', ''],
          ),
          statusReplicasPath: mostly(random, ['.status.replicas', '.status.replicas', '.status.a'], ['.spec.a', '']),
          ...(chance(random, 0.4)
            ? { labelSelectorPath: mostly(random, ['.status.selector', '.spec.a', '.status.labels.a'], ['.metadata.labels']) }
            : {}),
        },
      }
    : {}),
})

/** Fields of a schema that may be selected by, and seldom others. */
const selectable = (random: Random, schema: Json): Json[] => {
  const spec = ((schema.properties as Record<string, Json>).spec?.properties ?? {}) as Record<string, Json>
  const right = Object.keys(spec)
    .filter((name) => /^[a-z]\w*$/i.test(name) && ['string', 'integer', 'boolean'].includes(String(spec[name]!.type)))
    .map((name) => `.spec.${name}`)
  const paths =
    chance(random, 0.9) && right.length > 0
      ? right
      : ['.metadata.name', '.spec.items', '.status.a', 'spec.a', ".spec['my-name']", '.spec.none']
  return Array.from({ length: 1 + random.below(2) }, () => ({ jsonPath: random.pick(paths) }))
}

const spec = (random: Random): Json => {
  const schema = schemaFor(random, 1)
  const object =
    schema.type === 'object' && schema.properties
      ? schema
      : { type: 'object', properties: { a: schema, size: { type: 'integer' } } }
  const properties = {
    ...(object.properties as Json),
    ...(chance(random, 0.4) ? { replicas: { type: 'integer', minimum: 0 } } : {}),
  }
  return { ...object, properties }
}

export const rootSchema = (random: Random): Json => {
  const status = chance(random, 0.7)
    ? {
        status: {
          type: 'object',
          properties: { replicas: { type: 'integer' }, a: schemaFor(random, 3), selector: { type: 'string' } },
        },
      }
    : {}
  const metadata = chance(random, 0.08)
    ? {
        metadata: {
          type: 'object',
          properties: { name: { type: 'string', ...random.pick([{ maxLength: 20 }, { pattern: '^[a-z]' }, {}]) } },
        },
      }
    : {}
  const others = chance(random, 0.1) ? { extra: schemaFor(random, 2) } : {}
  return {
    type: 'object',
    properties: { spec: spec(random), ...status, ...metadata, ...others },
    ...(chance(random, 0.1) ? { required: ['spec'] } : {}),
    ...(chance(random, 0.12)
      ? {
          'x-kubernetes-validations': [
            {
              rule: mostly(
                random,
                ['has(self.spec)', 'self.metadata.name.size() < 20', 'self.spec == oldSelf.spec', 'self.kind != ""'],
                ['has(self.metadata.labels)'],
              ),
            },
          ],
        }
      : {}),
    ...(chance(random, 0.06) ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  }
}

/** A definition, right by what it is made of. `marker`: a column by which is seen that it is served. */
export const definitionFor = (random: Random, number: number, marker: string): Definition => {
  const group = chance(random, 0.04) ? `g${number}.k8s.io` : `g${number}.example.com`
  const plural = random.pick(['things', 'widgets', 'boxes'])
  const kind = `Kind${number}`
  const namespaced = chance(random, 0.8)
  const shared = rootSchema(random)
  const count = random.pick([1, 1, 1, 2, 3])
  const storage = random.below(count)
  const versions = ['v1', 'v1beta1', 'v2alpha1'].slice(0, count).map((name, index) => {
    const schema = index === 0 || chance(random, 0.5) ? shared : rootSchema(random)
    const served = index === 0 || chance(random, 0.8)
    const mark = { name: marker, type: 'string', jsonPath: '.metadata.name', priority: 1 }
    const version: Json = {
      name,
      served,
      storage: index === storage,
      schema: { openAPIV3Schema: schema },
      additionalPrinterColumns: [mark, ...(chance(random, 0.4) ? columns(random) : [])],
      ...(chance(random, 0.5) ? { subresources: subresources(random) } : {}),
      ...(chance(random, 0.15) ? { selectableFields: selectable(random, schema) } : {}),
      ...(chance(random, 0.15)
        ? {
            deprecated: chance(random, 0.7),
            ...(chance(random, 0.4) ? { deprecationWarning: random.pick(['do not use', 'é', '']) } : {}),
          }
        : {}),
    }
    return { name, schema, served, version }
  })
  const names: Json = {
    plural,
    kind,
    ...(chance(random, 0.4) ? { singular: mostly(random, [`one${number}`, plural], ['Upper']) } : {}),
    ...(chance(random, 0.3) ? { listKind: `${kind}List` } : {}),
    ...(chance(random, 0.3) ? { shortNames: random.pick([[`s${number}`], ['a', 'a'], [], [plural]]) } : {}),
    ...(chance(random, 0.2) ? { categories: ['all', `c${number}`] } : {}),
  }
  const approved =
    group.endsWith('k8s.io') || chance(random, 0.02)
      ? { annotations: { 'api-approved.kubernetes.io': random.pick(['https://a/b', 'unapproved, for now', 'x', '']) } }
      : {}
  const name = `${plural}.${group}`
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, ...approved },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names,
      versions: versions.map(({ version }) => version),
      ...(chance(random, 0.15)
        ? {
            conversion: mostly(
              random,
              [{ strategy: 'None' }],
              [{ strategy: 'Odd' }, { strategy: 'Webhook' }, { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } }],
            ),
          }
        : {}),
      ...(chance(random, 0.03) ? { preserveUnknownFields: chance(random, 0.1) } : {}),
    },
  }
  return { body, name, group, plural, kind, namespaced, versions }
}
