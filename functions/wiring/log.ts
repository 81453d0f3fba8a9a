import { createLogger } from '../../shared/platform/log.ts'

/** Lambda keeps what stands on standard output. */
export const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`) })
