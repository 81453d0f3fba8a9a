import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../store.ts'
import { checkDataFile } from './data-file.ts'

export const dataFile = 'windlass.mdb'
const formatFile = 'FORMAT'
const format = 'windlass store 1'

/** Refuses, before anything is written, a directory that is not a store of this format; with `create` an empty or missing one becomes a store. */
export const checkDirectory = ({ path, create }: { path: string; create: boolean }): void => {
  const files = existsSync(path) ? readDirectory(path) : []
  if (files.includes(formatFile)) {
    const found = readFileSync(join(path, formatFile), 'utf8').trim()
    if (found !== format)
      throw new StoreUnavailable(
        `"${path}" holds "${found.slice(0, 60)}", this version reads "${format}": start the version that made it, or restore a backup into another directory`,
      )
    if (files.includes(dataFile)) checkDataFile(join(path, dataFile))
    return
  }
  if (files.length > 0)
    throw new StoreUnavailable(
      `"${path}" is not empty and not a store (it has no ${formatFile} file): name another data directory`,
    )
  if (!create) throw new StoreUnavailable(`there is no store in "${path}"`)
  writeFormat(path)
}

export const writeFormat = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  writeFileSync(join(path, formatFile), `${format}\n`, { mode: 0o600, flush: true })
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
    throw new StoreUnavailable(`can't read the data directory "${path}"`, { cause })
  }
}
