import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { contains, formatAddress, parseAddress, parseRange } from '../../shared/meta/ipv4.ts'
import type { PodAttachment } from './pod-network.ts'

export interface Lease {
  readonly ip: string
  readonly namespace: string
  readonly name: string
  readonly hostPorts: PodAttachment['hostPorts']
  /** of the network namespace that the interface was put into; tells a new sandbox of the same pod */
  readonly netnsInode?: number | undefined
}

/** Addresses of a node's pods by uid, kept in a file so that a restarted agent gives every pod its own back. */
export interface AddressPool {
  get(uid: string): Lease | undefined
  /** Throws when the range is used up. The address freed longest ago is given first. */
  take(uid: string, pod: Omit<Lease, 'ip'>): Lease
  update(uid: string, lease: Lease): void
  release(uid: string): void
  entries(): readonly (readonly [uid: string, lease: Lease])[]
}

interface PoolFile {
  podCIDR: string
  /** where the search for a free address goes on, so that freed addresses rest as long as possible */
  next: number
  leases: Record<string, Lease>
}

export const openAddressPool = ({ file, podCIDR }: { file: string; podCIDR: string }): AddressPool => {
  const range = parseRange(podCIDR)
  const { leases, next } = readPool(file, podCIDR)
  // network, the node's own address, broadcast
  const usable = range.size - 3
  let offset = next
  const used = new Set([...leases.values()].map((lease) => lease.ip))

  const save = () => {
    const content: PoolFile = { podCIDR, next: offset, leases: Object.fromEntries(leases) }
    writeFileSync(`${file}.new`, JSON.stringify(content))
    renameSync(`${file}.new`, file)
  }

  const free = (): string => {
    for (let tried = 0; tried < usable; tried++) {
      const ip = formatAddress(range.first + 2 + offset)
      offset = (offset + 1) % usable
      if (!used.has(ip)) return ip
    }
    throw new Error(`no free address in ${podCIDR}: ${used.size} are in use`)
  }

  return {
    get: (uid) => leases.get(uid),
    take: (uid, pod) => {
      const lease = { ...pod, ip: free() }
      leases.set(uid, lease)
      used.add(lease.ip)
      save()
      return lease
    },
    update: (uid, lease) => {
      leases.set(uid, lease)
      save()
    },
    release: (uid) => {
      const lease = leases.get(uid)
      if (!lease) return
      leases.delete(uid)
      used.delete(lease.ip)
      save()
    },
    entries: () => [...leases],
  }
}

/** A file of another range, or none, is an empty pool; a damaged one is an error, since its pods may be running. */
const readPool = (file: string, podCIDR: string): { leases: Map<string, Lease>; next: number } => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(file), { recursive: true })
    return { leases: new Map(), next: 0 }
  }
  let content: PoolFile
  try {
    content = JSON.parse(text) as PoolFile
  } catch (cause) {
    throw new Error(`file ${file} with the pods' addresses is damaged`, { cause })
  }
  if (content.podCIDR !== podCIDR) return { leases: new Map(), next: 0 }
  const range = parseRange(podCIDR)
  const inRange = Object.entries(content.leases).filter(([, { ip }]) => contains(range, parseAddress(ip) ?? -1))
  return { leases: new Map(inRange), next: content.next }
}
