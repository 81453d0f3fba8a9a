/** The catalogue of API errors: reason → HTTP code, and the `Status` object that carries them. */

export const reasonCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  ServerTimeout: 500,
  /** upstream's word for none: clients see no reason */
  Unknown: 500,
} as const

export type StatusReason = keyof typeof reasonCodes

/** `FieldValueInvalid` and its kin, as in metav1.CauseType. */
export interface StatusCause {
  reason?: string | undefined
  message?: string | undefined
  field?: string | undefined
}

export interface StatusDetails {
  name?: string | undefined
  group?: string | undefined
  kind?: string | undefined
  uid?: string | undefined
  causes?: StatusCause[] | undefined
  retryAfterSeconds?: number | undefined
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string | undefined
  reason?: string | undefined
  details?: StatusDetails | undefined
  code?: number | undefined
}

/** An error that a client of the API sees. Thrown anywhere below the API server, answered as `Status` at its edge. */
export class ApiError extends Error {
  readonly reason: StatusReason
  readonly code: number
  readonly details: StatusDetails | undefined
  /** metadata of the Status: the continue token of an expired list */
  readonly listMeta: { readonly continue?: string } | undefined

  constructor(
    reason: StatusReason,
    message: string,
    options: { details?: StatusDetails; code?: number; cause?: unknown; listMeta?: { readonly continue?: string } } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.reason = reason
    this.code = options.code ?? reasonCodes[reason]
    this.details = options.details
    this.listMeta = options.listMeta
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: { ...this.listMeta },
      status: 'Failure',
      message: this.message,
      ...(this.reason === 'Unknown' ? {} : { reason: this.reason }),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }
}

export const isReason = (error: unknown, ...reasons: StatusReason[]): error is ApiError =>
  error instanceof ApiError && reasons.includes(error.reason)

const qualified = (group: string, resource: string) => (group === '' ? resource : `${resource}.${group}`)

export const notFound = (group: string, resource: string, name: string) =>
  new ApiError('NotFound', `${qualified(group, resource)} "${name}" not found`, {
    details: { name, group: group || undefined, kind: resource },
  })

export const alreadyExists = (group: string, resource: string, name: string) =>
  new ApiError('AlreadyExists', `${qualified(group, resource)} "${name}" already exists`, {
    details: { name, group: group || undefined, kind: resource },
  })

export const conflict = (group: string, resource: string, name: string, message: string) =>
  new ApiError('Conflict', `Operation cannot be fulfilled on ${qualified(group, resource)} "${name}": ${message}`, {
    details: { name, group: group || undefined, kind: resource },
  })

export const objectModified = 'the object has been modified; please apply your changes to the latest version and try again'

export const forbidden = (group: string, resource: string, name: string, message: string) =>
  new ApiError('Forbidden', `${qualified(group, resource)}${name && ` "${name}"`} is forbidden: ${message}`, {
    details: { name: name || undefined, group: group || undefined, kind: resource },
  })

export const badRequest = (message: string) => new ApiError('BadRequest', message)

export const internalError = (cause: unknown) =>
  new ApiError('InternalError', `Internal error occurred: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
