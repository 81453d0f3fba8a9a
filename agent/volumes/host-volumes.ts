import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../shared/platform/log.ts'
import type { Volume } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { removeTree } from '../files/remove-tree.ts'
import { unmountBelow } from './mount.ts'
import { type MountedVolume, type PodVolumes, VolumeError, type VolumeKind, type VolumePlugin } from './volume.ts'

export interface HostVolumesOptions {
  readonly dataDir: string
  readonly plugins: readonly VolumePlugin[]
  readonly log: Logger
}

/** Where the files of a node's pods are. */
export const podsBelow = (dataDir: string): string => join(dataDir, 'pods')

/** The volumes of a node's pods, in `<dataDir>/pods/<uid>/volumes/<kind>/<name>`. */
export class HostVolumes implements PodVolumes {
  readonly #root: string
  readonly #plugins: ReadonlyMap<VolumeKind, VolumePlugin>
  readonly #log: Logger

  constructor({ dataDir, plugins, log }: HostVolumesOptions) {
    this.#root = podsBelow(dataDir)
    this.#plugins = new Map(plugins.map((plugin) => [plugin.kind, plugin]))
    this.#log = log
  }

  podDir(uid: string): string {
    return join(this.#root, uid)
  }

  async mount(pod: Pod): Promise<ReadonlyMap<string, MountedVolume>> {
    await mkdir(this.podDir(pod.metadata.uid ?? ''), { recursive: true, mode: 0o755 })
    const entries = (pod.spec.volumes ?? []).map(async (volume) => {
      const { plugin, dir } = this.#of(pod, volume)
      try {
        const path = await plugin.mount({ pod, volume, dir })
        const { readOnly = false } = plugin
        return [volume.name, { path, readOnly: typeof readOnly === 'function' ? readOnly(volume) : readOnly }] as const
      } catch (cause) {
        throw new VolumeError(volume.name, cause instanceof Error ? cause.message : String(cause), { cause })
      }
    })
    return new Map(await Promise.all(entries))
  }

  async refresh(pod: Pod): Promise<void> {
    for (const volume of pod.spec.volumes ?? []) {
      const { plugin, dir } = this.#of(pod, volume)
      try {
        await plugin.refresh?.({ pod, volume, dir })
      } catch (error) {
        this.#log.warn('volume can not be refreshed', { pod: pod.metadata.name, volume: volume.name, error })
      }
    }
  }

  async remove(uid: string): Promise<void> {
    const dir = this.podDir(uid)
    for (const plugin of this.#plugins.values()) plugin.forget?.(uid)
    await unmountBelow(dir)
    await removeTree(this.#root, uid)
  }

  async present(): Promise<string[]> {
    await mkdir(this.#root, { recursive: true })
    return readdir(this.#root)
  }

  #of(pod: Pod, volume: Volume) {
    const kind = Object.keys(volume).find((key) => key !== 'name' && volume[key as VolumeKind] !== undefined) as
      | VolumeKind
      | undefined
    const plugin = kind && this.#plugins.get(kind)
    if (!kind || !plugin)
      throw new VolumeError(volume.name, `volumes of type ${kind ?? 'unknown'} are not supported by this agent`)
    return { plugin, dir: join(this.podDir(pod.metadata.uid ?? ''), 'volumes', kind, volume.name) }
  }
}
