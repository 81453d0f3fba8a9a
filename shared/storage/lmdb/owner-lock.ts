import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCode, isRunning, markedPid, processMark } from '../../platform/process-mark.ts'
import { StoreUnavailable } from '../store.ts'

/**
 * One process owns a data directory: a file with its pid and start time, linked into place in one step. A holder that is
 * not alive any more (or whose pid is another process now) is replaced.
 */
export const takeOwnerLock = (directory: string): (() => void) => {
  const path = join(directory, 'owner.lock')
  const own = processMark(process.pid)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, own, { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (link(draft, path)) return () => releaseOwnerLock(path, own)
      const holder = readHolder(path)
      if (holder === undefined) continue
      if (isRunning(holder)) {
        throw new StoreUnavailable(
          `the data directory "${directory}" is in use by process ${markedPid(holder)}: stop it, or name another directory`,
        )
      }
      // Two may find the same dead holder: only what was read may be taken away.
      const aside = `${draft}.stale`
      if (!rename(path, aside)) continue
      if (readHolder(aside) !== holder) link(aside, path)
      rmSync(aside, { force: true })
    }
    throw new StoreUnavailable(`can't lock the data directory "${directory}": "${path}" keeps changing`)
  } finally {
    rmSync(draft, { force: true })
  }
}

const releaseOwnerLock = (path: string, own: string): void => {
  if (readHolder(path) === own) rmSync(path, { force: true })
}

const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

const rename = (from: string, to: string): boolean => {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}

const readHolder = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}
