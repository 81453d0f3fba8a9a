import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ContainerSpec, RuntimeImage, Sandbox } from '../runtime/runtime.ts'
import type { MountedVolume } from '../volumes/volume.ts'

/** Works out all that the runtime needs to know, making the files that the container mounts. Throws ConfigError. */
export type ContainerPreparer = (options: StartOptions, image: RuntimeImage) => Promise<ContainerSpec>

export interface StartOptions {
  readonly pod: Pod
  readonly container: Container
  readonly sandbox: Sandbox
  readonly podIP: string
  readonly volumes: ReadonlyMap<string, MountedVolume>
  readonly restartCount: number
  readonly image: Promise<RuntimeImage>
  readonly signal: AbortSignal
  /** see ContainerSpec; undefined: it is not there, or none is asked for */
  readonly targetID?: string | undefined
}
