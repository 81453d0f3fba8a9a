import { ApiError } from '../../meta/status.ts'
import { nameSuffix, type Random } from '../../platform/random.ts'
import { secretsNamedBy } from '../../resources/core/pod/named-object.ts'
import type { Container, Volume } from '../../resources/generated/types.ts'
import { type Pod, type ServiceAccount, serviceAccounts } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './admission.ts'
import { isPodChange, isPodCreate } from './of-kind.ts'
import { refuse, refuseEarly } from './refuse.ts'
import { forbiddenEphemeralSecret, forbiddenSecret } from './service-account/mountable-secrets.ts'

const defaultName = 'default'
const mirrorAnnotation = 'kubernetes.io/config.mirror'
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
/** An hour, and some seconds by which upstream tells its own tokens. */
const tokenSeconds = 3607
/** The default account of a new namespace is made a moment after it. */
const attempts = 10
const retryMs = 100

/** Gives a pod what its service account says. */
export type AccountEffect = (pod: Pod, account: ServiceAccount) => void

/** Every pod runs as a service account and finds its token, and whatever else the account is for here. */
export const createServiceAccount = (effects: readonly AccountEffect[] = []): AdmissionPlugin => ({
  name: 'ServiceAccount',
  mutate: async (attributes, environment) => {
    if (!isPodCreate(attributes)) return
    const pod = attributes.object as Pod
    if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return checkMirror(attributes, pod)
    const { spec } = pod
    const name = spec.serviceAccountName || spec.serviceAccount || defaultName
    spec.serviceAccountName = name
    spec.serviceAccount = name
    const account = await find(environment, attributes.namespace, name)
    if (!account) {
      throw refuseEarly(
        attributes,
        `error looking up service account ${attributes.namespace}/${name}: serviceaccount "${name}" not found`,
      )
    }
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, environment.random)
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ name: secret.name }))
    }
    for (const effect of effects) effect(pod, account)
    const secret = forbiddenSecret(pod, account)
    if (secret) throw refuseEarly(attributes, secret)
  },
  validate: async (attributes, environment) => {
    if (!isPodChange(attributes, 'ephemeralcontainers')) return
    const pod = attributes.object as Pod
    const { serviceAccountName: name } = pod.spec
    const where = attributes.namespace
    if (!name) throw refuse(attributes, `no service account specified for pod ${where}/${pod.metadata.name}`)
    const account = await find(environment, where, name)
    if (!account) {
      throw refuse(attributes, `error looking up service account ${where}/${name}: serviceaccount "${name}" not found`)
    }
    const secret = forbiddenEphemeralSecret(pod, account)
    if (secret) throw new ApiError('Unknown', secret)
  },
})

const checkMirror = (attributes: AdmissionAttributes, { spec }: Pod) => {
  if (spec.serviceAccountName) throw refuseEarly(attributes, 'a mirror pod may not reference service accounts')
  if (secretsNamedBy(spec).length > 0) throw refuseEarly(attributes, 'a mirror pod may not reference secrets')
  if (spec.volumes?.some(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken))) {
    throw refuseEarly(attributes, 'a mirror pod may not use ServiceAccountToken volume projections')
  }
}

const find = async (
  { current, read, clock }: AdmissionEnvironment,
  namespace: string,
  name: string,
): Promise<ServiceAccount | undefined> => {
  const known = await current.get(serviceAccounts, namespace, name)
  if (known || name !== defaultName) return known
  for (let attempt = 1; ; attempt++) {
    const account = await read('serviceaccounts', namespace, name)
    if (account || attempt === attempts) return account as ServiceAccount | undefined
    if (!(await read('namespaces', '', namespace))) return undefined
    await clock.sleep(retryMs)
  }
}

const mountToken = ({ spec }: Pod, random: Random) => {
  const existing = spec.volumes?.find(({ name }) => name?.startsWith(volumePrefix))
  const name = existing?.name ?? `${volumePrefix}${nameSuffix(random)}`
  const needing = [...(spec.initContainers ?? []), ...spec.containers].filter(
    ({ volumeMounts }) => !volumeMounts?.some((mount) => mount.mountPath === mountPath),
  )
  for (const container of needing) mount(container, name)
  if (!existing && needing.length > 0) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
}

const mount = (container: Container, name: string) => {
  container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }]
}

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
})
