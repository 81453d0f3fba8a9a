/** One request of a conversation about some kinds: what comes before it has happened when it is made. */
export interface Said {
  readonly what: string
  /** default GET */
  readonly method?: string
  readonly path: string
  /** of a PATCH without a type: a merge patch */
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
  /** of impersonation; several values: several lines */
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** who owns which fields is part of the answer */
  readonly managers?: boolean
}

/** What a client sees of an answer, less what is another each time. */
export interface Heard {
  readonly code: number
  readonly warning?: string
  readonly body: unknown
  readonly managers?: readonly string[]
}

/** Where namespaced objects of conversations are. */
export const namespace = 'facts-of-kinds'

export const asTable = 'application/json;as=Table;g=meta.k8s.io;v=v1'

/** Creations, named by what each tries; a body without a name gets one of its own. */
export const creations = (path: string, bodies: Readonly<Record<string, object>>): Said[] =>
  Object.entries(bodies).map(([what, body], index) => ({
    what: `${path.split('/').at(-1)}: ${what}`,
    method: 'POST',
    path,
    body: { metadata: { name: `${namespace}-${index}` }, ...body },
  }))

export const patch = (what: string, path: string, body: unknown): Said => ({ what, method: 'PATCH', path, body })

/** Removes what `creations` made of kinds that no namespace takes with it. */
export const removals = (path: string, bodies: Readonly<Record<string, object>>): Said[] =>
  Object.keys(bodies).map((what, index) => ({
    what: `${path.split('/').at(-1)}: ${what}: removed`,
    method: 'DELETE',
    path: `${path}/${namespace}-${index}`,
  }))

export const contentTypeOf = ({ method, type }: Said): string =>
  type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')

export const heardOf = (said: Pick<Said, 'managers'>, code: number, warning: string | undefined, text: string): Heard => {
  const answer: unknown = JSON.parse(text)
  return {
    code,
    ...(warning && { warning }),
    body: steady(answer),
    ...(said.managers && { managers: managersOf(answer) }),
  }
}

/** Their times are another each time, and so is their order where that goes by the time. */
const managersOf = (answer: unknown): string[] => {
  const { managedFields = [] } = (answer as { metadata?: { managedFields?: { time?: string }[] } }).metadata ?? {}
  return managedFields.map((entry) => JSON.stringify(entry.time ? { ...entry, time: '(time)' } : entry)).sort()
}

const changing = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'lastPhaseTransitionTime',
  'managedFields',
  'deletionTimestamp',
])

const uid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value === 'string') return value.replaceAll(uid, '(uid)')
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([name]) => !changing.has(name))
  return Object.fromEntries(fields.map(([name, field]) => [name, steadyField(name, field)]))
}

/** Times, and ages: seconds of what was just made, days and years of what has a date of its own. */
const steadyCell = (cell: unknown) =>
  typeof cell === 'string' && /^(\d+s|\d+d|\d+y(\d+d)?)$|^\d{4}-\d\d-\d\dT/.test(cell) ? '(time)' : steady(cell)

const steadyField = (name: string, field: unknown): unknown => {
  // Rows also have the objects' metadata; the items of our lists say their kind.
  if (name === 'rows') return (field as { cells: unknown[] }[]).map(({ cells }) => cells.map(steadyCell))
  if (name !== 'items' || !Array.isArray(field)) return steady(field)
  return field.map((item) => {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = steady(item) as Record<string, unknown>
    return rest
  })
}
