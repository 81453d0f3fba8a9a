import { execFileSync } from 'node:child_process'

const ranges = '{ 10.96.0.0/16, 10.244.0.0/16 }'
const table = 'windlass_e2e_departures'

const rules = (interfaces: readonly string[]) => `
table inet ${table} {
  counter departed { }
  chain leaving {
    type filter hook postrouting priority 400; policy accept;
    oifname { ${interfaces.join(', ')} } ip daddr ${ranges} counter name departed
    oifname { ${interfaces.join(', ')} } ip saddr ${ranges} counter name departed
  }
}`

/** Counts packets to or from Service and pod addresses on the interfaces that lead out of the machine, as they leave. */
export class DepartureCounter {
  start(): void {
    this.stop()
    load(rules(outwardInterfaces()))
  }

  count(): number {
    return packets(nft('list', 'counter', 'inet', table, 'departed'))
  }

  /** Whether such rules count at all: tried in a network namespace of its own, where nothing leads anywhere. */
  counts(): boolean {
    const inside = (...command: string[]) => execFileSync('ip', ['netns', 'exec', table, ...command], { encoding: 'utf8' })
    execFileSync('ip', ['netns', 'add', table])
    try {
      inside('ip', 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'far')
      inside('ip', 'link', 'set', 'far', 'up')
      inside('ip', 'address', 'add', '192.0.2.77/24', 'dev', 'out')
      inside('ip', 'link', 'set', 'out', 'up')
      inside('ip', 'route', 'add', '10.96.0.0/16', 'dev', 'out')
      execFileSync('ip', ['netns', 'exec', table, 'nft', '-f', '-'], { input: rules(['out']) })
      inside('node', '-e', "const s = require('dgram').createSocket('udp4'); s.send('x', 9, '10.96.1.1', () => s.close())")
      return packets(inside('nft', 'list', 'counter', 'inet', table, 'departed')) > 0
    } finally {
      execFileSync('ip', ['netns', 'delete', table])
    }
  }

  stop(): void {
    if (nft('list', 'tables').includes(table)) nft('delete', 'table', 'inet', table)
  }
}

const nft = (...args: string[]) => execFileSync('nft', args, { encoding: 'utf8' })
const load = (text: string) => execFileSync('nft', ['-f', '-'], { input: text })
const packets = (text: string) => Number(/packets (\d+)/.exec(text)?.[1])

function outwardInterfaces(): string[] {
  const routes = execFileSync('ip', ['-o', 'route', 'show', 'default'], { encoding: 'utf8' })
  const names = [...routes.matchAll(/ dev (\S+)/g)].map((match) => match[1]!)
  if (names.length === 0) throw new Error('no default route: nothing leads out of this machine')
  return [...new Set(names)]
}
