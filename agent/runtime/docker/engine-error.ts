import { RuntimeError } from '../runtime.ts'

const field = (error: unknown, key: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : undefined

export const statusOf = (error: unknown): number | undefined => {
  const status = field(error, 'statusCode')
  return typeof status === 'number' ? status : undefined
}

/** The engine's own words, without the HTTP client's around them. */
export const engineError = (error: unknown): RuntimeError => {
  if (error instanceof RuntimeError) return error
  const told = field(field(error, 'json'), 'message')
  const text = typeof told === 'string' ? told : error instanceof Error ? error.message : String(error)
  const message = text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim()
  return new RuntimeError(message, { cause: error })
}

/** Runs a call of the engine; `fine` are the statuses that mean there was nothing to do. */
export const engineCall = async <T>(call: () => Promise<T>, fine: readonly number[] = []): Promise<T | undefined> => {
  try {
    return await call()
  } catch (error) {
    if (fine.includes(statusOf(error) ?? 0)) return undefined
    throw engineError(error)
  }
}
