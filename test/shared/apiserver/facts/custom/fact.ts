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

export const factOf = ({ whole }: CustomRequest, code: number, warning: string | undefined, text: string): CustomFact => {
  // What is not served at all has a page there, and words of our own here.
  if (!text.startsWith('{') || text.includes('is not served; what is')) return { code }
  const body = JSON.parse(text) as Status
  const told = warning ? { warning } : {}
  if (code < 400) return { code, ...told, ...(whole ? { body: steady(body) } : {}) }
  const causes = body.details?.causes?.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort()
  return {
    code,
    ...told,
    ...(body.reason ? { reason: body.reason } : {}),
    ...(causes && causes.length > 0 ? { causes } : { message: body.message ?? '' }),
  }
}
