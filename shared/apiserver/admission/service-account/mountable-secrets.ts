import type { Container } from '../../../resources/generated/types.ts'
import type { Pod, ServiceAccount } from '../../../resources/resource.ts'

const annotation = 'kubernetes.io/enforce-mountable-secrets'
/** as Go reads a boolean */
const trueTexts = ['1', 't', 'T', 'true', 'TRUE', 'True']

/** The first Secret that a pod names and its account, which keeps to those that it lists, does not; in upstream's words. */
export const forbiddenSecret = (pod: Pod, account: ServiceAccount): string | undefined => {
  if (!keepsToList(account)) return undefined
  const mountable = mountableOf(account)
  const because = becauseOf(account)
  for (const { secret } of pod.spec.volumes ?? []) {
    if (secret && !mountable.has(secret.secretName)) {
      return `volume with secret.secretName="${secret.secretName ?? ''}" ${because} secret`
    }
  }
  for (const [what, containers] of [
    ['init container', pod.spec.initContainers ?? []],
    ['container', pod.spec.containers],
  ] as const) {
    const found = containers.map((container) => ofContainer(container, mountable)).find((text) => text !== undefined)
    if (found) return `${what} ${found} ${because} secret`
  }
  const pullable = new Set((account.imagePullSecrets ?? []).map(({ name }) => name))
  const index = (pod.spec.imagePullSecrets ?? []).findIndex(({ name }) => !pullable.has(name))
  if (index < 0) return undefined
  return `imagePullSecrets[${index}].name="${pod.spec.imagePullSecrets![index]!.name ?? ''}" ${because} imagePullSecret`
}

/** The same of containers that are added later. */
export const forbiddenEphemeralSecret = (pod: Pod, account: ServiceAccount): string | undefined => {
  if (!keepsToList(account)) return undefined
  const containers = (pod.spec.ephemeralContainers ?? []) as Container[]
  const found = containers.map((container) => ofContainer(container, mountableOf(account))).find((text) => text !== undefined)
  return found && `ephemeral container ${found} ${becauseOf(account)} secret`
}

const keepsToList = ({ metadata }: ServiceAccount) => trueTexts.includes(metadata.annotations?.[annotation] ?? '')
const mountableOf = ({ secrets }: ServiceAccount): ReadonlySet<string | undefined> =>
  new Set((secrets ?? []).map(({ name }) => name))
const becauseOf = ({ metadata }: ServiceAccount) =>
  `is not allowed because service account ${metadata.name} does not reference that`

const ofContainer = ({ name, env = [], envFrom = [] }: Container, mountable: ReadonlySet<string | undefined>) => {
  for (const { name: variable, valueFrom } of env) {
    const key = valueFrom?.secretKeyRef
    if (key && !mountable.has(key.name))
      return `${name} with envVar ${variable} referencing secret.secretName="${key.name ?? ''}"`
  }
  const source = envFrom.find(({ secretRef }) => secretRef && !mountable.has(secretRef.name))?.secretRef
  return source && `${name} with envFrom referencing secret.secretName="${source.name ?? ''}"`
}
