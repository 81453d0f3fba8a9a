import type { Run } from './command.ts'
import { listBridges, listLinks } from './link.ts'
import { hostInterface, isOwnInterface } from './name.ts'

/** What the kernel passes on between interfaces, and what it changes along with that. */
export interface Forwarding {
  readonly ipForward: boolean
  /** the kernel turns it round whenever forwarding changes */
  readonly acceptRedirects: boolean
  /** interfaces that pass on although the machine as a whole does not */
  readonly interfaces: readonly string[]
}

const ipForward = 'net/ipv4/ip_forward'
const acceptRedirects = 'net/ipv4/conf/all/accept_redirects'
const mark = 'windlass found'
/** an alias holds 255 characters, a name 15 */
const keptNames = 12

/** `name`: below /proc/sys, as `net/ipv4/ip_forward` */
export const setSysctl = (run: Run, name: string, value: string) => run('tee', [`/proc/sys/${name}`], value)

const isSet = async (run: Run, name: string) => (await run('cat', [`/proc/sys/${name}`])).trim() === '1'

export const readForwarding = async (run: Run): Promise<Forwarding> => {
  if (await isSet(run, ipForward)) return { ipForward: true, acceptRedirects: false, interfaces: [] }
  const files = await run('grep', ['-rlx', '--include=forwarding', '1', '/proc/sys/net/ipv4/conf']).catch(() => '')
  const names = files.split('\n').flatMap((file) => /conf\/([^/]+)\/forwarding$/.exec(file)?.[1] ?? [])
  const interfaces = names.filter((name) => name !== 'all' && name !== 'default').slice(0, keptNames)
  return { ipForward: false, acceptRedirects: await isSet(run, acceptRedirects), interfaces }
}

/**
 * Turns forwarding on. What was found is kept as the alias of our interface: it lives in the same network namespace, outlives every
 * process and firewall, and goes when the machine starts again, as settings do. What an earlier start found counts.
 */
export const turnForwardingOn = async (run: Run, found: Forwarding): Promise<void> => {
  if ((await foundBefore(run)) === undefined) {
    const { ipForward, acceptRedirects, interfaces } = found
    const text = [mark, Number(ipForward), Number(acceptRedirects), ...interfaces].join(' ')
    await run('ip', ['link', 'set', hostInterface, 'alias', text])
  }
  await setSysctl(run, ipForward, '1')
}

/**
 * Sets back what `turnForwardingOn` changed; nothing where it never ran. An engine that was started since then found forwarding on, left it
 * so and relies on it: where there is a bridge that is younger than our interface it stays on.
 */
export const restoreForwarding = async (run: Run): Promise<void> => {
  const found = await foundBefore(run)
  if (!found || found.ipForward || (await othersRely(run))) return
  await setSysctl(run, ipForward, '0')
  await setSysctl(run, acceptRedirects, found.acceptRedirects ? '1' : '0')
  const present = new Set((await listLinks(run)).map(({ ifname }) => ifname))
  for (const name of found.interfaces) if (present.has(name)) await setSysctl(run, `net/ipv4/conf/${name}/forwarding`, '1')
}

const othersRely = async (run: Run): Promise<boolean> => {
  const since = (await listLinks(run)).find(({ ifname }) => ifname === hostInterface)?.ifindex ?? 0
  return (await listBridges(run)).some(({ ifname, ifindex }) => !isOwnInterface(ifname) && ifindex > since)
}

const foundBefore = async (run: Run): Promise<Forwarding | undefined> => {
  const alias = (await listLinks(run)).find(({ ifname }) => ifname === hostInterface)?.ifalias
  if (!alias?.startsWith(`${mark} `)) return undefined
  const [forward, redirects, ...interfaces] = alias.slice(mark.length + 1).split(' ')
  return { ipForward: forward === '1', acceptRedirects: redirects === '1', interfaces }
}
