import { nthAddress } from '../../shared/meta/ipv4.ts'

/** The node's own address in its podCIDR: gateway of its pods, its InternalIP on one machine, where its DNS listens. */
export const nodeAddress = (podCIDR: string) => nthAddress(podCIDR, 1)
