import { halves } from '../../shared/meta/ipv4.ts'
import { createRun, gone, ignoring, type Run } from './command.ts'
import { removeAccepts } from './firewall.ts'
import { forgetInterfaces } from './firewalld.ts'
import { type Forwarding, readForwarding, restoreForwarding, turnForwardingOn } from './forwarding.ts'
import { checkRangesAreFree } from './free-range.ts'
import { setGuards } from './guards.ts'
import { listLinks } from './link.ts'
import { hostInterface, hostTable, isOwnInterface, routeProtocol } from './name.ts'

export interface HostNetwork {
  readonly podRange: string
  readonly serviceRange: string
  /** where pods reach the API server; inside the pod range, outside every node's podCIDR */
  readonly apiAddress: string
  /** see GuardOptions */
  readonly expose: boolean
  /** by which the user chooses other ranges; default: the flags of `npm start` */
  readonly settings?: { readonly podRange: string; readonly serviceRange: string } | undefined
  /** what the machine did before anything of ours began, an engine's start too; default: what it does now */
  readonly found?: Forwarding | undefined
  /** told what the user should know */
  readonly tell?: ((text: string) => void) | undefined
  readonly run?: Run | undefined
}

const flags = { podRange: '--pod-cidr', serviceRange: '--service-cidr' }

/**
 * The machine's guards and shared parts, to be called once before any API server or node starts (idempotent):
 * blackhole routes, then the rules that keep both ranges on the machine, the API server's address, forwarding.
 * Packets that were about to leave are counted in `nft list counter ip windlass escaped`.
 */
export const prepareHost = async (options: HostNetwork): Promise<void> => {
  const { podRange, serviceRange, apiAddress, expose, settings = flags, run = createRun() } = options
  await checkTools(run)
  await checkRangesAreFree(run, [
    { range: podRange, setting: settings.podRange },
    { range: serviceRange, setting: settings.serviceRange },
  ])
  for (const range of [podRange, serviceRange])
    await ignoring(run('ip', ['route', 'add', 'blackhole', range, 'proto', routeProtocol]), /File exists/)
  const note = await setGuards({ podRange, serviceRange, expose, run })
  if (note !== undefined) options.tell?.(note)
  await ignoring(run('ip', ['link', 'add', hostInterface, 'type', 'bridge']), /File exists/)
  await run('ip', ['-batch', '-'], hostLink({ serviceRange, apiAddress }))
  await turnForwardingOn(run, options.found ?? (await readForwarding(run)))
}

/** Undoes `prepareHost`, and whatever nodes have left on the machine: settings first, the rules that guard them last but the blackholes. */
export const removeHost = async ({ run = createRun() }: Pick<HostNetwork, 'run'> = {}): Promise<void> => {
  await restoreForwarding(run)
  for (const { ifname } of await listLinks(run))
    if (isOwnInterface(ifname)) await ignoring(run('ip', ['link', 'delete', ifname]), gone)
  await removeRoutes(run, 'unreachable')
  await removeAccepts(run)
  await forgetInterfaces(run)
  for (const { family, name } of await ownTables(run)) await ignoring(run('nft', ['delete', 'table', family, name]), gone)
  await removeRoutes(run, 'blackhole')
}

const ownTables = async (run: Run) => {
  const { nftables } = JSON.parse(await run('nft', ['-j', 'list', 'tables'])) as {
    nftables: readonly { table?: { family: string; name: string } }[]
  }
  const tables = nftables.flatMap(({ table }) => (table ? [table] : []))
  return tables.filter(({ name }) => name === hostTable || name.startsWith(`${hostTable}-`))
}

const removeRoutes = async (run: Run, type: 'blackhole' | 'unreachable') => {
  const routes = await run('ip', ['-json', '-4', 'route', 'show', 'type', type, 'proto', routeProtocol])
  for (const { dst } of JSON.parse(routes || '[]') as readonly { dst: string }[])
    await ignoring(run('ip', ['route', 'delete', type, dst, 'proto', routeProtocol]), gone)
}

const checkTools = async (run: Run) => {
  for (const tool of [
    ['ip', '-V'],
    ['nft', '--version'],
    ['nsenter', '--version'],
  ] as const)
    await run(tool[0], [tool[1]]).catch((cause: unknown) => {
      throw new Error(`pod networking needs the program "${tool[0]}" (packages iproute2, nftables, util-linux)`, { cause })
    })
  await run('nft', ['list', 'tables']).catch((cause: unknown) => {
    throw new Error('pod networking needs root and a kernel with nftables', { cause })
  })
}

// a local process needs a route to a Service's address before its packet can be translated; halves go before the blackhole
const hostLink = ({ serviceRange, apiAddress }: { serviceRange: string; apiAddress: string }) =>
  [
    `link set ${hostInterface} up`,
    `address replace ${apiAddress}/32 dev ${hostInterface}`,
    ...halves(serviceRange).map((half) => `route replace ${half} dev ${hostInterface} src ${apiAddress}`),
    '',
  ].join('\n')
