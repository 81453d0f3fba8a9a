import { ApiError } from '../../meta/status.ts'
import { keyOf, notFoundIn, type ResourceContext } from '../context.ts'
import { parseResourceVersion, unreadable } from '../objects/list-options.ts'
import { negotiate } from '../represent/negotiate.ts'
import { formsOf } from '../represent/object-forms.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

export const getVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { parts, request, info } = context
  const representation = negotiate(request, formsOf(context))
  const { query } = request
  if (query.has('resourceVersion')) await checkNotOlderThan(context)
  const entry = await parts.store.get(keyOf(context))
  if (!entry) throw notFoundIn(context, info.name)
  return respondObject(context, representation, { bytes: entry.value })
}

const checkNotOlderThan = async ({ parts, request }: ResourceContext) => {
  const asked = request.query.get('resourceVersion')
  if (!asked || asked === '0') return
  const wanted = parseResourceVersion(asked, unreadable)
  const current = await parts.store.revision()
  if (wanted > current) throw tooLargeResourceVersion(wanted, current)
}

export const tooLargeResourceVersion = (wanted: number, current: number) =>
  new ApiError('Timeout', `Timeout: Too large resource version: ${BigInt(wanted)}, current: ${current}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  })
