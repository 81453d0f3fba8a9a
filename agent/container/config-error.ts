/** Something a container's configuration names is not there or not right; shown as CreateContainerConfigError and tried again. */
export class ConfigError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ConfigError'
  }
}
