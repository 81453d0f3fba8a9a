import type { KindDefinition } from '../../../shared/resources/definition.ts'
import { minimalObjects } from '../minimal-objects.ts'
import { broken } from './broken.ts'
import { mutated } from './mutate.ts'
import { type FuzzConversation, type FuzzRequest, fuzzNamespace } from './request.ts'
import type { ValueSource } from './values.ts'

export interface FuzzKind {
  readonly definition: KindDefinition
  /** path of the collection, of a namespaced one in the fuzzer's namespace */
  readonly path: string
  readonly minimal: object
}

/** The kinds of both servers that have a least object. */
export const fuzzKinds = (definitions: readonly KindDefinition[]): FuzzKind[] =>
  definitions.flatMap((definition) => {
    const { group, version, namespaced, plural, verbs } = definition
    const prefix = group === '' ? version : `${group}/${version}`
    const minimal = minimalObjects[`${prefix}/${namespaced ? '*/' : ''}${plural}`]
    if (!minimal || (verbs && !verbs.includes('create'))) return []
    const scope = namespaced ? `/namespaces/${fuzzNamespace}` : ''
    const body = JSON.parse(JSON.stringify(minimal).replaceAll('"*"', `"${fuzzNamespace}"`)) as object
    return [{ definition, path: `${group === '' ? '/api' : '/apis'}/${prefix}${scope}/${plural}`, minimal: body }]
  })

/** An object whose name says what it is about is about something else in each conversation. */
const minimalOf = ({ minimal }: FuzzKind, number: number): { metadata?: { name?: string } } =>
  JSON.parse(JSON.stringify(minimal).replaceAll(/(?<=[".])example\.com/g, `n${number}.example.com`)) as object

/** Names that the kind's own object can't do without. */
const nameOf = ({ metadata }: { metadata?: { name?: string } }, number: number): string => metadata?.name ?? `fuzz-${number}`

/** What one client might do with an object, from its creation to its end. */
export const conversationOf = (source: ValueSource, kind: FuzzKind, number: number): FuzzConversation => {
  const { random } = source
  const { definition, path } = kind
  const minimal = minimalOf(kind, number)
  const name = nameOf(minimal, number)
  const one = `${path}/${name}`
  const { apiVersion } = {
    apiVersion: definition.group === '' ? definition.version : `${definition.group}/${definition.version}`,
  }
  const base = {
    apiVersion,
    kind: definition.kind,
    ...minimal,
    metadata: { labels: { fuzz: String(number) }, ...minimal.metadata, name },
  }
  const mutant = () => mutated(source, base, definition.schema)
  const query = (options: readonly string[]) => {
    const chosen = options.filter(() => random.next() < 0.12)
    return chosen.length > 0 ? `?${chosen.join('&')}` : ''
  }
  const changes = () =>
    query([
      'dryRun=All',
      random.pick(['fieldValidation=Strict', 'fieldValidation=Ignore', 'fieldValidation=Warn', 'fieldValidation=x']),
      'fieldManager=fuzz',
      'pretty=true',
    ])
  const json = (value: unknown) => JSON.stringify(value)
  const withVersion = (object: object) => ({
    ...object,
    metadata: {
      ...(object as { metadata?: object }).metadata,
      ...(random.next() < 0.7 ? { resourceVersion: random.next() < 0.9 ? '$RV' : random.pick(['0', '1', 'a', '']) } : {}),
      ...(random.next() < 0.1 ? { uid: random.pick(['$UID', 'other', '']) } : {}),
    },
  })
  const under = () => {
    const chosen: string[] = ['']
    if (definition.subresources?.status) chosen.push('/status', '/status')
    if (definition.subresources?.scale) chosen.push('/scale')
    return random.pick(chosen)
  }
  const patch = (type: string, body: () => string): FuzzRequest => ({
    method: 'PATCH',
    path: `${one}${under()}${changes()}`,
    type,
    body: body(),
  })

  const steps: Readonly<Record<string, () => FuzzRequest>> = {
    create: () => ({ method: 'POST', path: path + changes(), body: json(mutant()) }),
    broken: () => {
      const method = random.pick(['POST', 'POST', 'PUT', 'PATCH'])
      return { method, path: method === 'POST' ? path : one, ...broken(random, json(mutant())) }
    },
    get: () => ({ method: 'GET', path: one + under(), accept: random.pick([undefined, table, partial]) }),
    put: () => ({ method: 'PUT', path: `${one}${under()}${changes()}`, body: json(withVersion(mutant())) }),
    merge: () => patch('application/merge-patch+json', () => json(partOf(source, mutant()))),
    strategic: () =>
      patch('application/strategic-merge-patch+json', () => json(withDirectives(source, partOf(source, mutant())))),
    jsonPatch: () => patch('application/json-patch+json', () => json(jsonPatchOf(source, mutant()))),
    apply: () => {
      const who = query([`fieldManager=${random.pick(['a', 'a/b', ''])}`]) || `?fieldManager=${random.pick(['alice', 'bob'])}`
      const options = [`force=${random.pick(['true', 'true', 'false', 'x'])}`, 'dryRun=All', 'fieldValidation=Strict']
      const { status, ...parts } = mutant() as Record<string, unknown>
      const { apiVersion: version, kind: name, metadata } = base
      const some = Object.fromEntries(Object.entries(parts).filter(() => random.next() < 0.8))
      const below = under()
      const body = { apiVersion: version, kind: name, metadata, ...some, ...(below === '' ? {} : { status }) }
      return {
        method: 'PATCH',
        path: `${one}${below}${who}${options.map((option) => (random.next() < 0.2 ? `&${option}` : '')).join('')}`,
        type: 'application/apply-patch+yaml',
        body: json(body),
      }
    },
    collection: () => ({
      method: 'DELETE',
      path: `${path}?labelSelector=fuzz%3D${number}${random.pick(['', `&fieldSelector=metadata.name%3D${name}`, '&limit=1'])}`,
    }),
    list: () => ({
      method: 'GET',
      path: `${path}?labelSelector=fuzz%3D${number}${random.pick(listOptions(name))}`,
      accept: random.pick([undefined, table]),
    }),
    scale: () => ({
      method: 'PUT',
      path: `${one}/scale${changes()}`,
      body: json({
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name, ...(definition.namespaced ? { namespace: fuzzNamespace } : {}) },
        spec: { replicas: random.pick([0, 1, -1, 2 ** 31, null]) },
      }),
    }),
    // Not as a dry run: upstream's marks what its cache holds, and other requests see that.
    deletion: () => ({
      method: 'DELETE',
      path:
        one +
        query([
          'gracePeriodSeconds=0',
          `propagationPolicy=${random.pick(['Orphan', 'Background', 'Foreground', 'x'])}`,
          'orphanDependents=true',
        ]),
      body: random.next() < 0.5 ? undefined : json(deleteOptions(source)),
    }),
  }
  const weighted = Object.entries(weights).flatMap(([step, weight]) => Array.from({ length: weight }, () => step))
  const offered = weighted.filter((step) => step !== 'scale' || definition.subresources?.scale)
  const middle = Array.from({ length: 3 + random.below(12) }, () => steps[random.pick(offered)]!())
  return [
    { method: 'POST', path, body: json(random.next() < 0.5 ? base : mutant()) },
    ...(random.next() < 0.7 ? [{ method: 'POST', path, body: json(base) }] : []),
    ...middle,
    { method: 'PATCH', path: one, type: 'application/merge-patch+json', body: json({ metadata: { finalizers: null } }) },
    { method: 'DELETE', path: `${one}?gracePeriodSeconds=0` },
  ]
}

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

const listOptions = (name: string): readonly string[] => [
  '',
  '&limit=1',
  `&fieldSelector=metadata.name%3D${name}`,
  `&fieldSelector=metadata.name!%3D${name}`,
  '&fieldSelector=spec.a%3Db',
  '&fieldSelector=metadata.namespace%3D%3Dfuzz',
  '&fieldSelector=a',
  '&resourceVersion=0',
  '&resourceVersion=a',
  '&resourceVersion=1&resourceVersionMatch=Exact',
  '&resourceVersionMatch=NotOlderThan',
  '&resourceVersion=0&resourceVersionMatch=x',
  '&limit=-1',
  '&limit=a',
  '&continue=a',
  '&sendInitialEvents=true',
  '&labelSelector=%2C',
  `,${encodeURIComponent('a in (b, c),!d,e notin (),f')}`,
  `,${encodeURIComponent('fuzz>1,fuzz<9999999999')}`,
  `,${encodeURIComponent('a in (b')}`,
  `,${encodeURIComponent('a/b/c')}`,
  `,${encodeURIComponent('fuzz in (x, )')}`,
]

const weights = {
  create: 2,
  apply: 5,
  collection: 1,
  broken: 1,
  get: 1,
  put: 5,
  merge: 4,
  strategic: 5,
  jsonPatch: 4,
  list: 2,
  scale: 2,
  deletion: 1,
}

const deleteOptions = ({ random }: ValueSource): object => ({
  ...(random.next() < 0.5 ? { kind: 'DeleteOptions', apiVersion: 'v1' } : {}),
  ...(random.next() < 0.3
    ? { preconditions: random.pick([{ uid: '$UID' }, { uid: 'x' }, { resourceVersion: '$RV' }, { resourceVersion: '1' }, {}]) }
    : {}),
  ...(random.next() < 0.3 ? { propagationPolicy: random.pick(['Orphan', 'Background', 'Foreground', '', 'x']) } : {}),
  ...(random.next() < 0.2 ? { gracePeriodSeconds: random.pick([0, 1, -1, 30]) } : {}),
  ...(random.next() < 0.1 ? { dryRun: random.pick([['x'], []]) } : {}),
})

/** Some of the top fields, and of their fields: what a patch names. */
const partOf = ({ random }: ValueSource, object: object): Record<string, unknown> => {
  const fields = Object.entries(object).filter(([name]) => name !== 'kind' && name !== 'apiVersion')
  if (fields.length === 0) return {}
  const [name, value] = random.pick(fields)
  return { [name]: random.next() < 0.08 ? null : value }
}

const directives: readonly object[] = [
  { $patch: 'delete' },
  { $patch: 'replace' },
  { $patch: 'merge' },
  { $patch: 'x' },
  { $retainKeys: ['type'] },
  { '$setElementOrder/containers': [{ name: 'c' }] },
]

const withDirectives = (source: ValueSource, part: Record<string, unknown>): unknown => {
  const { random } = source
  if (random.next() > 0.25) return part
  const objects: Record<string, unknown>[] = []
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item)
    else if (typeof value === 'object' && value !== null) {
      objects.push(value as Record<string, unknown>)
      for (const field of Object.values(value)) collect(field)
    }
  }
  collect(part)
  Object.assign(random.pick(objects), structuredClone(random.pick(directives)))
  return part
}

const jsonPatchOf = (source: ValueSource, object: object): unknown => {
  const { random } = source
  const pointers: [string, unknown][] = []
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, field] of Object.entries(value)) {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      pointers.push([at, field])
      walk(field, at)
    }
  }
  walk(object, '')
  const operations = Array.from({ length: random.pick([1, 1, 2]) }, () => {
    const [path, value] = random.pick(pointers)
    const op = random.pick(['add', 'replace', 'replace', 'remove', 'test', 'copy', 'move', 'x'])
    const from = op === 'copy' || op === 'move' ? { from: random.pick(pointers)[0] } : {}
    return {
      op,
      path: random.next() < 0.1 ? random.pick(['', '/', '/a/b', '/metadata/-', `${path}/-`]) : path,
      ...from,
      ...(op === 'remove' ? {} : { value }),
    }
  })
  return random.next() < 0.05 ? random.pick([{}, null, [], [null], 'a', [{}]]) : operations
}
