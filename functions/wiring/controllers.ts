import type { Controller } from '../../shared/controllers/controller.ts'
import { createControllers } from '../../shared/controllers/index.ts'
import { definitions } from '../../shared/resources/index.ts'
import type { Cluster } from './cluster.ts'

/** where each node's own proxy to the API listens for its pods: the last address of the pod range */
const proxyPort = 6443

/** Every controller, as they run in functions. Dispatch needs them too, to know whom a change concerns. */
export const clusterControllers = (
  { heartbeats, identity }: Pick<Cluster, 'heartbeats' | 'identity'>,
  { serviceCidr, podCidr }: { serviceCidr: string; podCidr: string },
): Controller[] =>
  createControllers({
    resources: definitions.map(({ group, version, plural, kind, namespaced }) => ({
      group,
      version,
      resource: plural,
      kind,
      namespaced,
    })),
    certificateAuthority: identity.authority.certificate,
    nodeLifecycle: { heartbeats },
    loadBalancer: { addresses: [] },
    kubernetesService: {
      apiServer: { address: lastAddress(podCidr), port: proxyPort },
      clusterIP: firstAddress(serviceCidr),
    },
  })

const numberOf = (cidr: string) => {
  const [address = '', bits = '32'] = cidr.split('/')
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  return { number, size: 2 ** (32 - Number(bits)) }
}
const textOf = (number: number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')

/** of 10.96.0.0/16: 10.96.0.1 */
const firstAddress = (cidr: string) => textOf(numberOf(cidr).number + 1)
/** of 10.244.0.0/16: 10.244.255.254 */
const lastAddress = (cidr: string) => {
  const { number, size } = numberOf(cidr)
  return textOf(number + size - 2)
}
