import type { Authenticator } from '../../shared/apiserver/authn/authenticator.ts'
import { createStsAuthenticator } from '../../shared/apiserver/authn/sts.ts'
import { parseAccessEntries } from '../../shared/identity/access-entry.ts'
import { createAskSts, stsHosts } from '../../shared/identity/ask-sts.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { log } from './log.ts'
import type { Environment } from './variables.ts'

/** Who IAM principals are here. Throws for access entries that are none. */
export const openStsAuthenticator = (
  { clusterName, accessEntries }: Pick<Environment, 'clusterName' | 'accessEntries'>,
  region: string,
): Authenticator => {
  const entries = parseAccessEntries(accessEntries)
  return createStsAuthenticator({
    audience: clusterName,
    hosts: stsHosts(region),
    entries: async () => entries,
    askSts: createAskSts({ endpoint: process.env.AWS_ENDPOINT_URL_STS }),
    clock: systemClock,
    log,
  })
}
