import type { APIGatewayProxyEvent } from 'aws-lambda'
import { createWatchAge } from '../shared/apiserver/metrics/watch-age.ts'
import { createNoTunnel } from '../shared/apiserver/streams/no-tunnel.ts'
import { dnsSuffix } from '../shared/identity/dns-suffix.ts'
import { readEnvironment } from './environment.ts'
import { gatewayHandler } from './gateway/handler.ts'
import { awsRegion, openAwsCluster, openExtensionDoubts, openMetrics, openNodeConnector } from './wiring/aws.ts'
import { log } from './wiring/log.ts'
import { once } from './wiring/once.ts'
import { openStsAuthenticator } from './wiring/sts.ts'

/** Of the first request: an issuer must stay the same. */
let issuer: string | undefined

const open = once(async () => {
  const environment = readEnvironment('api')
  const observers = [createWatchAge(openMetrics(environment))]
  const { handle } = await openAwsCluster(environment, {
    observers,
    secretValues: { ...environment, bulk: 'resolve' },
    issuer: () => issuer!,
    authenticators: [openStsAuthenticator(environment, awsRegion)],
    subresources: createNoTunnel(openNodeConnector(environment)),
    onExtensionDoubt: openExtensionDoubts(environment),
  })
  return handle
})

const openFor = ({ requestContext: { apiId, stage } }: APIGatewayProxyEvent) => {
  // The default domain, whatever domain this request came by.
  issuer ??= `https://${apiId}.execute-api.${awsRegion}.${dnsSuffix(awsRegion)}/${stage}`
  return open()
}

/** The REST API: answers requests to the Kubernetes API. */
export const handler = gatewayHandler(openFor)

// A process that starts has a whole processor; one that answers has as little as its memory is small.
await open().catch((error: unknown) => log.warn('could not open the cluster while starting', { error }))
