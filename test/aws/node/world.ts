import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { createRun } from '../../../agent/network/command.ts'

/** where the harness is, as machines see it (TEST-NET-2) */
export const harnessAddress = '198.51.100.1'

/**
 * A network of machines, each a network namespace with an `eth0`, that reach each other and this process, and nothing else.
 */
export const createWorld = async () => {
  const id = randomBytes(3).toString('hex')
  const run = createRun()
  const middle = `wla-${id}`
  const namespaces = [middle]
  const servers: Server[] = []
  const plug = async (netns: string | undefined, name: string, port: string) => {
    await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', port, 'netns', middle])
    await run('ip', ['-n', middle, '-batch', '-'], `link set ${port} master br0 up\n`)
    if (netns) await run('ip', ['link', 'set', name, 'netns', netns, 'name', 'eth0'])
  }
  await run('ip', ['netns', 'add', middle])
  await run('ip', ['-n', middle, '-batch', '-'], 'link add br0 type bridge\nlink set br0 up\n')
  await plug(undefined, `wla-${id}`, 'harness')
  await run('ip', ['-batch', '-'], `address add ${harnessAddress}/24 dev wla-${id}\nlink set wla-${id} up\n`)
  return {
    /** Answers the name of its network namespace. */
    addMachine: async (address: string): Promise<string> => {
      const number = namespaces.length
      const netns = `wla-${id}-${number}`
      namespaces.push(netns)
      await run('ip', ['netns', 'add', netns])
      await plug(netns, `wla${id}${number}`, `m${number}`)
      const links = `link set lo up\naddress add ${address}/24 dev eth0\nlink set eth0 up\nroute add default via ${harnessAddress}\n`
      await run('ip', ['-n', netns, '-batch', '-'], links)
      return netns
    },
    /** Lets machines reach a server on the loopback interface; answers its URL as they see it. */
    expose: async (url: string): Promise<string> => {
      const { protocol, port, pathname } = new URL(url)
      const server = createServer((inside) => {
        const outside = connect(Number(port), '127.0.0.1')
        for (const [one, other] of [[inside, outside] as const, [outside, inside] as const]) {
          one.pipe(other)
          one.once('error', () => other.destroy())
        }
      })
      server.listen(0, harnessAddress)
      await once(server, 'listening')
      servers.push(server)
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the forwarder has no port')
      return `${protocol}//${harnessAddress}:${address.port}${pathname.replace(/\/$/, '')}`
    },
    dispose: async () => {
      for (const server of servers) server.close()
      for (const name of namespaces.reverse()) await run('ip', ['netns', 'delete', name])
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>
