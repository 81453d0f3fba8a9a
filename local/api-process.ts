import { createDefaultAdmission } from '../shared/apiserver/admission/default-plugins.ts'
import { peerAuthenticator } from '../shared/apiserver/authn/peer.ts'
import { createServiceAccountAuthenticator } from '../shared/apiserver/authn/service-account.ts'
import { createTokens } from '../shared/apiserver/authn/tokens.ts'
import { staticAuthorizer } from '../shared/apiserver/authz/static-rules.ts'
import { createApiServer } from '../shared/apiserver/create-api-server.ts'
import { createOpenApi } from '../shared/apiserver/openapi/create-openapi.ts'
import { resourceOf } from '../shared/apiserver/registry.ts'
import type { ApiHandler } from '../shared/apiserver/request.ts'
import { createStreams } from '../shared/apiserver/streams/create-streams.ts'
import { createHttpsNodeConnector } from '../shared/apiserver/streams/https-node-connector.ts'
import { serverVersion } from '../shared/apiserver/version.ts'
import { systemClock } from '../shared/platform/clock.ts'
import type { Logger } from '../shared/platform/log.ts'
import { systemRandom } from '../shared/platform/random.ts'
import { definitions } from '../shared/resources/index.ts'
import { loadDescriptions, loadSchemas } from '../shared/resources/schemas.ts'
import { encryptingStore, verifyDataKeys } from '../shared/secrets/encrypting-store.ts'
import { openKeyFile } from '../shared/secrets/key-file.ts'
import type { Heartbeats } from '../shared/storage/heartbeats.ts'
import { openLmdbStore } from '../shared/storage/lmdb/open.ts'
import type { LogTail } from '../shared/storage/log-tail.ts'
import type { Store } from '../shared/storage/store.ts'
import { openLogTail } from '../shared/storage/tail/open.ts'
import { clusterDomain, podRange, serviceRange } from './addresses.ts'
import { createChangeRelay } from './change-relay.ts'
import type { DataDirectory } from './data-directory.ts'
import type { Pki } from './pki.ts'

/** The API server of one process, over the store that all processes of the cluster share. */
export interface ApiProcess {
  readonly handle: ApiHandler
  readonly store: Store
  readonly tail: LogTail
  readonly heartbeats: Heartbeats
  close(): Promise<void>
}

export interface ApiProcessOptions {
  readonly directory: DataDirectory
  readonly pki: Pki
  /** the first process owns the store, others work beside it */
  readonly role: 'owner' | 'worker'
  readonly log: Logger
}

export const openApiProcess = async ({ directory, pki, role, log }: ApiProcessOptions): Promise<ApiProcess> => {
  const encrypted = new Set(definitions.filter((definition) => definition.encrypted).map(resourceOf))
  const lmdb = await openLmdbStore({ path: directory.store, role, notify: createChangeRelay() })
  const keys = await openKeyFile(directory.secretsKey)
  const store = encryptingStore({ store: lmdb, keys, isEncrypted: (resource) => encrypted.has(resource) })
  await verifyDataKeys(store, [...encrypted])
  const tail = await openLogTail({ store, log })
  const tokens = createTokens({
    privateKeyPem: (await pki.signingKey()).privateKey,
    issuer: `https://kubernetes.default.svc.${clusterDomain}`,
    clock: systemClock,
    random: systemRandom,
  })
  const identity = await pki.certificate('kubelet-client', {
    name: 'kube-apiserver-kubelet-client',
    groups: ['system:masters'],
    usage: 'client',
  })
  const connector = createHttpsNodeConnector({
    certificate: identity.certificate,
    key: identity.key,
    authority: pki.authority.certificate,
  })
  const openApi = createOpenApi({ definitions, loadSchemas, loadDescriptions, version: serverVersion.gitVersion })
  const { handle } = createApiServer({
    store,
    logTail: tail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator, createServiceAccountAuthenticator({ tokens, store })],
    authorizer: staticAuthorizer,
    admission: createDefaultAdmission({ serviceCIDR: serviceRange }),
    tokens,
    heartbeats: lmdb.heartbeats,
    subresources: createStreams({ connector, clusterRanges: [podRange, serviceRange] }),
    paths: [({ request }) => openApi.handle(request)],
    log,
  })
  return {
    handle,
    store,
    tail,
    heartbeats: lmdb.heartbeats,
    close: async () => {
      await tail.close()
      await store.close()
    },
  }
}
