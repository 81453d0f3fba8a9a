import type { Client } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import { isReason } from '../../shared/meta/status.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { isDirectoryUnwanted, localDirectory, nodeOfDirectory } from '../../shared/resources/core/volume/local-directory.ts'
import { type PersistentVolume, persistentVolumes } from '../../shared/resources/resource.ts'
import type { AgentEvents } from '../event-recorder.ts'
import type { LocalDirectories } from './local-directories.ts'

export interface ReleasedDirectoriesOptions {
  readonly client: Client
  readonly nodeName: string
  /** those of this node at least */
  readonly volumes: Pick<Informer<PersistentVolume>, 'onChange'>
  /** undefined: nothing is on the disk */
  readonly directories?: Pick<LocalDirectories, 'pathOf' | 'remove' | 'usersOf'> | undefined
  readonly events: Pick<AgentEvents, 'volume'>
  readonly clock: Clock
  readonly log: Logger
}

const firstRetryMs = 1000
const longestRetryMs = 60_000

/**
 * Removes the directories of volumes that are on their way out, and then what holds those: also what was released while no agent ran.
 * Answers how to stop.
 */
export const startReleasedDirectories = (options: ReleasedDirectoriesOptions): (() => void) => {
  const { nodeName, volumes, clock, log } = options
  const stopping = new AbortController()
  /** by name */
  const working = new Set<string>()
  const work = async (name: string) => {
    for (let waitMs = firstRetryMs; !stopping.signal.aborted; waitMs = Math.min(2 * waitMs, longestRetryMs)) {
      try {
        if (await release(name, options)) return
      } catch (error) {
        if (stopping.signal.aborted) return
        log.warn('directory of a released volume can not be removed, trying again', { volume: name, waitMs, error })
      }
      await clock.sleep(waitMs, stopping.signal)
    }
  }
  const unfollow = volumes.onChange((volume) => {
    if (!volume || nodeOfDirectory(volume) !== nodeName || !isDirectoryUnwanted(volume)) return
    const { name } = volume.metadata
    if (working.has(name)) return
    working.add(name)
    void work(name).finally(() => working.delete(name))
  })
  return () => {
    stopping.abort()
    unfollow()
  }
}

/** false: a pod has it still. Decided by what the server says now: what was told may be old. */
const release = async (name: string, options: ReleasedDirectoriesOptions): Promise<boolean> => {
  const { client, nodeName, directories, events, log } = options
  const volume = await current(client, name)
  if (!volume || nodeOfDirectory(volume) !== nodeName || !isDirectoryUnwanted(volume)) return true
  if (directories) {
    const path = directories.pathOf(name)
    if (volume.spec.local?.path !== path) throw new Error(`volume ${name} is not at ${path}, where this node keeps it`)
    if ((await directories.usersOf(path)).length > 0) return false
    try {
      await directories.remove(name)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      events.volume(volume, { type: 'Warning', reason: 'VolumeFailedDelete', message })
      throw error
    }
  }
  log.info('removed the directory of a released volume', { volume: name })
  const { uid, resourceVersion, finalizers = [] } = volume.metadata
  const body = { metadata: { uid, resourceVersion, finalizers: finalizers.filter((one) => one !== localDirectory) } }
  try {
    await client.patch(persistentVolumes, '', name, { type: 'merge', body })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
  return true
}

/** One that is gone is nobody's, and not even its node may ask for it. */
const current = async (client: Client, name: string): Promise<PersistentVolume | undefined> => {
  try {
    return await client.get(persistentVolumes, '', name)
  } catch (error) {
    if (isReason(error, 'NotFound', 'Forbidden')) return undefined
    throw error
  }
}
