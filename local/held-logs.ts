import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../shared/platform/log.ts'
import { rotateHeldLog } from '../shared/platform/rotating-log.ts'

/** The engine's, and what processes could not log themselves: programs hold them open and know nothing of rotation. */
const isHeld = (name: string) => name === 'dockerd.log' || name.endsWith('.err')

export const rotateHeldLogs = (folder: string, maxBytes?: number): void => {
  for (const name of readdirSync(folder)) if (isHeld(name)) rotateHeldLog({ path: join(folder, name), maxBytes })
}

/** Looks at them from time to time. */
export const startHeldLogRotation = (folder: string, log: Logger): (() => void) => {
  const look = () => {
    try {
      rotateHeldLogs(folder)
    } catch (error) {
      log.warn('logs of others can not be rotated', { folder, error })
    }
  }
  const timer = setInterval(look, 60_000).unref()
  return () => clearInterval(timer)
}
