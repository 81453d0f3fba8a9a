import { createHash } from 'node:crypto'
import type { BalancedPort, ServiceIdentity, WantedLoadBalancer } from '../load-balancers.ts'

/** on everything that is made for a Service; permissions are on it */
export const clusterTag = 'windlass.dev/cluster'
export const serviceTag = 'windlass.dev/service'

const hash = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length)

/** Names are the memory of what was made: the same for the same Service, whoever asks, and at most 32 letters, digits and dashes. */
export const namesOf = (clusterName: string, { uid }: Pick<ServiceIdentity, 'uid'>) => {
  const stem = `wl-${hash(`${clusterName}/${uid}`, 16)}`
  return {
    loadBalancer: (internal: boolean) => `${stem}-${internal ? 'int' : 'ext'}`,
    securityGroup: stem,
    targetGroupPrefix: `${stem}-`,
    // What can't be changed of a target group is in its name: the protocol of health checks too.
    targetGroup: ({ nodePort, protocol }: BalancedPort, { healthCheck }: Pick<WantedLoadBalancer, 'healthCheck'>) =>
      `${stem}-${protocol.toLowerCase()}-${nodePort}${healthCheck ? '-h' : ''}`,
  }
}
