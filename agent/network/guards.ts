import { chainStands } from './chain.ts'
import type { Run } from './command.ts'
import { acceptPods, acceptsStand } from './firewall.ts'
import { firewalldMark, trustInterfaces } from './firewalld.ts'
import { hostInterface, hostTable, interfacePattern } from './name.ts'

export interface GuardOptions {
  readonly podRange: string
  readonly serviceRange: string
  /** whether NodePorts, hostPorts and load balancers answer others than the machine itself and its pods */
  readonly expose: boolean
  readonly run: Run
}

/**
 * The rules that keep both ranges on the machine. A firewall service that starts again takes them with it; each agent looks after them.
 * Gives what the user should know, if anything.
 */
export const setGuards = async (options: GuardOptions): Promise<string | undefined> => {
  await options.run('nft', ['-f', '-'], guardRules(options))
  await acceptPods(options.run, options)
  return trustInterfaces(options.run)
}

/**
 * Looks after what `setGuards` made, to be called again and again: a firewall service that starts again, or is told to flush, takes all or
 * some of it away. Tells when it had to make them again, and what the user should know.
 */
export const createGuardKeeper = (options: GuardOptions, tell: (text: string) => void) => {
  const { run } = options
  let mark = ''
  return async (): Promise<void> => {
    const now = await firewalldMark(run)
    // What an earlier agent has told it is not known here: the first time counts as well.
    const isNew = now !== '' && now !== mark
    const stands = (await guardsStand(run)) && (await acceptsStand(run, options))
    if (!stands) tell('guards of the machine are gone, making them again')
    if (!stands || isNew) {
      const note = await setGuards(options)
      if (note !== undefined) tell(note)
    }
    mark = now
  }
}

export const guardsStand = (run: Run): Promise<boolean> =>
  chainStands(run, { family: 'ip', table: hostTable, name: 'postrouting' })

/**
 * Pure: the table that lets nothing of our ranges out by an interface that is not ours, nor in by one: neither somebody who takes an
 * address of ours for the own, nor somebody who takes the machine for the way to one. TCP is refused by a reset: a local process would
 * miss the ICMP error while it is still inside connect(2). A pod may forge packets: what does not bear an address that the way back
 * to its interface is for is nobody's.
 */
const guardRules = ({ podRange, serviceRange }: Pick<GuardOptions, 'podRange' | 'serviceRange'>) => {
  const ours = `{ "lo", "${hostInterface}", "${interfacePattern}" }`
  const ranges = `{ ${podRange}, ${serviceRange} }`
  return `
add table ip ${hostTable}
add counter ip ${hostTable} escaped
add chain ip ${hostTable} refuse
add chain ip ${hostTable} prerouting { type filter hook prerouting priority -150; }
add chain ip ${hostTable} forward { type filter hook forward priority 0; }
add chain ip ${hostTable} output { type filter hook output priority 0; }
add chain ip ${hostTable} way-out { type nat hook postrouting priority 100; }
add chain ip ${hostTable} postrouting { type filter hook postrouting priority 300; }
flush table ip ${hostTable}
add rule ip ${hostTable} prerouting iifname != "lo" ip daddr 127.0.0.0/8 drop
add rule ip ${hostTable} prerouting iifname != "lo" ip saddr 127.0.0.0/8 drop
add rule ip ${hostTable} prerouting iifname "${interfacePattern}" fib saddr . iif oif missing drop
add rule ip ${hostTable} prerouting iifname != ${ours} ip saddr ${ranges} drop
add rule ip ${hostTable} prerouting iifname != ${ours} ip daddr ${ranges} drop
add rule ip ${hostTable} forward ip daddr ${serviceRange} goto refuse
add rule ip ${hostTable} output ip daddr ${serviceRange} goto refuse
add rule ip ${hostTable} refuse meta l4proto tcp reject with tcp reset
add rule ip ${hostTable} refuse reject
add rule ip ${hostTable} way-out ip saddr ${podRange} ip daddr != ${ranges} oifname != ${ours} masquerade
add rule ip ${hostTable} postrouting oifname ${ours} accept
add rule ip ${hostTable} postrouting ip daddr ${ranges} counter name escaped drop
add rule ip ${hostTable} postrouting ip saddr ${ranges} counter name escaped drop
`
}
