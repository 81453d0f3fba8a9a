import type { Run } from './command.ts'

export interface Link {
  readonly ifname: string
  /** counts up: of two, the one that was made later has the higher */
  readonly ifindex: number
  readonly mtu: number
  readonly ifalias?: string
}

export const listLinks = async (run: Run) => JSON.parse((await run('ip', ['-json', 'link', 'show'])) || '[]') as readonly Link[]

/** Of engines of containers and machines: bridges with an address, by which those are to reach the world. */
export const listBridges = async (run: Run): Promise<readonly Link[]> => {
  const text = await run('ip', ['-json', '-4', 'address', 'show', 'type', 'bridge'])
  const found = JSON.parse(text || '[]') as readonly (Link & { readonly addr_info?: readonly unknown[] })[]
  return found.filter(({ addr_info = [] }) => addr_info.length > 0)
}

/** A pod's packets must fit the interface they leave the machine by, with so many bytes around them. */
export const outsideMtu = async (run: Run, extraBytes = 0) => {
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'default'])) || '[]') as readonly { dev?: string }[]
  const outside = (await listLinks(run)).find(({ ifname }) => ifname === routes[0]?.dev)
  return Math.min(1500, (outside?.mtu ?? 1500) - extraBytes)
}
