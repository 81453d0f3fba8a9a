import { createAuditor } from '../../shared/apiserver/audit/auditor.ts'
import type { Authenticator } from '../../shared/apiserver/authn/authenticator.ts'
import { createTokens, type Tokens, type TokensOptions } from '../../shared/apiserver/authn/tokens.ts'
import type { SubresourceHandlers } from '../../shared/apiserver/context.ts'
import type { RequestObserver } from '../../shared/apiserver/observer.ts'
import type { ApiHandler } from '../../shared/apiserver/request.ts'
import { createStandardServer } from '../../shared/apiserver/standard-server.ts'
import type { Client } from '../../shared/client/client.ts'
import { createInProcessClient } from '../../shared/client/in-process.ts'
import { type ClusterIdentity, openClusterIdentity } from '../../shared/identity/cluster-identity.ts'
import { createKeptFrontProxy } from '../../shared/identity/kept-front-proxy.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { systemRandom } from '../../shared/platform/random.ts'
import type { FrontProxy } from '../../shared/reach/front-proxy.ts'
import type { Reach } from '../../shared/reach/reach.ts'
import type { Heartbeats } from '../../shared/storage/heartbeats.ts'
import type { LogTail } from '../../shared/storage/log-tail.ts'
import type { Store } from '../../shared/storage/store.ts'
import { createStoreCache, type StoreCache } from '../../shared/storage/store-cache.ts'
import { openLogTail } from '../../shared/storage/tail/open.ts'

/** What a function's process works with, whatever it does. */
export interface Cluster {
  readonly store: Store
  readonly heartbeats: Heartbeats
  readonly tail: LogTail
  /** holds nothing yet: what is asked for is listed */
  readonly cache: StoreCache
  readonly identity: ClusterIdentity
  readonly tokens: Tokens
  readonly handle: ApiHandler
  /** undefined: no way leads into the cluster */
  readonly reach: Reach | undefined
  readonly frontProxy: FrontProxy
  clientOf(name: string): Client
  readonly clock: Clock
  readonly log: Logger
}

export interface ClusterOptions {
  /** with secrets in clear: see `encryptingStore` */
  readonly store: Store
  readonly heartbeats: Heartbeats
  /** to webhooks and extension servers; default: no way leads into the cluster */
  readonly reach?: Reach | undefined
  /** see ApiServerOptions */
  readonly onExtensionDoubt?: ((apiServiceName: string) => Promise<void>) | undefined
  readonly serviceCidr: string
  /** of service account tokens: the API's own URL */
  readonly issuer: TokensOptions['issuer']
  readonly clock: Clock
  readonly log: Logger
  readonly authenticators?: readonly Authenticator[] | undefined
  readonly subresources?: Readonly<Record<string, SubresourceHandlers>> | undefined
  readonly observers?: readonly RequestObserver[] | undefined
  /** takes lines of the audit log; default: there is none */
  readonly audit?: ((line: string) => void) | undefined
  /** where Secrets may ask to be kept, besides the store */
  readonly secretStores?: readonly string[] | undefined
  /** service accounts may name IAM roles for their pods */
  readonly awsRoles?: { readonly region: string } | undefined
}

/** As upstream's own loopback: what begins a cluster must not wait for its roles. */
const controlPlaneGroups = ['system:masters', 'system:authenticated']
/** of the newest history, for watches that begin a little behind: a function's memory is what it costs */
const heldBytes = 8 << 20

/** The library over a store, for a process that may sleep at any time: it follows the log only for those who watch. */
export const openCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { store, heartbeats, clock, log } = options
  const identity = await openClusterIdentity(store)
  const tail = await openLogTail({ store, log, follow: 'subscribed', heldBytes, missedChanges: 1000 })
  const tokens = createTokens({ privateKeyPem: identity.signingKey, issuer: options.issuer, clock, random: systemRandom })
  const frontProxy = createKeptFrontProxy({ store, clock })
  const { handle } = createStandardServer({
    ...options,
    frontProxy,
    logTail: tail,
    // Each would cost a look-up, and anybody may make them.
    anonymousRequests: false,
    tokens,
    serviceCIDR: options.serviceCidr,
    servingAuthority: identity.authority,
    nodesReadNodes: true,
    observers: [...(options.observers ?? []), ...(options.audit ? [createAuditor({ write: options.audit })] : [])],
  })
  return {
    store,
    heartbeats,
    tail,
    cache: await createStoreCache({ store, tail, resources: [] }),
    identity,
    tokens,
    handle,
    reach: options.reach,
    frontProxy,
    clientOf: (name) => createInProcessClient(handle, { name, groups: controlPlaneGroups }),
    clock,
    log,
  }
}
