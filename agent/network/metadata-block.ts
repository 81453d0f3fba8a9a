import { chainStands } from './chain.ts'
import { createRun, type Run } from './command.ts'
import { interfacePattern } from './name.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html; of other clouds the first is the same */
const metadataAddresses = { v4: '169.254.169.254', v6: 'fd00:ec2::254' }
const table = 'windlass-metadata'

// Google's machines have their resolver at the same address.
const rules = `
add table inet ${table}
delete table inet ${table}
table inet ${table} {
  chain forward {
    type filter hook forward priority -10;
    iifname "${interfacePattern}" ip daddr ${metadataAddresses.v4} meta l4proto { tcp, udp } th dport != 53 reject
    iifname "${interfacePattern}" ip daddr ${metadataAddresses.v4} meta l4proto != { tcp, udp } reject
    iifname "${interfacePattern}" ip6 daddr ${metadataAddresses.v6} reject
  }
}
`

/**
 * Keeps pods, but for those in the host's network, from the instance's metadata and so from the role of the instance. Looks again at
 * times: a firewall service that restarts takes every table with it.
 */
export const startMetadataBlock = async (options: {
  onError: (error: unknown) => void
  run?: Run | undefined
  checkMilliseconds?: number | undefined
}): Promise<{ stop(): void }> => {
  const { onError, run = createRun(), checkMilliseconds = 30_000 } = options
  const ensure = async () => {
    if (!(await chainStands(run, { family: 'inet', table, name: 'forward' }))) await run('nft', ['-f', '-'], rules)
  }
  await ensure()
  const check = setInterval(() => ensure().catch(onError), checkMilliseconds)
  check.unref()
  return { stop: () => clearInterval(check) }
}
