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

const container = query('container', 'string', 'Which container, where there are several.')

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
  query(
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    'boolean',
    'Upstream deletes what it can not read with it, where a feature that is off by default is on; it has no effect here.',
  ),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
]

const watch = query('watch', 'boolean', 'Answers changes, as they come, instead of a list.')

const change = [dryRun, fieldManager, fieldValidation]

/** Of operations, by their word, beside those of where the object is. */
export const parametersOf: Readonly<Record<string, readonly Parameter[]>> = {
  list: [...list, watch],
  watch: [...list, watch],
  read: [],
  create: change,
  replace: change,
  patch: [...change, query('force', 'boolean', 'Takes over conflicting fields in a server-side apply.')],
  delete: deletion,
  deleteCollection: [...deletion, ...list.filter(({ name }) => name !== 'allowWatchBookmarks')],
}

const streams = [
  query('stdin', 'boolean', 'Sends what the client writes to the container.'),
  query('stdout', 'boolean', 'Gets what the container writes.'),
  query('stderr', 'boolean', 'Gets what the container writes to its other stream.'),
  query('tty', 'boolean', 'There is a terminal.'),
]
const proxied = [query('path', 'string', 'The path of what is asked.')]

/** Of connections, by the kind of their options. */
export const connectParameters: Readonly<Record<string, readonly Parameter[]>> = {
  PodAttachOptions: [container, ...streams],
  PodExecOptions: [query('command', 'string', 'What to run, an argument each time.'), container, ...streams],
  PodPortForwardOptions: [query('ports', 'integer', 'The ports of the pod.')],
  PodProxyOptions: proxied,
  ServiceProxyOptions: proxied,
  NodeProxyOptions: proxied,
}

export const logParameters: readonly Parameter[] = [
  container,
  query('follow', 'boolean', 'Goes on as the container writes.'),
  query('insecureSkipTLSVerifyBackend', 'boolean', 'The certificate of the node is not looked at.'),
  query('limitBytes', 'integer', 'Ends after this many bytes.'),
  query('previous', 'boolean', 'Of the container that ran before this one.'),
  query('sinceSeconds', 'integer', 'Only what is not older than this.'),
  query('stream', 'string', 'Which stream: All, Stdout or Stderr.'),
  query('tailLines', 'integer', 'Only this many last lines.'),
  query('timestamps', 'boolean', 'A time before each line.'),
]

export const pathParameter = path('path', 'the path of what is asked')
export const nameParameter = (kind: string) => path('name', `name of the ${kind}`)
export const namespaceParameter = path('namespace', 'object name and auth scope, such as for teams and projects')
export const prettyParameter = query('pretty', 'string', 'With true the answer is indented.')
