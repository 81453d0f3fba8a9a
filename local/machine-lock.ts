import { mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRunning, markedPid, processMark } from '../shared/platform/process-mark.ts'

/** Another live process holds what there is one of; the message names it. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}

/** A file with our pid in it. A lock whose process is gone is taken over. Throws LockedError. */
export const takeLock = (file: string, what: string): (() => void) => {
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      writeSync(openSync(file, 'wx'), `${processMark(process.pid)}\n`)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error
    }
    const mark = readFileSync(file, 'utf8').trim()
    if (isRunning(mark)) {
      const pid = markedPid(mark)
      throw new LockedError(`${what} is in use by process ${pid}; stop that one first (Ctrl-C in its terminal, or kill ${pid})`)
    }
    rmSync(file, { force: true })
  }
}

/** There is one address plan a machine: real pods of one cluster at a time. Throws LockedError. */
export const takeMachineLock = () => takeLock('/run/windlass.lock', "this machine's pod and Service addresses")
