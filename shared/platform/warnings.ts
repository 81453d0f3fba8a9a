import type { Logger } from './log.ts'

/** What Node.js warns of, for itself or a library, goes to the log and not to whoever looks at the terminal. */
export const logWarnings = (log: Logger): void => {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message, stack }) => log.warn('Node.js warns', { name, warning: message, stack }))
}
