import type { APIGatewayProxyEvent } from 'aws-lambda'
import { createWatchAge } from '../shared/apiserver/metrics/watch-age.ts'
import { createNoTunnel } from '../shared/apiserver/streams/no-tunnel.ts'
import { dnsSuffix } from '../shared/identity/dns-suffix.ts'
import { loadSchemas } from '../shared/resources/schemas.ts'
import { readEnvironment } from './environment.ts'
import { gatewayHandler } from './gateway/handler.ts'
import { awsRegion, openAwsCluster, openAwsStore, openExtensionDoubts, openMetrics, openNodeConnector } from './wiring/aws.ts'
import { log } from './wiring/log.ts'
import { once, onceWith } from './wiring/once.ts'
import { openStsAuthenticator } from './wiring/sts.ts'

const openStore = once(async () => {
  loadSchemas()
  return openAwsStore(readEnvironment('api'))
})

const open = onceWith(async ({ requestContext }: APIGatewayProxyEvent) => {
  const environment = readEnvironment('api')
  // The default domain, whatever domain this request came by: an issuer must stay the same.
  const issuer = `https://${requestContext.apiId}.execute-api.${awsRegion}.${dnsSuffix(awsRegion)}/${requestContext.stage}`
  const stored = await openStore()
  const observers = [createWatchAge(openMetrics(environment))]
  const { handle } = await openAwsCluster(environment, {
    stored,
    observers,
    secretValues: { ...environment, bulk: 'resolve' },
    issuer,
    authenticators: [openStsAuthenticator(environment, awsRegion)],
    subresources: createNoTunnel(openNodeConnector(environment)),
    onExtensionDoubt: openExtensionDoubts(environment),
  })
  return handle
})

/** The REST API: answers requests to the Kubernetes API. */
export const handler = gatewayHandler(open)

// A process that starts has a whole processor; one that answers has as little as its memory is small.
await openStore().catch((error: unknown) => log.warn('could not open the store while starting', { error }))
