import type { SchemaTable } from '../meta/schema.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { type Random, systemRandom } from '../platform/random.ts'
import { createDirectReach } from '../reach/direct.ts'
import type { FrontProxy } from '../reach/front-proxy.ts'
import type { Reach } from '../reach/reach.ts'
import type { ServiceAddress } from '../reach/service-address.ts'
import type { KindDefinition } from '../resources/definition.ts'
import {
  limitRanges,
  mutatingWebhookConfigurations,
  namespaces,
  priorityClasses,
  resourceQuotas,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../resources/resource.ts'
import { createCurrentObjects } from '../storage/current-objects.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import type { LogTail } from '../storage/log-tail.ts'
import type { Store } from '../storage/store.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import type { Authenticator } from './authn/authenticator.ts'
import { createOidcPaths } from './authn/oidc-paths.ts'
import type { Tokens } from './authn/tokens.ts'
import type { Authorizer } from './authz/authorizer.ts'
import { createDefaultAuthorizer } from './authz/default-authorizer.ts'
import { openPaths } from './authz/open-paths.ts'
import type { ApiServerParts, SubresourceHandlers } from './context.ts'
import { createCustomKinds } from './custom/custom-kinds.ts'
import { discoveryPaths } from './discovery/paths.ts'
import { createExtensions } from './extension/extensions.ts'
import type { FlowControl } from './flowcontrol/flow-control.ts'
import { healthPaths } from './health.ts'
import { createHeartbeatPath } from './heartbeat.ts'
import { createKindFinder } from './kind-finder.ts'
import type { RequestObserver } from './observer.ts'
import type { PathHandler } from './paths.ts'
import { createPipeline } from './pipeline.ts'
import { createRegistry, resourceOf } from './registry.ts'
import { respondJson } from './represent/respond.ts'
import type { ApiHandler } from './request.ts'
import { createTokenReview } from './reviews/token-review.ts'
import { builtInSubresources } from './subresources/subresource.ts'
import { createTokenSubresource } from './subresources/token.ts'
import { type ServerVersion, serverVersion } from './version.ts'
import { createMetricsResources } from './virtual/metrics/metrics-resources.ts'
import { virtualResources } from './virtual/resources.ts'

export interface ApiServerOptions {
  readonly store: Store
  readonly logTail: LogTail
  readonly definitions: readonly KindDefinition[]
  readonly schemas: SchemaTable
  /** asked in order */
  readonly authenticators: readonly Authenticator[]
  /** default: roles, and what nodes may */
  readonly authorizer?: Authorizer | undefined
  /** see NodeAuthorizerOptions */
  readonly nodesReadNodes?: boolean | undefined
  /** run in order */
  readonly admission: readonly AdmissionPlugin[]
  readonly log: Logger
  /** of service accounts; without them there is no TokenRequest, TokenReview nor OIDC discovery */
  readonly tokens?: Tokens | undefined
  /** where nodes' heartbeats go; without them there are no metrics of nodes and pods */
  readonly heartbeats?: Heartbeats | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  readonly version?: ServerVersion | undefined
  /** beside the built-in ones, by name */
  readonly subresources?: Readonly<Record<string, SubresourceHandlers>> | undefined
  /** beside discovery, health and version */
  readonly paths?: readonly PathHandler[] | undefined
  readonly observers?: readonly RequestObserver[] | undefined
  /** what anybody may read, besides health and version */
  readonly openPaths?: readonly string[] | undefined
  /** who brings no credentials comes as far as roles say, not only to the open paths; default true */
  readonly anonymousRequests?: boolean | undefined
  /** how webhooks and extension servers are called; default: those outside of the cluster alone */
  readonly reach?: Reach | undefined
  /** who this server is to extension servers; default: nobody they know */
  readonly frontProxy?: FrontProxy | undefined
  /** told of an extension server that could not be reached, or was asked for while it is held to be unavailable; must not throw */
  readonly onExtensionDoubt?: ((apiServiceName: string) => Promise<void>) | undefined
  /** default: everybody is served at once */
  readonly flowControl?: FlowControl | undefined
}

export interface ApiServer {
  readonly handle: ApiHandler
}

/** of every pod */
const readByAdmission = [
  namespaces,
  limitRanges,
  priorityClasses,
  resourceQuotas,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
]

const noWayIn: ServiceAddress = async ({ namespace, name }) => {
  throw new Error(`no connection leads from the API server to the service ${namespace}/${name}: it can't be called`)
}

/** The whole API as a function from request to response; how it is served is not its business. */
export const createApiServer = (options: ApiServerOptions): ApiServer => {
  const { store, logTail, schemas, admission, log, tokens, heartbeats, nodesReadNodes, clock = systemClock } = options
  const { random = systemRandom, reach = createDirectReach({ addressOf: noWayIn }) } = options
  const open = openPaths(options.openPaths)
  const virtual = [
    ...virtualResources,
    ...(tokens ? [createTokenReview(tokens)] : []),
    ...(heartbeats ? createMetricsResources(heartbeats) : []),
  ]
  const registry = createRegistry([...options.definitions, ...virtual.map(({ definition }) => definition)])
  const customKinds = createCustomKinds({
    store,
    isBuiltIn: (resource) => registry.byResource(resource) !== undefined,
    logTail,
    schemas,
    clock,
    calls: { reach, random },
  })
  const currentObjects = createCurrentObjects({ store, tail: logTail, clock, together: readByAdmission })
  const parts: ApiServerParts = {
    store,
    logTail,
    currentObjects,
    extensions: createExtensions({
      currentObjects,
      store,
      isBuiltIn: (group, version) => registry.hasGroupVersion(group, version) && !registry.yields(group, version),
      frontProxy: options.frontProxy,
      onDoubt: options.onExtensionDoubt,
      reach,
      clock,
    }),
    registry,
    customKinds,
    kinds: createKindFinder({ registry, customKinds }),
    virtualResources: new Map(virtual.map((one) => [resourceOf(one.definition), one])),
    schemas,
    authorizer: options.authorizer ?? createDefaultAuthorizer({ store, logTail, clock, openPaths: open, nodesReadNodes }),
    admission,
    reach,
    subresources: {
      ...builtInSubresources,
      ...(tokens && { token: createTokenSubresource(tokens) }),
      ...options.subresources,
    },
    log,
    clock,
    random,
  }
  const version = options.version ?? serverVersion
  const versionPath: PathHandler = ({ info, request }) =>
    info.path === '/version' ? respondJson(request, 200, version) : undefined
  return {
    handle: createPipeline({
      parts,
      authenticators: options.authenticators,
      observers: options.observers,
      flowControl: options.flowControl,
      anonymousPaths: options.anonymousRequests === false ? open : undefined,
      paths: [
        discoveryPaths,
        healthPaths,
        versionPath,
        ...(tokens ? [createOidcPaths(tokens)] : []),
        ...(heartbeats ? [createHeartbeatPath(heartbeats)] : []),
        ...(options.paths ?? []),
      ],
    }),
  }
}
