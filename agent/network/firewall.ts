import { CommandError, gone, ignoring, type Run } from './command.ts'
import { interfacePattern } from './name.ts'

const comment = 'windlass pods'
/** iptables' own wildcard */
const ours = interfacePattern.replace('*', '+')

interface AcceptOptions {
  readonly podRange: string
  /** see GuardOptions */
  readonly expose: boolean
}

/**
 * What a policy to drop would keep from pods, and no more: their own packets, and answers to them. The address of a node or of the API
 * server is the only one of the machine that is opened to them; a connection from outside comes in only where its port was exposed.
 */
const rulesOf = ({ podRange, expose }: AcceptOptions): (readonly [chain: string, rule: string[]])[] => [
  ['FORWARD', ['-i', ours]],
  ['FORWARD', ['-o', ours, '-m', 'conntrack', '--ctstate', expose ? 'RELATED,ESTABLISHED,DNAT' : 'RELATED,ESTABLISHED']],
  ['INPUT', ['-i', ours, '-d', podRange]],
]

/**
 * Docker sets FORWARD's policy to DROP, and firewalls INPUT's; an accept in a table of ours can't overrule that. A rule in
 * FORWARD itself stays when dockerd restarts, and is right too when dockerd starts after us: Docker only drops what
 * comes from its own bridges.
 */
export const acceptPods = async (run: Run, options: AcceptOptions): Promise<void> => {
  for (const { chain, rule } of await missingRules(run, options)) await run('iptables', ['-w', '5', '-I', chain, '1', ...rule])
}

export const acceptsStand = async (run: Run, options: AcceptOptions): Promise<boolean> =>
  (await missingRules(run, options)).length === 0

const missingRules = async (run: Run, options: AcceptOptions) => {
  const missing: { readonly chain: string; readonly rule: readonly string[] }[] = []
  for (const [chain, match] of rulesOf(options)) {
    const rule = [...match, '-m', 'comment', '--comment', comment, '-j', 'ACCEPT']
    try {
      await run('iptables', ['-w', '5', '-C', chain, ...rule])
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      if (error.exitCode === undefined) return [] // no iptables: nobody made a chain that drops
      missing.push({ chain, rule })
    }
  }
  return missing
}

/** Every rule that bears our comment, whatever start or version made it. */
export const removeAccepts = async (run: Run): Promise<void> => {
  for (const chain of ['FORWARD', 'INPUT']) {
    const rules = await run('iptables', ['-w', '5', '-S', chain]).catch((error: unknown) => {
      if (error instanceof CommandError && (error.exitCode === undefined || /No chain/.test(error.stderr))) return ''
      throw error
    })
    for (const line of rules.split('\n')) {
      if (!line.startsWith('-A ') || !line.includes(`"${comment}"`)) continue
      const words = line.match(/"[^"]*"|\S+/g)!.map((word) => word.replace(/^"|"$/g, ''))
      await ignoring(run('iptables', ['-w', '5', '-D', ...words.slice(1)]), gone)
    }
  }
}
