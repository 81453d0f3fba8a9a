/** A controller and the key it should look at. */
export interface Work {
  readonly controller: string
  readonly key: string
}

/** Work as it travels between functions. */
export interface WorkMessage extends Work {
  /** how many times it has failed in a row */
  readonly failures?: number | undefined
}

/** Work that is due later. */
export interface TimedWork extends WorkMessage {
  /** milliseconds since the epoch */
  readonly dueMs: number
}

/** Messages of one of these are handed out one after the other. */
export const groupOf = ({ controller, key }: Work): string => `${controller}/${key}`

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

/** undefined: it is none. */
export const parseWork = (text: string): WorkMessage | undefined => {
  const value = parseJson(text)
  if (!isRecord(value) || typeof value.controller !== 'string' || typeof value.key !== 'string') return undefined
  const { controller, key, failures } = value
  return { controller, key, ...(typeof failures === 'number' && { failures }) }
}

export const parseTimedWork = (text: string): TimedWork | undefined => {
  const work = parseWork(text)
  const value = parseJson(text)
  return work && isRecord(value) && typeof value.dueMs === 'number' ? { ...work, dueMs: value.dueMs } : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
