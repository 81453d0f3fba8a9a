import { join } from 'node:path'
import { createWebhookMetrics } from '../shared/apiserver/admission/webhooks/metrics.ts'
import { createAuditor } from '../shared/apiserver/audit/auditor.ts'
import type { AuditPolicy } from '../shared/apiserver/audit/policy.ts'
import { createPolicyAuditor } from '../shared/apiserver/audit/policy-auditor.ts'
import { createTokens, type Tokens } from '../shared/apiserver/authn/tokens.ts'
import { openFlowControl } from '../shared/apiserver/flowcontrol/flow-control.ts'
import { createRequestMetrics } from '../shared/apiserver/metrics/request-metrics.ts'
import { decodeStored } from '../shared/apiserver/objects/encode.ts'
import type { ApiHandler } from '../shared/apiserver/request.ts'
import { createStandardServer, encryptedResources } from '../shared/apiserver/standard-server.ts'
import { createStreams } from '../shared/apiserver/streams/create-streams.ts'
import { createHttpsNodeConnector } from '../shared/apiserver/streams/https-node-connector.ts'
import { systemClock } from '../shared/platform/clock.ts'
import type { Logger } from '../shared/platform/log.ts'
import { systemRandom } from '../shared/platform/random.ts'
import { createRotatingLog } from '../shared/platform/rotating-log.ts'
import { createDirectReach } from '../shared/reach/direct.ts'
import type { FrontProxy } from '../shared/reach/front-proxy.ts'
import type { Reach } from '../shared/reach/reach.ts'
import { endpointOfService } from '../shared/reach/service-address.ts'
import { encryptingStore, verifyDataKeys } from '../shared/secrets/encrypting-store.ts'
import { openKeyFile } from '../shared/secrets/key-file.ts'
import type { Heartbeats } from '../shared/storage/heartbeats.ts'
import { openLmdbStore } from '../shared/storage/lmdb/open.ts'
import type { LogTail } from '../shared/storage/log-tail.ts'
import type { Store } from '../shared/storage/store.ts'
import { openLogTail } from '../shared/storage/tail/open.ts'
import { clusterDomain, type Ranges, simulatedRange } from './addresses.ts'
import { createChangeRelay } from './change-relay.ts'
import type { DataDirectory } from './data-directory.ts'
import { startKeyRotation } from './key-rotation.ts'
import type { Pki } from './pki.ts'

/** The API server of one process, over the store that all processes of the cluster share. */
export interface ApiProcess {
  readonly handle: ApiHandler
  readonly store: Store
  readonly tail: LogTail
  readonly heartbeats: Heartbeats
  readonly tokens: Tokens
  readonly reach: Reach
  readonly frontProxy: FrontProxy
  close(): Promise<void>
}

export interface ApiProcessOptions {
  readonly directory: DataDirectory
  readonly pki: Pki
  /** the first process owns the store, others work beside it */
  readonly role: 'owner' | 'worker'
  readonly ranges: Ranges
  readonly allowExternalIPs: boolean
  readonly maxRequestsInFlight: number
  readonly audit?: AuditSettings | undefined
  readonly log: Logger
}

export interface AuditSettings {
  /** undefined: who reads and changes what is secret is noted */
  readonly policy: AuditPolicy | undefined
  /** undefined: among the cluster's logs */
  readonly path: string | undefined
}

export const openApiProcess = async (options: ApiProcessOptions): Promise<ApiProcess> => {
  const { directory, pki, role, ranges, allowExternalIPs, maxRequestsInFlight, audit, log } = options
  const { podRange, serviceRange } = ranges
  const lmdb = await openLmdbStore({ path: directory.store, role, notify: createChangeRelay() })
  const keys = await openKeyFile(directory.secretsKey)
  const store = encryptingStore({ store: lmdb, keys, isEncrypted: (resource) => encryptedResources.has(resource) })
  await verifyDataKeys(store, [...encryptedResources])
  const rotation =
    role === 'owner'
      ? startKeyRotation({ stored: lmdb, store, keys, keyFile: directory.secretsKey, resources: encryptedResources, log })
      : undefined
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
  const frontProxy = await pki.frontProxy()
  const flowControl = await openFlowControl({ store, logTail: tail, totalSeats: maxRequestsInFlight })
  const webhookMetrics = createWebhookMetrics()
  const metrics = createRequestMetrics([...flowControl.metrics, ...webhookMetrics.families])
  const write = createRotatingLog({ path: audit?.path ?? join(directory.logs, 'audit.log') })
  const auditor = audit?.policy ? createPolicyAuditor({ policy: audit.policy, write }) : createAuditor({ write })
  const reach = createDirectReach({
    addressOf: endpointOfService({
      read: async (resource, namespace, name) => {
        const entry = await store.get({ resource, namespace, name })
        return entry && decodeStored(entry.value)
      },
      random: systemRandom,
    }),
  })
  const { handle } = createStandardServer({
    store,
    logTail: tail,
    tokens,
    heartbeats: lmdb.heartbeats,
    serviceCIDR: serviceRange,
    externalIPs: allowExternalIPs,
    subresources: createStreams({ connector, clusterRanges: [podRange, serviceRange, simulatedRange] }),
    observers: [auditor, metrics.observer],
    paths: [metrics.path],
    flowControl,
    webhookMetrics,
    reach,
    frontProxy,
    log,
  })
  return {
    handle,
    store,
    tail,
    heartbeats: lmdb.heartbeats,
    tokens,
    reach,
    frontProxy,
    close: async () => {
      await rotation?.stop()
      reach.close()
      flowControl.close()
      await tail.close()
      await store.close()
    },
  }
}
