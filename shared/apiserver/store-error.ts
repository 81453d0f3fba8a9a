import type { ObjectKey } from '../meta/object.ts'
import { ApiError, alreadyExists, conflict, notFound, objectModified } from '../meta/status.ts'
import { KeyExists, RevisionConflict, RevisionExpired, RevisionInFuture, StoreUnavailable } from '../storage/store.ts'

const groupAndPlural = ({ resource }: ObjectKey): [string, string] => {
  const dot = resource.indexOf('.')
  return dot < 0 ? ['', resource] : [resource.slice(dot + 1), resource.slice(0, dot)]
}

const notFoundOf = (key: ObjectKey) => notFound(...groupAndPlural(key), key.name)
const conflictOf = (key: ObjectKey) => conflict(...groupAndPlural(key), key.name, objectModified)

const expiredMessage = 'The resourceVersion for the provided list is too old.'

/** What the store says, as a client is told it. Anything that is not the store's comes back as it is. */
export const translateStoreError = (error: unknown): unknown => {
  if (error instanceof KeyExists) return alreadyExists(...groupAndPlural(error.current.key), error.current.key.name)
  if (error instanceof RevisionConflict) return error.current ? conflictOf(error.key) : notFoundOf(error.key)
  if (error instanceof RevisionExpired) return new ApiError('Expired', expiredMessage, { cause: error })
  if (error instanceof RevisionInFuture) {
    return new ApiError('Timeout', `Too large resource version: ${error.message}`, {
      cause: error,
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    })
  }
  if (error instanceof StoreUnavailable) return new ApiError('ServiceUnavailable', error.message, { cause: error })
  return error
}
