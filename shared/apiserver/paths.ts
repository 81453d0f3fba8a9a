import { ApiError } from '../meta/status.ts'
import type { RequestContext } from './context.ts'
import type { ApiResponse } from './request.ts'

/** Answers paths that are no resource; undefined: not mine. */
export type PathHandler = (context: RequestContext) => Promise<ApiResponse | undefined> | ApiResponse | undefined

export const pathNotFound = () => new ApiError('NotFound', 'the server could not find the requested resource', { details: {} })

/** Clients show the message as it is: whoever asks for a kind that is not there is to know why. */
export const notServed = ({ group, version, resource }: { group: string; version: string; resource: string }) => {
  const what = group ? `${resource}.${version}.${group}` : `${resource}.${version}`
  const message = `the server could not find the requested resource (${what} is not served; what is: kubectl api-resources)`
  return new ApiError('NotFound', message, { details: {} })
}

export const methodNotAllowed = () =>
  new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', { details: {} })
