import { readFile } from 'node:fs/promises'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ContainerSpec, RuntimeImage, SeccompChoice } from '../runtime/runtime.ts'
import { ConfigError } from './config-error.ts'

type SecurityFields = Pick<
  ContainerSpec,
  'user' | 'groups' | 'capabilitiesAdded' | 'capabilitiesDropped' | 'privileged' | 'readOnlyRoot' | 'noNewPrivileges' | 'seccomp'
>

export interface SecurityInput {
  readonly pod: Pod
  readonly container: Container
  readonly image: RuntimeImage
}

/** The container's security context over the pod's. Throws ConfigError for a root user where none is allowed. */
export const securityOf = async (input: SecurityInput): Promise<SecurityFields> => {
  const { pod, container } = input
  const own = container.securityContext ?? {}
  const shared = pod.spec.securityContext ?? {}
  const privileged = own.privileged ?? false
  return {
    user: userOf(input),
    groups: [...(shared.supplementalGroups ?? []), ...(shared.fsGroup === undefined ? [] : [shared.fsGroup])],
    capabilitiesAdded: own.capabilities?.add ?? [],
    capabilitiesDropped: own.capabilities?.drop ?? [],
    privileged,
    readOnlyRoot: own.readOnlyRootFilesystem ?? false,
    noNewPrivileges: own.allowPrivilegeEscalation === false && !privileged,
    seccomp: await seccompOf(own.seccompProfile ?? shared.seccompProfile),
  }
}

const userOf = ({ pod, container, image }: SecurityInput): string | undefined => {
  const own = container.securityContext ?? {}
  const shared = pod.spec.securityContext ?? {}
  const user = own.runAsUser ?? shared.runAsUser
  const group = own.runAsGroup ?? shared.runAsGroup
  const [imageUser = ''] = image.user.split(':')
  if (own.runAsNonRoot ?? shared.runAsNonRoot) refuseRoot(pod, container, user, imageUser)
  if (user === undefined && group === undefined) return undefined
  const name = user === undefined ? imageUser || '0' : String(user)
  return group === undefined ? name : `${name}:${group}`
}

const refuseRoot = (pod: Pod, container: Container, user: number | undefined, imageUser: string) => {
  const where = `pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name}`
  if (user === 0) throw new ConfigError(`container's runAsUser breaks non-root policy (${where})`)
  if (user !== undefined) return
  if (imageUser === '' || imageUser === '0')
    throw new ConfigError(`container has runAsNonRoot and image will run as root (${where})`)
  if (!/^\d+$/.test(imageUser)) {
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root (${where})`,
    )
  }
}

const seccompOf = async (
  profile: { type: string; localhostProfile?: string | undefined } | undefined,
): Promise<SeccompChoice> => {
  if (profile?.type === 'RuntimeDefault') return { type: 'RuntimeDefault' }
  if (profile?.type !== 'Localhost') return { type: 'Unconfined' }
  const path = `/var/lib/kubelet/seccomp/${profile.localhostProfile}`
  try {
    return { type: 'Localhost', profile: await readFile(path, 'utf8') }
  } catch (cause) {
    throw new ConfigError(`seccomp profile "${path}" can not be read`, { cause })
  }
}
