import type { ClusterIdentity } from '../identity/cluster-identity.ts'
import { nthAddress } from '../meta/ipv4.ts'
import { systemClock } from '../platform/clock.ts'
import { definitions } from '../resources/index.ts'
import { loadDescriptions, loadPublished, loadSchemas } from '../resources/schemas.ts'
import { allVersions } from '../resources/served-version.ts'
import type { AwsRoleOptions } from './admission/aws-role.ts'
import { createDefaultAdmission } from './admission/default-plugins.ts'
import type { WebhookMetrics } from './admission/webhooks/metrics.ts'
import type { Authenticator } from './authn/authenticator.ts'
import { createBootstrapTokenAuthenticator } from './authn/bootstrap-token.ts'
import { issuerPaths } from './authn/oidc-paths.ts'
import { peerAuthenticator } from './authn/peer.ts'
import { createServiceAccountAuthenticator } from './authn/service-account.ts'
import type { Tokens } from './authn/tokens.ts'
import { type ApiServer, type ApiServerOptions, createApiServer } from './create-api-server.ts'
import { extensionDocuments, extensionOpenApi } from './extension/openapi.ts'
import { createOpenApi } from './openapi/create-openapi.ts'
import { customApi } from './openapi/custom-api.ts'
import { resourceOf } from './registry.ts'
import { createServingCertificatePath } from './serving-certificate.ts'
import { serverVersion } from './version.ts'
import { virtualDefinitions } from './virtual/resources.ts'

export interface StandardServerOptions
  extends Pick<
    ApiServerOptions,
    | 'store'
    | 'logTail'
    | 'log'
    | 'heartbeats'
    | 'clock'
    | 'random'
    | 'subresources'
    | 'observers'
    | 'paths'
    | 'anonymousRequests'
    | 'nodesReadNodes'
    | 'flowControl'
    | 'reach'
    | 'frontProxy'
    | 'onExtensionDoubt'
  > {
  readonly tokens: Tokens
  readonly serviceCIDR: string
  /** see DefaultAdmissionOptions */
  readonly externalIPs?: boolean | undefined
  /** see DefaultAdmissionOptions */
  readonly webhookMetrics?: WebhookMetrics | undefined
  /** asked after the transport, before service accounts, who refuse every bearer token that is not theirs */
  readonly authenticators?: readonly Authenticator[] | undefined
  /** where Secrets may ask to be kept, besides the store; default: nowhere */
  readonly secretStores?: readonly string[] | undefined
  /** service accounts may name IAM roles for their pods, for which anybody may read how to verify their tokens; default: neither */
  readonly awsRoles?: AwsRoleOptions | undefined
  /** for clusters whose nodes stand in for the API server towards their pods */
  readonly servingAuthority?: ClusterIdentity['authority'] | undefined
}

/** The API server as every composition root runs it: all kinds, all of admission, whoever serves it. */
export const createStandardServer = (options: StandardServerOptions): ApiServer => {
  const { tokens, store, serviceCIDR, authenticators = [], servingAuthority: authority, clock = systemClock } = options
  const openApi = createOpenApi({
    definitions: [...allVersions(definitions), ...virtualDefinitions],
    loadSchemas,
    loadDescriptions,
    loadPublished,
    version: serverVersion.gitVersion,
  })
  return createApiServer({
    ...options,
    definitions,
    schemas: loadSchemas(),
    authenticators: [
      peerAuthenticator,
      ...authenticators,
      createBootstrapTokenAuthenticator({ store, clock }),
      createServiceAccountAuthenticator({ tokens, store, clock }),
    ],
    admission: createDefaultAdmission(options),
    openPaths: options.awsRoles ? issuerPaths : [],
    paths: [
      ...(options.paths ?? []),
      extensionOpenApi,
      ({ request, parts }) =>
        openApi.handle(request, async () => ({ ...(await customApi(parts)), elsewhere: () => extensionDocuments(parts) })),
      ...(authority ? [createServingCertificatePath({ authority, address: nthAddress(serviceCIDR, 1) })] : []),
    ],
  })
}

/** Their values never stand in clear in the store. */
export const encryptedResources: ReadonlySet<string> = new Set(definitions.filter(({ encrypted }) => encrypted).map(resourceOf))
