import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { formatName, type StoreFormat, upgradesFrom } from '../format.ts'
import { StoreUnavailable } from '../store.ts'
import { checkDataFile, dataFile } from './data-file.ts'
import type { Environment } from './environment.ts'

const formatFile = 'FORMAT'
/** what a start that was cut off may have left */
const formatDraft = `${formatFile}.new`

/**
 * Refuses, before anything is written, a directory that is not a store, or one of a format that can't become ours; for an
 * owner an empty or missing one becomes a store.
 */
export const checkDirectory = (options: { path: string; role: 'owner' | 'worker'; format: StoreFormat<Environment> }): void => {
  const { path, role, format } = options
  const files = existsSync(path) ? readDirectory(path).filter((name) => name !== formatDraft) : []
  if (files.includes(formatFile)) {
    const found = readFileSync(join(path, formatFile), 'utf8').trim()
    const upgrades = upgradesFrom({ found, format, where: `"${path}"` })
    if (upgrades.length > 0 && role === 'worker')
      throw new StoreUnavailable(`"${path}" holds "${found}", which its owner has to upgrade first`)
    if (files.includes(dataFile)) checkDataFile(join(path, dataFile))
    return
  }
  if (files.length > 0)
    throw new StoreUnavailable(
      `"${path}" is not empty and not a store (it has no ${formatFile} file): name another data directory`,
    )
  if (role === 'worker') throw new StoreUnavailable(`there is no store in "${path}"`)
  writeFormat(path, format.version)
}

/** The version that a program must know to touch the map. */
export const writeFormat = (path: string, version: number): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const draft = join(path, formatDraft)
  writeFileSync(draft, `${formatName(version)}\n`, { mode: 0o600, flush: true })
  renameSync(draft, join(path, formatFile))
  flushDirectory(path)
}

export const flushDirectory = (path: string): void => {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

const readDirectory = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch (cause) {
    throw unusable(path, cause)
  }
}

/** What the system says of a directory that can't be read or written at the start, in our words. */
export const unusable = (path: string, cause: unknown): StoreUnavailable => {
  if (cause instanceof StoreUnavailable) return cause
  const text = cause instanceof Error ? cause.message : String(cause)
  return new StoreUnavailable(`can't use the data directory "${path}": ${text}`, { cause })
}
