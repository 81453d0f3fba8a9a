import { statSync } from 'node:fs'
import { isCode } from '../shared/platform/process-mark.ts'
import { type LocalOptions, UsageError } from './options.ts'

const ownUser = () => process.getuid?.()

/** Before anything is made: whether this user can have what was asked for. Throws UsageError. */
export const checkUser = ({ runtime, dataDir }: Pick<LocalOptions, 'runtime' | 'dataDir'>, uid = ownUser()): void => {
  if (uid === undefined || uid === 0) return
  if (runtime === 'docker') {
    throw new UsageError(
      `real containers take root: pods have their network and volumes from this machine's kernel, and being in the group "docker" is not enough.
what you can do:
  - sudo npm start
  - npm start -- --runtime simulated: the same cluster, where pods only seem to run; it takes no root`,
    )
  }
  const owner = ownerOf(dataDir)
  if (owner !== undefined && owner !== uid)
    throw new UsageError(`${dataDir} belongs to user ${owner}; start as that user, or name another --data-dir`)
}

const ownerOf = (path: string): number | undefined => {
  try {
    return statSync(path).uid
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}
