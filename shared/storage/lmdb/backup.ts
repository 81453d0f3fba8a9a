import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../store.ts'
import { dataFile, flushDirectory, writeFormat } from './directory.ts'
import type { Environment } from './environment.ts'

/** The data file gets its name last: what was cut off in the middle is no store with data. */
export const backupTo = async (environment: Environment, path: string): Promise<void> => {
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new StoreUnavailable(`can't back up into "${path}": it is not empty`)
  writeFormat(path)
  const draft = join(path, `${dataFile}.partial`)
  await environment.root.backup(draft, true)
  renameSync(draft, join(path, dataFile))
  flushDirectory(path)
}
