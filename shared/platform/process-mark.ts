import { readFileSync } from 'node:fs'

/** Tells a process from a later one with the same pid: pid and start time. */
export const processMark = (pid: number): string => `${pid} ${startTime(pid)}`

export const markedPid = (mark: string): number => Number(mark.split(' ')[0])

/** False for what is no mark. */
export const isRunning = (mark: string): boolean => mark === processMark(markedPid(mark)) && !mark.endsWith(' gone')

/**
 * Field 22 of /proc/<pid>/stat; 'gone' when there is no such process, '' where there is no /proc (then only the pid counts).
 * A killed process that nobody has waited for is gone too: it holds nothing any more, and in a container may stay so for good.
 */
const startTime = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? 'gone' : (fields[18] ?? '')
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'ESRCH')) throw error
    return process.platform !== 'linux' && isAlive(pid) ? '' : 'gone'
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

export const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
