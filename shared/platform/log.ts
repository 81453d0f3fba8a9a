/** A constant message and fields; an error is logged once, at the top. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  child(fields: Record<string, unknown>): Logger
}

export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** One JSON object a line. */
export const createLogger = (options: {
  write: (line: string) => void
  level?: Level
  fields?: Record<string, unknown>
}): Logger => {
  const { write, level = 'info', fields = {} } = options
  const at = (name: Level) =>
    levels.indexOf(name) < levels.indexOf(level)
      ? () => undefined
      : (message: string, extra?: Record<string, unknown>) =>
          write(JSON.stringify({ time: new Date().toISOString(), level: name, message, ...fields, ...extra }, errorsAsText))
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => createLogger({ write, level, fields: { ...fields, ...more } }),
  }
}

const errorsAsText = (_key: string, value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value)
