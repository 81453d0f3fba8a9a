const known = new Set([
  'AuditPolicyError',
  'UsageError',
  'EngineError',
  'DataDirectoryError',
  'LockedError',
  'StoreUnavailable',
  'KubeconfigError',
  'CommandError',
])

/** What a user reads when a start fails: our own errors say what to do, of others the trace is wanted. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return known.has(error.name) || 'code' in error ? error.message : (error.stack ?? error.message)
}
