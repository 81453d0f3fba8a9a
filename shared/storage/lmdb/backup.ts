import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { StoreUnavailable } from '../store.ts'
import { dataFile } from './data-file.ts'
import { checkDirectory, flushDirectory, writeFormat } from './directory.ts'
import { type Environment, openEnvironment, readCounter, writeCounter } from './environment.ts'
import { lmdbFormat, upgradeMap } from './format.ts'

/** The data file gets its name last: what was cut off in the middle is no store with data. */
export const backupTo = async (environment: Environment, path: string): Promise<void> => {
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new StoreUnavailable(`can't back up into "${path}": it is not empty`)
  writeFormat(path, readCounter(environment, 'format'))
  const draft = join(path, `${dataFile}.partial`)
  await environment.root.backup(draft, true)
  renameSync(draft, join(path, dataFile))
  flushDirectory(path)
}

/** More revisions than any store takes between a backup and its restoration. */
const skippedRevisions = 1_000_000_000

/**
 * Makes a new store from a backup. Its log begins far behind anything clients may have seen after the backup was taken, so that
 * no revision means two things, and watchers that come back list again (410) instead of missing what was undone.
 */
export const restoreLmdbStore = async (options: { from: string; path: string }): Promise<void> => {
  const { from, path } = options
  const format = lmdbFormat
  if (!existsSync(join(from, dataFile))) throw new StoreUnavailable(`"${from}" is no complete backup: it has no ${dataFile}`)
  checkDirectory({ path: from, role: 'owner', format })
  refuseContent(path, 'restore')
  writeFormat(path, format.version)
  const draft = join(path, `${dataFile}.partial`)
  copyFileSync(join(from, dataFile), draft)
  renameSync(draft, join(path, dataFile))
  const environment = openEnvironment({ path })
  try {
    await upgradeMap({ environment, path, format })
    await environment.root.childTransaction(() => {
      const revision = readCounter(environment, 'revision') + skippedRevisions
      for (const key of [...environment.log.getKeys()]) environment.log.removeSync(key)
      writeCounter(environment, 'revision', revision)
      writeCounter(environment, 'oldest', revision)
    })
  } finally {
    await environment.root.close()
  }
  flushDirectory(path)
}

const refuseContent = (path: string, action: string): void => {
  if (existsSync(path) && readdirSync(path).length > 0)
    throw new StoreUnavailable(`can't ${action} into "${path}": it is not empty`)
}
