import type { SchemaTable } from '../../meta/schema.ts'
import type { KindDefinition, SubresourceInfo } from '../../resources/definition.ts'
import { verbsOf } from '../registry.ts'
import { connectPaths } from './connect-paths.ts'
import { kindOfSubresource, listTypeOf, scaleKind, typeOf } from './kinds.ts'
import { capitalized, groupWord, type PathItem } from './operation.ts'
import { type Place, placed, type Target, verbOperation } from './operations.ts'
import { logParameters, nameParameter, namespaceParameter } from './parameters.ts'
import { watchPaths } from './watch-paths.ts'

const onCollection = ['list', 'create', 'deletecollection']
const onObject = ['get', 'update', 'patch', 'delete']
const onSubresource = ['get', 'update', 'patch']

/** What can be done at the paths of a kind. */
export const pathsOf = (definition: KindDefinition, schemas: SchemaTable): PathItem[] => {
  const { group, version, kind, plural, namespaced, schema, subresources, returnsDeleted = false, custom } = definition
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const scoped = namespaced ? `/namespaces/{namespace}/${plural}` : `/${plural}`
  const collection = root + scoped
  const inScope = namespaced ? [namespaceParameter] : []
  const prefix = `${capitalized(groupWord(group))}${capitalized(version)}`
  const place: Place = { prefix, namespaced, tag: `${groupWord(group)}_${version}`, parameters: inScope }
  const named = placed(place, nameParameter(kind))
  const own: Target = {
    kind: { group, version, kind },
    schema,
    words: kind,
    returnsDeleted,
    list: listTypeOf(definition),
    custom,
  }
  const offered = new Set(verbsOf(definition))
  const at = (where: Place, target: Target, verbs: readonly string[]) => verbs.map((verb) => verbOperation(verb, target, where))
  const served = (verbs: readonly string[]) => verbs.filter((verb) => offered.has(verb))

  const items: PathItem[] = [
    { path: collection, operations: at(place, own, served(onCollection)) },
    { path: `${collection}/{name}`, operations: at(named, own, served(onObject)) },
  ]
  const everywhere: Place = { ...place, namespaced: false, parameters: [] }
  if (namespaced && offered.has('list')) {
    const target = { ...own, words: `${kind}ForAllNamespaces` }
    items.push({ path: `${root}/${plural}`, operations: at(everywhere, target, ['list']) })
  }
  if (offered.has('watch')) items.push(...watchPaths({ root, scoped, plural, place, everywhere, named, target: own }))

  const under = (name: string, target: Target, verbs: readonly string[], where = named) =>
    items.push({ path: `${collection}/{name}/${name}`, operations: at(where, { ...target, subresource: name }, verbs) })
  const wordsOf = (name: string) => `${kind}${capitalized(name)}`
  if (subresources?.status) under('status', { ...own, words: wordsOf('status') }, onSubresource)
  if (subresources?.scale) {
    const target = { ...own, kind: scaleKind, schema: typeOf(schemas, scaleKind), words: wordsOf('scale') }
    under('scale', target, onSubresource)
  }
  const other = (name: string, info: SubresourceInfo) => {
    const kindOfBody = kindOfSubresource(definition, info)
    const target: Target = { ...own, kind: kindOfBody, schema: typeOf(schemas, kindOfBody), words: wordsOf(name) }
    if (target.schema === undefined)
      items.push(...connectPaths(`${collection}/{name}`, name, { info, target, place: named, owner: kind }))
    else if (info.text) under(name, { ...target, text: true }, info.verbs, placed(named, ...logParameters))
    else under(name, target, info.verbs)
  }
  for (const [name, info] of Object.entries(subresources?.others ?? {})) other(name, info)
  return items.filter(({ operations }) => operations.length > 0)
}
