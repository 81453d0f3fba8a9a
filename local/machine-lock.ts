import { mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Another live process holds what there is one of; the message names it. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
}

/** A file with our pid in it. A lock whose process is gone is taken over. Throws LockedError. */
export const takeLock = (file: string, what: string): (() => void) => {
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      writeSync(openSync(file, 'wx'), `${process.pid} ${startOf(process.pid)}\n`)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error
    }
    const [pid = '', start = ''] = readFileSync(file, 'utf8').trim().split(' ')
    // A pid alone may have been given to another process since.
    if (pid !== '' && startOf(Number(pid)) === start) {
      throw new LockedError(`${what} is in use by process ${pid}; stop that one first (Ctrl-C in its terminal, or kill ${pid})`)
    }
    rmSync(file, { force: true })
  }
}

/** There is one address plan a machine: real pods of one cluster at a time. Throws LockedError. */
export const takeMachineLock = () => takeLock('/run/windlass.lock', "this machine's pod and Service addresses")

/** When the process started, in the kernel's ticks; '' when there is none. */
const startOf = (pid: number): string => {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ')
    // A killed process that nobody has waited for yet holds nothing any more: in a container it may stay so for good.
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
