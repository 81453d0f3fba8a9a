import type { Logger } from '../../../shared/platform/log.ts'
import { CommandError, type Run } from '../command.ts'
import type { RuleSet } from './ruleset.ts'

/**
 * UDP has no end of a connection: a client that goes on sending would keep its translation to an endpoint that has
 * gone. TCP connections are left alone; they end with the pod.
 */
export const forgetEndpoints = async (options: {
  changes: readonly { readonly before: RuleSet; readonly after: RuleSet }[]
  run: Run
  log: Logger
}): Promise<void> => {
  const { changes, run, log } = options
  for (const { ip, port } of vanishedUdpEndpoints(changes)) {
    try {
      await run('conntrack', ['-D', '-p', 'udp', '--reply-src', ip, '--reply-port-src', port])
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      // the program fails, too, when nothing matched or another node's agent was faster
      if (/0 flow entries|doesn't exist/.test(error.stderr)) continue
      if (error.exitCode === undefined && missing.has(log)) continue
      if (error.exitCode === undefined) missing.add(log)
      log.warn('translations of a UDP endpoint stay until they expire', { ip, port, error })
    }
  }
}

/** said once */
const missing = new WeakSet<Logger>()

/** Pure: endpoints of UDP chains that stand in `before` and no longer in `after`. */
export const vanishedUdpEndpoints = (changes: readonly { readonly before: RuleSet; readonly after: RuleSet }[]) => {
  const vanished = new Map<string, { ip: string; port: string }>()
  for (const { before, after } of changes) {
    const left = new Set(udpTargets(after).map(({ id }) => id))
    for (const { id, ip, port } of udpTargets(before)) if (!left.has(id)) vanished.set(id, { ip, port })
  }
  return [...vanished.values()]
}

const udpTargets = ({ chains }: RuleSet) =>
  [...chains.values()]
    .flat()
    .filter((rule) => rule.startsWith('meta l4proto udp dnat'))
    .flatMap((rule) => [...rule.matchAll(/(\d+\.\d+\.\d+\.\d+)(?: \. |:)(\d+)/g)])
    .map(([, ip = '', port = '']) => ({ id: `${ip}:${port}`, ip, port }))
