import type { PodNetwork } from '../../network/pod-network.ts'

/** Addresses out of a node's podCIDR that nothing answers on. */
export const createSimulatedNetwork = (podCIDR: string): PodNetwork => {
  const [base = '10.244.0.0', bits = '24'] = podCIDR.split('/')
  const first = base.split('.').reduce((total, part) => total * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  const byUid = new Map<string, string>()
  const taken = new Set<string>()
  let next = 1
  const free = (): string => {
    for (let tries = 0; tries < size; tries++) {
      next = next + 1 >= size - 1 ? 2 : next + 1
      const value = first + next
      const ip = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
      if (!taken.has(ip)) return ip
    }
    throw new Error(`no address left in ${podCIDR}`)
  }
  return {
    start: async () => undefined,
    attach: async ({ uid }) => {
      const ip = byUid.get(uid) ?? free()
      byUid.set(uid, ip)
      taken.add(ip)
      return { ip }
    },
    detach: async (uid) => {
      taken.delete(byUid.get(uid) ?? '')
      byUid.delete(uid)
    },
    attached: async () => [...byUid].map(([uid, ip]) => ({ uid, ip })),
    stop: async () => undefined,
  }
}
