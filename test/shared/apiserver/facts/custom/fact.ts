import type { CustomRequest } from './requests.ts'

export interface CustomFact {
  readonly code: number
  readonly reason?: string
  readonly message?: string
  /** in any order: Go's maps have none */
  readonly causes?: readonly string[]
  readonly warning?: string
  readonly body?: unknown
}

const changing = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'deletionTimestamp',
  'lastTransitionTime',
  'time',
])

const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, field]) => !changing.has(name) && field !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, steady(field)]),
  )
}

interface Status {
  readonly kind?: string
  readonly status?: unknown
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[]
  }
}

/** What a rule of each field warns of comes in the order of a map of Go's. */
const inOrder = (warning: string): string =>
  warning.includes('failed rule')
    ? warning
        .split(', 299')
        .map((one) => one.replace(/^299/, ''))
        .sort()
        .map((one) => `299${one}`)
        .join(', ')
    : warning

export const factOf = ({ whole }: CustomRequest, code: number, warning: string | undefined, text: string): CustomFact => {
  // What is not served at all has a page there, and words of our own here.
  if (!text.startsWith('{') || text.includes('is not served; what is')) return { code }
  // Upstream names the type of `self` by the clock.
  const body = JSON.parse(text.replace(/selfType\d+/g, 'selfType')) as Status
  const told = warning ? { warning: inOrder(warning) } : {}
  if (code < 400) return { code, ...told, ...(whole ? { body: steady(body) } : {}) }
  const causes = body.details?.causes?.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort()
  return {
    code,
    ...told,
    ...(body.reason ? { reason: body.reason } : {}),
    ...(causes && causes.length > 0 ? { causes } : { message: body.message ?? '' }),
  }
}
