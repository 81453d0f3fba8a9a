import { networkInterfaces } from 'node:os'

/** The cluster's address plan on one machine. None of it may ever leave the machine. */
export const podRange = '10.244.0.0/16'
export const serviceRange = '10.96.0.0/16'
export const clusterDomain = 'cluster.local'
/** of the `kubernetes` Service */
export const apiServiceAddress = '10.96.0.1'
export const clusterDNS = '10.96.0.10'
/** where pods reach the API server: out of the pod range, behind the last node's */
export const apiAddress = '10.244.255.254'

/** Simulated nodes beyond what the pod range holds take theirs from here; nothing answers on either. */
export const simulatedRange = '100.64.0.0/10'

export const nodeName = (index: number) => `windlass-${index + 1}`
export const nodePodCIDR = (index: number) => `10.244.${index}.0/24`
export const kubeletPort = 10250

/** The machine's own address, which Services of type LoadBalancer answer on; 127.0.0.1 where it has no other. */
export const machineAddress = (interfaces = networkInterfaces()): string =>
  Object.entries(interfaces)
    .filter(([name]) => !/^(wl-|windlass|docker|br-|veth|virbr|cni|flannel)/.test(name))
    .flatMap(([, addresses = []]) => addresses)
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
