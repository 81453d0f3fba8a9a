import { ApiError } from '../meta/status.ts'

/** What a client says of a server that gave no answer, or stopped in the middle of one. */
export const unreachable = (server: string, cause: unknown): ApiError =>
  new ApiError(
    'ServiceUnavailable',
    `the API server at ${server} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  )
