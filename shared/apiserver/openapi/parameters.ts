export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly description: string
  readonly type: 'string' | 'integer' | 'boolean'
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  description,
  type,
})
const path = (name: string, description: string): Parameter => ({ name, in: 'path', description, type: 'string' })

const dryRun = query('dryRun', 'string', 'With the value All, everything is done but the change is not stored.')
const fieldManager = query('fieldManager', 'string', 'Who makes the change, at most 128 printable characters.')
const fieldValidation = query(
  'fieldValidation',
  'string',
  'What becomes of unknown and duplicate fields: Ignore drops them, Warn (the default) drops them with a warning, Strict refuses the request.',
)

const list: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'A watch may get BOOKMARK events, which tell how far it has come.'),
  query('continue', 'string', 'Where the next chunk begins: the token of the one before.'),
  query('fieldSelector', 'string', 'Restricts the objects by their fields.'),
  query('labelSelector', 'string', 'Restricts the objects by their labels.'),
  query('limit', 'integer', 'At most this many objects; the answer tells how to continue.'),
  query('resourceVersion', 'string', 'Which state is wanted.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion applies to a list: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'A watch begins with the objects that are there.'),
  query('timeoutSeconds', 'integer', 'The call ends after this time.'),
]

const deletion: readonly Parameter[] = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'Time that the object has to end; 0 deletes it at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
]

const watch = query('watch', 'boolean', 'Answers changes, as they come, instead of a list.')

/** Beside those of every operation on a path. */
export const parametersOf: Readonly<Record<string, readonly Parameter[]>> = {
  list: [...list, watch],
  read: [],
  create: [dryRun, fieldManager, fieldValidation],
  replace: [dryRun, fieldManager, fieldValidation],
  patch: [
    dryRun,
    fieldManager,
    fieldValidation,
    query('force', 'boolean', 'Takes over conflicting fields in a server-side apply.'),
  ],
  delete: deletion,
  deleteCollection: [...deletion, ...list],
  connect: [],
}

export const nameParameter = (kind: string) => path('name', `name of the ${kind}`)
export const namespaceParameter = path('namespace', 'object name and auth scope, such as for teams and projects')
export const prettyParameter = query('pretty', 'string', 'With true the answer is indented.')
