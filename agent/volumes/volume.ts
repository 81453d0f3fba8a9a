import type { Volume } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'

/** One kind of volume. `kind` is its field in the pod's spec. */
export interface VolumePlugin {
  readonly kind: VolumeKind
  /** no container may write it, whatever its volumeMount says */
  readonly readOnly?: boolean | ((volume: Volume) => boolean) | undefined
  /** Sets the volume up and returns its path on the host. Idempotent; throws with what is missing. */
  mount(request: VolumeRequest): Promise<string>
  /** Brings what is mounted up to date with what it shows; undefined: it never changes. */
  refresh?: ((request: VolumeRequest) => Promise<void>) | undefined
  /** The pod has ended. */
  forget?: ((uid: string) => void) | undefined
}

export interface VolumeRequest {
  readonly pod: Pod
  readonly volume: Volume
  /** this volume's own, below the pod's; made when it is needed, unmounted and removed with the pod */
  readonly dir: string
}

/** A volume as it stands on the host. */
export interface MountedVolume {
  readonly path: string
  readonly readOnly: boolean
}

export type VolumeKind = Exclude<keyof Volume, 'name'>

/** The volumes and files of a node's pods. */
export interface PodVolumes {
  podDir(uid: string): string
  /** By volume name. Idempotent; throws VolumeError. */
  mount(pod: Pod): Promise<ReadonlyMap<string, MountedVolume>>
  /** Brings configMap, secret and projected volumes up to date. What can't be read now keeps its last content. */
  refresh(pod: Pod): Promise<void>
  /** Unmounts and removes all of a pod's files. Idempotent. */
  remove(uid: string): Promise<void>
  /** Pods that have files here. */
  present(): Promise<string[]>
}

export class VolumeError extends Error {
  readonly volume: string

  constructor(volume: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'VolumeError'
    this.volume = volume
  }
}
