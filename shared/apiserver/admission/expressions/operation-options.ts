import type { JsonObject } from '../../../meta/json-value.ts'
import type { AdmissionAttributes } from '../admission.ts'

const kinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const

/** CreateOptions, UpdateOptions or DeleteOptions of a request, as upstream tells of them; null: it has none. */
export const operationOptions = ({ operation, options, context }: AdmissionAttributes): JsonObject | null => {
  if (operation === 'CONNECT') return null
  return { kind: kinds[operation], apiVersion: 'meta.k8s.io/v1', ...(options ?? fromQuery(context.request.query)) }
}

const fromQuery = (query: URLSearchParams): JsonObject => {
  const dryRun = query.getAll('dryRun')
  const fieldManager = query.get('fieldManager')
  const fieldValidation = query.get('fieldValidation')
  return {
    ...(dryRun.length > 0 && { dryRun }),
    ...(fieldManager && { fieldManager }),
    ...(fieldValidation && { fieldValidation }),
  }
}
