/** Who balances connections from outside over nodes. Every method may be repeated, whatever came of it before. */
export interface LoadBalancers {
  /** Has it as wanted, one for a Service. Throws `LoadBalancerRefused` for what it can't do. */
  ensure(wanted: WantedLoadBalancer): Promise<{ readonly hostname: string }>
  /** Takes away all that there is for a Service; false: some of it is still going, ask again. */
  remove(service: ServiceIdentity): Promise<boolean>
}

export interface ServiceIdentity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export interface WantedLoadBalancer {
  readonly service: ServiceIdentity
  /** reached from the nodes' network only */
  readonly internal: boolean
  /** CIDRs that may connect; empty: everybody */
  readonly sourceRanges: readonly string[]
  readonly ports: readonly BalancedPort[]
  /** undefined: a node is healthy that takes connections on the port itself */
  readonly healthCheck: { readonly port: number; readonly path: string } | undefined
  /** ids of instances */
  readonly machines: readonly string[]
}

export interface BalancedPort {
  readonly port: number
  readonly nodePort: number
  readonly protocol: 'TCP' | 'UDP'
}

export class LoadBalancerRefused extends Error {
  override readonly name = 'LoadBalancerRefused'
}
