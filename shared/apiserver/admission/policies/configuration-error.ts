/** A policy or a binding is not as it has to be for a request; its failurePolicy says what becomes of that. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
