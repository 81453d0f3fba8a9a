import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createRun, type Run } from '../../../agent/network/command.ts'

/** A machine of its own in a network namespace: `eth0` leads to a second namespace that stands for the world. */
export interface Machine {
  readonly netns: string
  readonly outside: string
  readonly run: Run
  /** An empty network namespace like a sandbox's; its path. */
  newSandbox(): Promise<string>
  dispose(): Promise<void>
}

/** Why network tests can't run here, if they can't. */
export const missing = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root'
  for (const tool of ['ip', 'nft', 'nsenter'])
    try {
      execFileSync(tool, [tool === 'ip' ? '-V' : '--version'], { stdio: 'ignore' })
    } catch {
      return `needs the program ${tool}`
    }
  return undefined
}

const command = createRun()

/** `beside` another machine there is the same world for both. */
export const createMachine = async ({
  address = '203.0.113.2',
  beside,
}: {
  address?: string
  beside?: Machine
} = {}): Promise<Machine> => {
  const id = randomBytes(3).toString('hex')
  const netns = `wlt-${id}`
  const outside = beside?.outside ?? `wlt-${id}-out`
  const namespaces = [netns, ...(beside ? [] : [outside])]
  for (const name of namespaces) {
    await command('ip', ['netns', 'add', name])
    await command('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
  }
  const run = createRun(['ip', 'netns', 'exec', netns])
  await run('ip', ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', `m-${id}`, 'netns', outside])
  await run('ip', ['-batch', '-'], `address add ${address}/24 dev eth0\nlink set eth0 up\nroute add default via 203.0.113.1\n`)
  const world =
    'link add br0 type bridge\nlink set br0 up\naddress add 203.0.113.1/24 dev br0\nroute add 10.0.0.0/8 via 203.0.113.2\n'
  const port = `link set m-${id} master br0 up\n`
  await command('ip', ['-n', outside, '-batch', '-'], (beside ? '' : world) + port)
  return {
    netns,
    outside,
    run,
    newSandbox: async () => {
      const name = `wlt-${id}-p${namespaces.length}`
      namespaces.push(name)
      await command('ip', ['netns', 'add', name])
      return `/run/netns/${name}`
    },
    dispose: async () => {
      for (const name of namespaces) await command('ip', ['netns', 'delete', name])
    },
  }
}
