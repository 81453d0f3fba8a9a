import { overlap, parseRange } from '../../shared/meta/ipv4.ts'
import type { Run } from './command.ts'
import { isOwnInterface, routeProtocol } from './name.ts'

/** A range that is to be the cluster's, and the setting by which the user chooses another. */
export interface WantedRange {
  readonly range: string
  readonly setting: string
}

interface Address {
  readonly ifname?: string
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[]
}

interface Route {
  readonly type?: string
  readonly dst: string
  readonly dev?: string
  /** of a route with several ways, in place of `dev` */
  readonly nexthops?: readonly { readonly dev?: string }[]
  readonly protocol?: string
}

/** What covers more is a way to everywhere, whole or in halves, as VPNs write it; no network has more addresses than 10.0.0.0/8. */
const shortestPrefix = 8

/** The ranges would take addresses away from a network that the machine is in, or has a way to. Throws an error that names the setting. */
export const checkRangesAreFree = async (run: Run, wanted: readonly WantedRange[]): Promise<void> => {
  const list = async <T>(...args: string[]) => JSON.parse((await run('ip', ['-json', '-4', ...args])) || '[]') as readonly T[]
  for (const { ifname, addr_info } of await list<Address>('address', 'show')) {
    if (ifname === undefined || isOwnInterface(ifname)) continue
    for (const { local, prefixlen } of addr_info ?? [])
      if (local !== undefined && prefixlen !== undefined)
        refuse(wanted, `${local}/${prefixlen}`, `${local}/${prefixlen} of interface ${ifname}`)
  }
  for (const { dst, dev, nexthops = [], type, protocol } of await list<Route>('-details', 'route', 'show', 'table', 'all')) {
    const ways = [dev, ...nexthops.map((hop) => hop.dev)].filter((each) => each !== undefined)
    if (ways.every(isOwnInterface) || protocol === routeProtocol) continue
    if ((type ?? 'unicast') !== 'unicast' || dst === 'default') continue
    const route = dst.includes('/') ? dst : `${dst}/32`
    if (parseRange(route).prefixLength < shortestPrefix) continue
    refuse(wanted, route, `the route to ${dst} by ${ways.join(' and ')}`)
  }
}

const refuse = (wanted: readonly WantedRange[], taken: string, by: string) => {
  const found = wanted.find(({ range }) => overlap(parseRange(range), parseRange(taken)))
  if (found) throw new Error(`range ${found.range} overlaps ${by}; choose another with ${found.setting}`)
}
