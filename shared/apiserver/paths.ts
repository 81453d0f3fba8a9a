import { ApiError } from '../meta/status.ts'
import type { RequestContext } from './context.ts'
import type { ApiResponse } from './request.ts'

/** Answers paths that are no resource; undefined: not mine. */
export type PathHandler = (context: RequestContext) => Promise<ApiResponse | undefined> | ApiResponse | undefined

export const pathNotFound = () => new ApiError('NotFound', 'the server could not find the requested resource', { details: {} })

export const methodNotAllowed = () =>
  new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', { details: {} })
