import { ApiError, type Status, type StatusDetails, type StatusReason } from '../../../meta/status.ts'

/** What upstream calls an internal error, though it may be a webhook's. */
export const internalFailure = (error: Error): ApiError =>
  new ApiError('InternalError', `Internal error occurred: ${error.message}`, {
    details: { causes: [{ message: error.message }] },
    cause: error,
  })

/** A webhook could not be asked, or answered what is no answer. `code`: for metrics, of the Status behind it. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly code: number

  constructor(webhook: string, reason: string, { code = 503, cause }: { code?: number; cause?: unknown } = {}) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${reason}`, { cause })
    this.code = code
  }
}

/** A webhook said no: its own Status, as far as it is one. */
export class Rejection extends ApiError {
  readonly #status: string
  readonly #metadata: Status['metadata']

  constructor(webhook: string, given: Partial<Omit<Status, 'status'>> & { readonly status?: string | undefined }) {
    const deniedBy = `admission webhook ${JSON.stringify(webhook)} denied the request`
    const { message, reason = '', details, code = 0 } = given
    const why = message || reason
    super((reason || 'Unknown') as StatusReason, why ? `${deniedBy}: ${why}` : `${deniedBy} without explanation`, {
      ...(details && { details: details as StatusDetails }),
      code: Math.max(code, 400),
    })
    const { status = '', metadata = {} } = given
    this.#metadata = metadata
    this.#status = status === '' || status === 'Success' ? 'Failure' : status
  }

  override toStatus(): Status {
    return { ...super.toStatus(), metadata: this.#metadata, status: this.#status as Status['status'] }
  }
}
