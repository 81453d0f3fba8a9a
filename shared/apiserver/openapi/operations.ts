import { deleteOptions, type GroupVersionKind, status } from './kinds.ts'
import { type Operation, objectMedia, streamMedia } from './operation.ts'
import { type Parameter, parametersOf, prettyParameter } from './parameters.ts'

/** Where operations are. */
export interface Place {
  /** of their names: `AppsV1` */
  readonly prefix: string
  readonly namespaced: boolean
  readonly tag: string
  /** of the path */
  readonly parameters: readonly Parameter[]
}

/** The same place, with more to say of it. */
export const placed = (place: Place, ...parameters: readonly Parameter[]): Place => ({
  ...place,
  parameters: [...parameters, ...place.parameters],
})

/** What operations are about. */
export interface Target {
  readonly kind: GroupVersionKind
  /** undefined: streams */
  readonly schema: string | undefined
  /** end of the operations' names: `DeploymentScale` */
  readonly words: string
  readonly subresource?: string
  /** a delete answers the object, not a Status */
  readonly returnsDeleted: boolean
  /** the answer is text, whatever the schema */
  readonly text?: boolean
  /** of lists; default: the schema with `List` */
  readonly list?: string
  /** made of a CustomResourceDefinition */
  readonly custom?: boolean | undefined
}

interface Verb {
  readonly method: Operation['method']
  readonly word: string
  readonly action: string
  readonly body?: 'own' | 'patch' | 'options'
  readonly answer?: 'list' | 'deleted' | 'status'
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
  delete: { method: 'delete', word: 'delete', action: 'delete', body: 'options', answer: 'deleted', statuses: [200, 202] },
}

export const verbOperation = (name: string, target: Target, place: Place): Operation => {
  const verb = verbs[name]
  if (!verb) throw new Error(`no operation for the verb "${name}"`)
  const { kind, schema, words, returnsDeleted, text, custom, list = `${schema}List` } = target
  const bodies = { own: schema, patch: custom ? 'plain patch' : 'patch', options: deleteOptions }
  const answers = { list, status, deleted: returnsDeleted ? schema : status }
  const [word, collection] = verb.word === 'deleteCollection' ? ['delete', 'Collection'] : [verb.word, '']
  return {
    method: verb.method,
    id: `${word}${place.prefix}${collection}${place.namespaced ? 'Namespaced' : ''}${words}`,
    description: describe(verb.word, target),
    tag: place.tag,
    about: { action: verb.action, kind },
    parameters: [...parametersOf[verb.word]!, ...place.parameters, prettyParameter],
    body: verb.body && bodies[verb.body],
    answer: text ? undefined : verb.answer ? answers[verb.answer] : schema,
    media: text ? ['text/plain', ...objectMedia] : name === 'list' ? streamMedia : objectMedia,
    // A custom object is not made by its patch, as far as upstream tells.
    statuses: custom && name === 'patch' ? [200] : verb.statuses,
  }
}

const describe = (word: string, { kind: { kind }, subresource }: Target): string => {
  const what = subresource === undefined ? kind : `${subresource} of the specified ${kind}`
  const sentences: Readonly<Record<string, string>> = {
    list: `list or watch objects of kind ${kind}`,
    create: `create ${subresource === undefined ? `a ${kind}` : what}`,
    read: `read ${subresource === undefined ? `the specified ${kind}` : what}`,
    replace: `replace ${subresource === undefined ? `the specified ${kind}` : what}`,
    patch: `partially update ${subresource === undefined ? `the specified ${kind}` : what}`,
    delete: `delete a ${kind}`,
    deleteCollection: `delete collection of ${kind}`,
  }
  return sentences[word]!
}
