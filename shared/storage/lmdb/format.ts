import { formatName, type StoreFormat, upgradesFrom } from '../format.ts'
import { writeFormat } from './directory.ts'
import { type Environment, readCounter, writeCounter } from './environment.ts'

/** Part of every data directory. A change of what stands in the map is a new version, with the step that leads to it. */
export const lmdbFormat: StoreFormat<Environment> = { version: 1, upgrades: [] }

/**
 * The owner's, before anybody else may open the map. The file says first what a program must know, then a step and its
 * new version become visible at once: a kill in between leaves a store that only the newer program takes up.
 */
export const upgradeMap = async (options: {
  environment: Environment
  path: string
  format: StoreFormat<Environment>
}): Promise<void> => {
  const { environment, path, format } = options
  if (isNew(environment)) {
    await environment.root.childTransaction(() => writeCounter(environment, 'format', format.version))
    return
  }
  const found = formatName(readCounter(environment, 'format'))
  for (const { from, run } of upgradesFrom({ found, format, where: `"${path}"` })) {
    writeFormat(path, from + 1)
    await environment.root.childTransaction(() => {
      run(environment)
      writeCounter(environment, 'format', from + 1)
    })
  }
}

const isNew = ({ meta, heartbeats }: Environment): boolean =>
  [meta, heartbeats].every((table) => table.getKeysCount({ limit: 1 }) === 0)
