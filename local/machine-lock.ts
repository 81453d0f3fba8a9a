import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isCode, isRunning, markedPid, processMark } from '../shared/platform/process-mark.ts'

/** Another live process holds what there is one of; the message names it. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}

/**
 * A file with our pid in it, which is there with all its text or not at all. A lock whose process is gone is taken over, by one of those
 * who find it so: the next holder's file is the right to do so, and becomes the lock in one step. Throws LockedError.
 */
export const takeLock = (file: string, what: string): (() => void) => {
  mkdirSync(dirname(file), { recursive: true })
  const own = `${file}.${process.pid}`
  writeFileSync(own, `${processMark(process.pid)}\n`)
  try {
    for (let attempt = 0; ; attempt++) {
      if (isLinked(own, file)) break
      refuseHeld(file, what)
      if (attempt > 100) throw new Error(`${file} can not be taken over`)
      const next = `${file}.next`
      if (isLinked(own, next)) {
        if (takeOver(next, file, what)) break
      } else {
        refuseHeld(next, what)
        rmSync(next, { force: true })
      }
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => rmSync(file, { force: true })
}

/** Only who has `next` may replace a lock whose process is gone; one that was let go in between is anybody's again. */
const takeOver = (next: string, file: string, what: string): boolean => {
  let isTaken = false
  try {
    refuseHeld(file, what)
    isTaken = existsSync(file)
    if (isTaken) renameSync(next, file)
  } finally {
    if (!isTaken) rmSync(next, { force: true })
  }
  return isTaken
}

const isLinked = (own: string, file: string): boolean => {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

const refuseHeld = (file: string, what: string): void => {
  const mark = markIn(file)
  if (mark === undefined || !isRunning(mark)) return
  const pid = markedPid(mark)
  throw new LockedError(`${what} is in use by process ${pid}; stop that one first (Ctrl-C in its terminal, or kill ${pid})`)
}

const markIn = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** There is one address plan a machine: real pods of one cluster at a time. Throws LockedError. */
export const takeMachineLock = () => takeLock('/run/windlass.lock', "this machine's pod and Service addresses")
