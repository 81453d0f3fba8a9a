import { createLogger } from '../../shared/platform/log.ts'

/** Lambda keeps what stands on standard output. */
export const writeLine = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

export const log = createLogger({ write: writeLine })
