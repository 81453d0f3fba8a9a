import type { Run } from './command.ts'

export interface Link {
  readonly ifname: string
  readonly mtu: number
  readonly ifalias?: string
}

export const listLinks = async (run: Run) => JSON.parse((await run('ip', ['-json', 'link', 'show'])) || '[]') as readonly Link[]

/** A pod's packets must fit the interface they leave the machine by, with so many bytes around them. */
export const outsideMtu = async (run: Run, extraBytes = 0) => {
  const routes = JSON.parse((await run('ip', ['-json', '-4', 'route', 'show', 'default'])) || '[]') as readonly { dev?: string }[]
  const outside = (await listLinks(run)).find(({ ifname }) => ifname === routes[0]?.dev)
  return Math.min(1500, (outside?.mtu ?? 1500) - extraBytes)
}
