import type { Container, EphemeralContainer } from '../../shared/resources/generated/types.ts'
import { containerHash } from '../pod-worker/container-hash.ts'
import type { ContainerSpec, Mount, RuntimeImage } from '../runtime/runtime.ts'
import { qosClass } from '../status/qos-class.ts'
import { ConfigError } from './config-error.ts'
import { type EnvironmentInput, environmentOf } from './environment.ts'
import { expand } from './expansion.ts'
import { cgroupResources } from './resources.ts'
import { securityOf } from './security.ts'

export interface ContainerSpecInput extends EnvironmentInput {
  readonly image: RuntimeImage
  readonly sandboxId: string
  readonly cgroupParent?: string | undefined
  readonly restartCount: number
  /** of the container that its targetContainerName names, if it is there */
  readonly targetID?: string | undefined
  readonly nodeMemoryBytes: number
  readonly terminationMessageFile: string
  /** of the container's volumeMounts and the files that the agent owns; subPathExpr is expanded with the variables */
  readonly mounts: (environment: ReadonlyMap<string, string>) => Promise<readonly Mount[]>
}

/** All that the runtime needs to know of a container. Throws ConfigError. */
export const containerSpec = async (input: ContainerSpecInput): Promise<ContainerSpec> => {
  const { pod, container, image } = input
  const environment = await environmentOf(input)
  const expanded = (texts: readonly string[] | undefined) => texts?.map((text) => expand(text, (name) => environment.get(name)))
  const [security, mounts] = await Promise.all([securityOf(input), input.mounts(environment)])
  const { spec, metadata } = pod
  return {
    pod: { uid: metadata.uid ?? '', namespace: metadata.namespace ?? '', name: metadata.name },
    sandboxId: input.sandboxId,
    cgroupParent: input.cgroupParent,
    name: container.name,
    restartCount: input.restartCount,
    hash: containerHash(container),
    image: container.image ?? '',
    imageID: image.id,
    ...(container.command?.length ? { command: expanded(container.command) } : {}),
    ...(container.args?.length ? { args: expanded(container.args) } : {}),
    env: [...environment].map(([name, value]) => ({ name, value })),
    workingDir: container.workingDir,
    mounts: [...mounts, ...terminationMount(container, input.terminationMessageFile)],
    ...security,
    resources: cgroupResources(container, qosClass(spec), input.nodeMemoryBytes),
    hostPID: spec.hostPID ?? false,
    sharePID: spec.shareProcessNamespace ?? false,
    targetID: targetOf(container, input.targetID),
    hostIPC: spec.hostIPC ?? false,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    stopSignal: container.lifecycle?.stopSignal,
    terminationGraceSeconds: spec.terminationGracePeriodSeconds ?? 30,
    terminationMessageFile: input.terminationMessageFile,
  }
}

const targetOf = (container: EphemeralContainer, id: string | undefined): string | undefined => {
  const { targetContainerName: name } = container
  if (name && id === undefined) throw new ConfigError(`unable to find target container ${name}`)
  return id
}

const terminationMount = ({ terminationMessagePath }: Container, source: string): Mount[] =>
  terminationMessagePath ? [{ source, target: terminationMessagePath, readOnly: false, propagation: 'rprivate' }] : []
