import type { KubeObject } from '../meta/object.ts'
import type { Random } from '../platform/random.ts'
import type { EndpointAddress } from '../resources/generated/types.ts'
import type { Endpoints, Pod } from '../resources/resource.ts'
import type { Address } from './dial.ts'

/** An object as it is now, by the name keys use; undefined: there is none. */
export type ReadObject = (resource: string, namespace: string, name: string) => Promise<KubeObject | undefined>

export interface PodAddress extends Address {
  readonly nodeName: string | undefined
}

export interface AskedPort {
  readonly namespace: string
  /** of the Service's port; '' of one without a name */
  readonly portName: string
}

/**
 * Addresses behind a Service's port, in their order, beginning somewhere; only those that a pod really has: whoever may write Endpoints must
 * not lead the API server wherever it can reach.
 */
export async function* podAddresses(
  { subsets = [] }: Endpoints,
  { namespace, portName }: AskedPort,
  { read, random }: { read: ReadObject; random: Random },
): AsyncGenerator<PodAddress> {
  for (const { addresses = [], ports = [] } of fromAnywhere(subsets, random)) {
    const chosen = ports.find((one) => (one.name ?? '') === portName)
    if (!chosen) continue
    for (const address of fromAnywhere(addresses, random)) {
      const { ip: host, nodeName } = address
      if (await isPods(read, namespace, address)) yield { host, port: chosen.port, nodeName }
    }
  }
}

const fromAnywhere = <T>(values: readonly T[], random: Random): T[] => {
  const start = values.length > 1 ? random.integer(values.length) : 0
  return [...values.slice(start), ...values.slice(0, start)]
}

const isPods = async (read: ReadObject, namespace: string, { ip, targetRef }: EndpointAddress): Promise<boolean> => {
  if (!targetRef?.name || targetRef.namespace !== namespace) return false
  const pod = (await read('pods', namespace, targetRef.name)) as Pod | undefined
  return (pod?.status?.podIPs ?? []).some((one) => one.ip === ip)
}
