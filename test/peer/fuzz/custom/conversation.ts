import type { Random } from '../../../contract/random.ts'
import { type FuzzRequest, fuzzNamespace } from '../request.ts'
import { breakDefinition } from './break.ts'
import type { Json } from './choice.ts'
import { type Definition, definitionFor } from './definition.ts'
import { valueFor } from './values.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'

/** Not a request: waits until a definition has been judged, and is served as it is with `marker` among its columns. */
export const settleMethod = 'SETTLE'

export interface CustomConversation {
  /** path of the definition, which is taken away in the end */
  readonly path: string
  readonly requests: readonly FuzzRequest[]
}

const json = (value: unknown) => JSON.stringify(value)

/** A definition, and what one client might do with objects of it. `prefix`: of names that nobody has had on the server. */
export const customConversation = (random: Random, number: number): CustomConversation => {
  const definition = definitionFor(random, number, 'Mark 1')
  if (random.next() < 0.25) for (let times = random.pick([1, 1, 2]); times > 0; times--) breakDefinition(random, definition.body)
  const { name, group, plural } = definition
  const path = `${definitions}/${name}`
  const dryRun = random.next() < 0.05 ? '?dryRun=All' : ''
  const validation =
    random.next() < 0.5 ? `${dryRun ? '&' : '?'}fieldValidation=${random.pick(['Strict', 'Warn', 'Ignore'])}` : ''
  const collection = (version: string) =>
    `/apis/${group}/${version}${definition.namespaced ? `/namespaces/${fuzzNamespace}` : ''}/${plural}`
  const settle = (marker: string): FuzzRequest => ({ method: settleMethod, path, body: json({ list: collection('v1'), marker }) })
  const requests: FuzzRequest[] = [
    { method: 'POST', path: definitions + dryRun + validation, body: json(definition.body) },
    settle('Mark 1'),
    { method: 'GET', path: `/apis/${group}/v1` },
    ...objectRequests(random, definition, collection, 16 + random.below(14)),
  ]
  if (random.next() < 0.35) {
    requests.push(changeOf(random, definition, path), settle('Mark 2'), ...objectRequests(random, definition, collection, 6))
  }
  return { path, requests }
}

const listQueries: readonly string[] = [
  '',
  '?fieldSelector=spec.a%3Da',
  '?fieldSelector=metadata.name%3Done',
  '?fieldSelector=metadata.name!%3Done',
  '?labelSelector=a%3Db',
  '?labelSelector=a%20in%20(b,c),!d',
  '?labelSelector=a%20in%20(b',
  '?limit=1',
  '?limit=-1',
  '?fieldSelector=spec.size%3D1',
  '?fieldSelector=spec.size%3D1,spec.a!%3Db',
  '?fieldSelector=status.a%3Db',
  '?resourceVersion=0',
  '?resourceVersion=1&resourceVersionMatch=Exact',
  '?continue=a',
]

/** Another schema in the first version, or something broken: what is stored stays. */
const changeOf = (random: Random, definition: Definition, path: string): FuzzRequest => {
  const body = structuredClone(definition.body)
  const other = definitionFor(random, 0, 'Mark 2').versions[0]!.version
  const { versions } = body.spec as { versions?: Json[] }
  if (random.next() < 0.4) breakDefinition(random, body)
  else if (versions?.[0]) versions[0] = { ...versions[0], schema: other.schema }
  for (const version of Array.isArray(versions) ? versions : []) {
    const columns = version?.additionalPrinterColumns
    if (Array.isArray(columns) && columns[0]) columns[0] = { ...columns[0], name: 'Mark 2' }
  }
  return { method: 'PATCH', path, type: 'application/merge-patch+json', body: json({ spec: body.spec }) }
}

const objectRequests = (
  random: Random,
  definition: Definition,
  collection: (version: string) => string,
  count: number,
): FuzzRequest[] => {
  const pickVersion = () => random.pick(definition.versions)
  const objectFor = (version: Definition['versions'][number], name: string, odd: number) => {
    const value = valueFor(random, version.schema, 0) as Json
    const parts = Object.fromEntries(
      Object.entries((version.schema.properties ?? {}) as Record<string, Json>)
        .filter(([field]) => !['metadata', 'kind', 'apiVersion'].includes(field) && random.next() < 0.9)
        .map(([field, schema]) => [field, valueFor(random, schema, odd)]),
    )
    const more = random.next() < 0.15 ? { unknown: random.pick([1, 'a', { a: 1 }]) } : {}
    return {
      ...(Array.isArray(value) ? {} : {}),
      apiVersion: `${definition.group}/${version.name}`,
      kind: definition.kind,
      metadata: { name, ...(random.next() < 0.2 ? { labels: { a: 'b' } } : {}), ...(random.next() < 0.05 ? { odd: 1 } : {}) },
      ...parts,
      ...more,
    }
  }
  const oddness = () => random.pick([0, 0, 0, 0.05, 0.2])
  const query = () => {
    const chosen = ['dryRun=All', `fieldValidation=${random.pick(['Strict', 'Ignore', 'Warn'])}`, 'fieldManager=fuzz'].filter(
      () => random.next() < 0.15,
    )
    return chosen.length > 0 ? `?${chosen.join('&')}` : ''
  }
  const under = () => random.pick(['', '', '', '/status', '/scale'])
  const name = () => random.pick(['one', 'one', 'one', 'two'])
  const patchOf = (object: Json): Json => {
    const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...parts } = object
    return { ...parts, ...(random.next() < 0.1 ? { spec: null } : {}) }
  }
  const steps: readonly (readonly [weight: number, make: () => FuzzRequest])[] = [
    [
      4,
      () => {
        const version = pickVersion()
        return { method: 'POST', path: collection(version.name) + query(), body: json(objectFor(version, name(), oddness())) }
      },
    ],
    [
      3,
      () => {
        const version = pickVersion()
        const object = objectFor(version, 'one', oddness())
        const metadata = { ...object.metadata, ...(random.next() < 0.8 ? { resourceVersion: '$RV' } : {}) }
        return { method: 'PUT', path: `${collection(version.name)}/one${under()}${query()}`, body: json({ ...object, metadata }) }
      },
    ],
    [
      4,
      () => {
        const version = pickVersion()
        const body = json(patchOf(objectFor(version, 'one', oddness())))
        const type = 'application/merge-patch+json'
        return { method: 'PATCH', path: `${collection(version.name)}/one${under()}${query()}`, type, body }
      },
    ],
    [
      1,
      () => {
        const version = pickVersion()
        const value = random.pick([1, 'a', null, {}, []])
        const operation = {
          op: random.pick(['add', 'replace', 'remove', 'test']),
          path: `/spec/${random.pick(['a', 'size', 'items/-', 'items/0', 'none/x'])}`,
          value,
        }
        return {
          method: 'PATCH',
          path: `${collection(version.name)}/one${query()}`,
          type: 'application/json-patch+json',
          body: json([operation]),
        }
      },
    ],
    [
      3,
      () => {
        const version = pickVersion()
        const manager = `fieldManager=${random.pick(['alice', 'bob'])}${random.next() < 0.4 ? '&force=true' : ''}`
        const type = 'application/apply-patch+yaml'
        const target = name()
        return {
          method: 'PATCH',
          path: `${collection(version.name)}/${target}${random.pick(['', '', '', '/status'])}?${manager}`,
          type,
          body: json(objectFor(version, target, oddness())),
        }
      },
    ],
    [
      2,
      () => ({
        method: 'GET',
        path: `${collection(pickVersion().name)}/${name()}${under()}`,
        accept: random.pick([undefined, table]),
      }),
    ],
    [
      2,
      () => ({
        method: 'GET',
        path: `${collection(pickVersion().name)}${random.pick(listQueries)}`,
        accept: random.pick([undefined, table]),
      }),
    ],
    [
      1,
      () => ({
        method: 'PUT',
        path: `${collection(pickVersion().name)}/one/scale${query()}`,
        body: json({
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'one', ...(definition.namespaced ? { namespace: fuzzNamespace } : {}) },
          spec: { replicas: random.pick([0, 1, -1, 5]) },
        }),
      }),
    ],
    [
      1,
      // Not as a dry run: upstream's marks what its cache holds, and other requests see that.
      () => ({
        method: 'DELETE',
        path: `${collection(pickVersion().name)}/${name()}${random.pick(['', '', '?propagationPolicy=Foreground'])}`,
        body: random.pick([undefined, undefined, json({ preconditions: random.pick([{ uid: '$UID' }, { uid: 'x' }, {}]) })]),
      }),
    ],
    [
      1,
      () => ({
        method: 'DELETE',
        path: `${collection(pickVersion().name)}${random.pick(['?labelSelector=a%3Db', '?fieldSelector=spec.a%3Da', '?limit=1'])}`,
      }),
    ],
    [
      1,
      () => ({
        method: 'PATCH',
        path: `${collection(pickVersion().name)}/one${under()}${query()}`,
        type: random.pick(['application/strategic-merge-patch+json', 'application/json', 'application/apply-patch+yaml']),
        body: json({ spec: { a: 'a' } }),
      }),
    ],
    [
      1,
      () => ({
        method: 'PATCH',
        path: `${collection(pickVersion().name)}/one/scale?fieldManager=${random.pick(['alice', 'bob'])}${random.pick(['', '&force=true'])}`,
        type: 'application/apply-patch+yaml',
        body: json({
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'one' },
          spec: random.pick([{ replicas: 2 }, { replicas: 0 }, {}]),
        }),
      }),
    ],
  ]
  const weighted = steps.flatMap(([weight, make]) => Array.from({ length: weight }, () => make))
  const first = definition.versions[0]!
  return [
    { method: 'POST', path: collection('v1'), body: json(objectFor(first, 'one', 0)) },
    ...Array.from({ length: count }, () => random.pick(weighted)()),
  ]
}
