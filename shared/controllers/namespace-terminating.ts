import { ApiError } from '../meta/status.ts'

/** Refused because the namespace is being deleted: nothing is to be made there any more, and nothing is lost. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof ApiError && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
