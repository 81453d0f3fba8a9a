import type { SchemaTable } from '../../meta/schema.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import { verbsOf } from '../registry.ts'
import { deleteOptions, type GroupVersionKind, kindOfSubresource, scaleKind, status, typeOf } from './kinds.ts'
import { nameParameter, namespaceParameter, type Parameter, parametersOf, prettyParameter } from './parameters.ts'

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch'
  readonly id: string
  readonly description: string
  /** x-kubernetes-action */
  readonly action: string
  readonly kind: GroupVersionKind
  readonly parameters: readonly Parameter[]
  /** type of the body; `patch` for patches */
  readonly body: string | 'patch' | undefined
  /** type of the answer; undefined: a stream of bytes or text */
  readonly answer: string | undefined
  readonly statuses: readonly (200 | 201 | 202)[]
}

export interface PathItem {
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly operations: readonly Operation[]
}

interface Verb {
  readonly method: Operation['method']
  readonly word: keyof typeof parametersOf & string
  readonly action: string
  readonly body?: 'own' | 'patch' | 'options'
  readonly answer?: 'list' | 'status'
  readonly statuses: Operation['statuses']
}

const verbs: Readonly<Record<string, Verb>> = {
  list: { method: 'get', word: 'list', action: 'list', answer: 'list', statuses: [200] },
  create: { method: 'post', word: 'create', action: 'post', body: 'own', statuses: [200, 201, 202] },
  deletecollection: {
    method: 'delete',
    word: 'deleteCollection',
    action: 'deletecollection',
    body: 'options',
    answer: 'status',
    statuses: [200],
  },
  get: { method: 'get', word: 'read', action: 'get', statuses: [200] },
  update: { method: 'put', word: 'replace', action: 'put', body: 'own', statuses: [200, 201] },
  patch: { method: 'patch', word: 'patch', action: 'patch', body: 'patch', statuses: [200, 201] },
  delete: { method: 'delete', word: 'delete', action: 'delete', body: 'options', answer: 'status', statuses: [200, 202] },
}

const onCollection = ['list', 'create', 'deletecollection']
const onObject = ['get', 'update', 'patch', 'delete']

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What can be done at the paths of a kind. */
export const pathsOf = (definition: KindDefinition, schemas: SchemaTable): PathItem[] => {
  const { group, version, kind, plural, namespaced, schema, subresources } = definition
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
  const shared = [...(namespaced ? [namespaceParameter] : []), prettyParameter]
  const named = [nameParameter(kind), ...shared]
  const scope = `${capitalized(group === '' ? 'core' : group.split('.')[0]!)}${capitalized(version)}${namespaced ? 'Namespaced' : ''}${kind}`
  const own: Target = { kind: { group, version, kind }, schema, scope }
  const offered = verbsOf(definition)
  const at = (target: Target, names: readonly string[]) =>
    names.filter((name) => verbs[name]).map((name) => operation(verbs[name]!, target))

  const items: PathItem[] = [
    {
      path: collection,
      parameters: shared,
      operations: at(
        own,
        onCollection.filter((verb) => offered.includes(verb)),
      ),
    },
    {
      path: `${collection}/{name}`,
      parameters: named,
      operations: at(
        own,
        onObject.filter((verb) => offered.includes(verb)),
      ),
    },
  ]
  if (namespaced && offered.includes('list'))
    items.push({
      path: `${root}/${plural}`,
      parameters: [prettyParameter],
      operations: at({ ...own, scope: `${scope.replace('Namespaced', '')}ForAllNamespaces` }, ['list']),
    })
  const under = (name: string, target: Target, names: readonly string[]) =>
    items.push({
      path: `${collection}/{name}/${name}`,
      parameters: named,
      operations: at({ ...target, scope: `${scope}${capitalized(name)}`, subresource: name }, names),
    })
  if (subresources?.status) under('status', own, ['get', 'update', 'patch'])
  if (subresources?.scale)
    under('scale', { ...own, kind: scaleKind, schema: typeOf(schemas, scaleKind) }, ['get', 'update', 'patch'])
  for (const [name, info] of Object.entries(subresources?.others ?? {})) {
    const own = kindOfSubresource(definition, info)
    under(name, { kind: own, schema: typeOf(schemas, own), scope }, info.verbs)
  }
  return items.filter(({ operations }) => operations.length > 0)
}

interface Target {
  readonly kind: GroupVersionKind
  /** undefined for subresources that stream */
  readonly schema: string | undefined
  readonly scope: string
  readonly subresource?: string
}

const operation = (verb: Verb, { kind, schema, scope, subresource }: Target): Operation => {
  const streams = schema === undefined
  const word = streams ? 'connect' : verb.word
  const bodies = { own: schema, patch: 'patch', options: deleteOptions }
  const answers = { list: `${schema}List`, status }
  return {
    method: verb.method,
    id: `${word}${streams ? capitalized(verb.method) : ''}${scope}`,
    description: describe(word, kind.kind, subresource),
    action: streams ? 'connect' : verb.action,
    kind,
    parameters: parametersOf[word]!,
    body: streams || !verb.body ? undefined : bodies[verb.body],
    answer: streams ? undefined : verb.answer ? answers[verb.answer] : schema,
    statuses: verb.statuses,
  }
}

const describe = (word: string, kind: string, subresource: string | undefined): string => {
  const what = subresource === undefined ? kind : `${subresource} of the specified ${kind}`
  const sentences: Readonly<Record<string, string>> = {
    list: `list or watch objects of kind ${kind}`,
    create: `create ${subresource === undefined ? `a ${kind}` : what}`,
    read: `read ${subresource === undefined ? `the specified ${kind}` : what}`,
    replace: `replace ${subresource === undefined ? `the specified ${kind}` : what}`,
    patch: `partially update ${subresource === undefined ? `the specified ${kind}` : what}`,
    delete: `delete a ${kind}`,
    deleteCollection: `delete collection of ${kind}`,
    connect: `connect requests to ${what}`,
  }
  return sentences[word]!
}
