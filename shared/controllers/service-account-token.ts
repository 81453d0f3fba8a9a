import type { Index } from '../client/cache.ts'
import { isReason } from '../meta/status.ts'
import { type Secret, type ServiceAccount, secrets, serviceAccounts } from '../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from './controller.ts'
import { ownKey, splitKey } from './key.ts'

const tokenType = 'kubernetes.io/service-account-token'
const nameAnnotation = 'kubernetes.io/service-account.name'
const uidAnnotation = 'kubernetes.io/service-account.uid'

export interface ServiceAccountTokenOptions {
  /** PEM */
  readonly certificateAuthority: string
  /** Makes the token of an account that one Secret keeps. */
  readonly issueToken: (account: ServiceAccount, secret: string) => Promise<string>
}

/** Fills Secrets that ask for a long-lived token of a service account, and removes them with it. */
export const createServiceAccountTokenController = (options: ServiceAccountTokenOptions): Controller => ({
  name: 'serviceaccount-token',
  eventComponent: 'serviceaccount-token',
  watches: [
    watch(secrets, (object, previous) => ((object ?? previous)?.type === tokenType ? ownKey(object, previous) : [])),
    watch(serviceAccounts, (account, previous, cache) => {
      if (account && account.metadata.uid === previous?.metadata.uid) return []
      const { namespace = '', name } = (account ?? previous)!.metadata
      return cache.byIndex(tokensByAccount, `${namespace}/${name}`).flatMap((secret) => ownKey(secret, undefined))
    }),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const secret = context.cache.get(secrets, namespace, name)
    if (!secret) return removeReferences(namespace, name, context)
    if (secret.type !== tokenType) return
    const account = accountOf(secret, context)
    if (account) await fill(secret, account, { ...options, ...context })
    else await remove(secret, context)
  },
})

const tokensByAccount: Index<Secret> = {
  name: 'token-account',
  resource: secrets,
  valuesOf: ({ type, metadata: { namespace, annotations } }) =>
    type === tokenType ? [`${namespace}/${annotations?.[nameAnnotation] ?? ''}`] : [],
}

/** undefined: it is gone, or another one has its name now. */
const accountOf = ({ metadata }: Secret, { cache }: ReconcileContext): ServiceAccount | undefined => {
  const account = cache.get(serviceAccounts, metadata.namespace ?? '', metadata.annotations?.[nameAnnotation] ?? '')
  const uid = metadata.annotations?.[uidAnnotation]
  return !uid || uid === account?.metadata.uid ? account : undefined
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

const fill = async (
  secret: Secret,
  account: ServiceAccount,
  { client, log, certificateAuthority, issueToken }: ServiceAccountTokenOptions & ReconcileContext,
): Promise<void> => {
  const { namespace = '', name } = secret.metadata
  const authority = base64(certificateAuthority)
  const data = secret.data ?? {}
  const isWhole = data['ca.crt'] === authority && data.namespace && data.token
  if (isWhole) return
  if (secret.immutable) {
    log.warn('a Secret that may not change gets no token', { namespace, name })
    return
  }
  const filled: Secret = {
    ...secret,
    metadata: {
      ...secret.metadata,
      annotations: {
        ...secret.metadata.annotations,
        [nameAnnotation]: account.metadata.name,
        [uidAnnotation]: account.metadata.uid ?? '',
      },
    },
    data: {
      ...data,
      'ca.crt': authority,
      namespace: data.namespace || base64(namespace),
      token: data.token || base64(await issueToken(account, name)),
    },
  }
  // A Secret that has changed or gone meanwhile is looked at again, or needs nothing.
  await ignoring(client.update(secrets, filled))
}

const remove = ({ metadata: { namespace = '', name, uid = '' } }: Secret, { client }: ReconcileContext): Promise<void> =>
  ignoring(client.delete(secrets, namespace, name, { preconditions: { uid } }))

/** Accounts of old list the Secrets made for them. */
const removeReferences = async (namespace: string, name: string, { cache, client }: ReconcileContext): Promise<void> => {
  for (const account of cache.list(serviceAccounts, namespace)) {
    const kept = account.secrets?.filter((reference) => reference.name !== name)
    if (kept?.length === account.secrets?.length) continue
    await ignoring(client.update(serviceAccounts, { ...account, secrets: kept }))
  }
}

const ignoring = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write
  } catch (error) {
    if (!isReason(error, 'Conflict') && !isReason(error, 'NotFound')) throw error
  }
}
