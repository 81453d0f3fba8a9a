/** What a client sees of an answer, less what must be another on each server. */
export interface Heard {
  readonly code: number
  readonly warning?: string | undefined
  readonly body: unknown
}

/** Another on each server, or in each run. */
const changing = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'storageVersionHash',
  'lastPhaseTransitionTime',
])
const uid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const random = /(?<=kube-api-access-)\w{5}/g
const recent = /20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z(?! is)/g

export const heardOf = (code: number, warning: string | undefined, text: string): Heard => {
  let body: unknown = text
  try {
    body = steadyStatus(steady(JSON.parse(text)))
  } catch {
    // some errors are plain text
  }
  // Of a patch they come by name, of what was read in the order that it had.
  const warnings = warning
    ?.split(/, (?=299 )/)
    .sort()
    .join(', ')
  return { code, ...(warnings ? { warning: steadyText(warnings) } : {}), body }
}

interface StatusLike {
  readonly kind?: unknown
  readonly message?: string
  readonly details?: { readonly causes?: readonly object[] }
}

/** Go walks maps in no order, so several errors come in any; some that upstream finds twice it lists twice. */
const steadyStatus = (body: unknown): unknown => {
  const { kind, details, message } = (body ?? {}) as StatusLike
  if (kind !== 'Status') return body
  if (message?.includes(': errors:\n')) {
    const [first, ...lines] = message.split('\n')
    return { ...(body as object), message: [first, ...lines.sort()].join('\n') }
  }
  if (!details?.causes) return body
  const causes = [...new Set(details.causes.map((cause) => JSON.stringify(cause)))].sort()
  return { ...(body as object), ...(causes.length > 1 ? { message: '(the causes)' } : {}), details: { ...details, causes } }
}

/** The whole object of a patch, in the order that a library happened to write it in. */
const wholeObject = /(?<=patch: Invalid value: )"\{.*\}"(?=: )|(?<=^Invalid value: )"\{.*\}"(?=: )/g

/** An address out of the cluster's range that nobody asked for, as errors about it show it. */
const givenAddress =
  /(?<=IPAddress\.networking\.k8s\.io \\*")10\.\d+\.\d+\.\d+|(?<=Invalid value: \\*")10\.\d+\.\d+\.\d+(?=\\*": expected an)/g

const steadyText = (text: string): string =>
  text
    .replaceAll(uid, '(uid)')
    .replaceAll(/X509SHA256=[0-9a-f]{64}/g, '(credential)')
    .replaceAll(random, '(random)')
    .replaceAll(wholeObject, '(object)')
    .replaceAll(/object meta: \d+/g, 'object meta: (revision)')
    .replaceAll(/in record \(\d+\)/g, 'in record (revision)')
    .replaceAll(/Key: \S+,/g, 'Key: (key),')
    .replaceAll(givenAddress, '(address)')

const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value === 'string') return steadyText(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !changing.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, steadyField(name, field)]),
  )
}

const steadyField = (name: string, field: unknown): unknown => {
  // Rows also have the objects' metadata; the items of our lists say their kind.
  if (name === 'managedFields' && Array.isArray(field)) return field.map(({ time: _time, ...entry }: { time?: string }) => entry)
  if (name === 'rows' && field === null) return []
  if (name === 'rows' && Array.isArray(field)) return (field as { cells: unknown[] }[]).map(({ cells }) => cells.map(steadyCell))
  if (name !== 'items' || !Array.isArray(field)) return steady(field)
  return field.map((item) => {
    if (typeof item !== 'object' || item === null || !('metadata' in item)) return steady(item)
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = steady(item) as Record<string, unknown>
    return rest
  })
}

const steadyCell = (cell: unknown) =>
  typeof cell === 'string' && /^\d+[smhd]/.test(cell)
    ? '(age)'
    : typeof cell === 'string'
      ? steadyText(cell)
          .replaceAll(recent, '(time)')
          .replaceAll(/\b10\.96\.\d+\.\d+\b/g, '(address)')
      : steady(cell)
