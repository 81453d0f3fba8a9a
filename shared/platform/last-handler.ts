import type { Logger } from './log.ts'

export interface LastHandlerOptions {
  /** the process, or what emits as it does */
  readonly process: Pick<NodeJS.EventEmitter, 'on' | 'off'>
  readonly log: Logger
  /** Of an error that the process must not outlive. */
  readonly end: (error: unknown) => void
}

/** Nothing that comes after these can be trusted: no memory, or Node's own inside is broken. */
const fatal: ReadonlySet<string> = new Set(['ENOMEM', 'ERR_INTERNAL_ASSERTION', 'ERR_WORKER_OUT_OF_MEMORY'])
const mostKnown = 1000

/**
 * What is thrown in a listener, a timer or a promise that nobody waits for ends with that listener, not with the process: a node must
 * not go down by one packet. The same error is logged the first time, then the tenth, hundredth … To be installed once a process
 * has come up: what fails before is a fault of the program or of its configuration, and ends it (docs/decisions/007-the-last-handler.md).
 */
export const installLastHandler = ({ process, log, end }: LastHandlerOptions): (() => void) => {
  const known = new Map<string, number>()
  const take = (error: unknown) => {
    if (fatal.has(codeOf(error))) return end(error)
    const key = keyOf(error)
    const count = (known.get(key) ?? 0) + 1
    if (count === 1 && known.size >= mostKnown) known.clear()
    known.set(key, count)
    if (isPowerOfTen(count)) log.error('an error that nobody caught', { error, count })
  }
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
  return () => {
    process.off('uncaughtException', take)
    process.off('unhandledRejection', take)
  }
}

const codeOf = (error: unknown) => String((error as { code?: unknown } | undefined)?.code ?? '')

/** Where it was thrown, not what it says: a message may quote what came from outside. */
const keyOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${codeOf(error)} ${frameOf(error.stack)}` : typeof error

const frameOf = (stack = ''): string => stack.split('\n').find((line) => line.startsWith('    at ')) ?? ''

const isPowerOfTen = (count: number) => /^10*$/.test(String(count))
