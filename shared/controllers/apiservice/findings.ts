import type { APIServiceCondition } from '../../resources/apiregistration/resource.ts'
import type { EndpointSlice, Service } from '../../resources/resource.ts'

type Finding = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>

interface Asked {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

const unavailable = (reason: string, message: string): Finding => ({ status: 'False', reason, message })

/** What keeps a Service from being asked; undefined: nothing. */
export const serviceFinding = (service: Service | undefined, { namespace, name, port }: Asked): Finding | undefined => {
  const what = `service/${name} in ${JSON.stringify(namespace)}`
  if (!service) return unavailable('ServiceNotFound', `${what} is not present`)
  const { type = 'ClusterIP', ports = [] } = service.spec
  if (type !== 'ClusterIP' || ports.some((one) => one.port === port)) return undefined
  return unavailable('ServicePortError', `${what} is not listening on port ${port}`)
}

/** What keeps its endpoints from it. */
export const endpointsFinding = (
  { spec: { type = 'ClusterIP', ports = [] } }: Service,
  slices: readonly EndpointSlice[],
  { namespace, name, port }: Asked,
): Finding | undefined => {
  if (type !== 'ClusterIP') return undefined
  const what = `service/${name} in ${JSON.stringify(namespace)}`
  if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${what}`)
  const portName = ports.find((one) => one.port === port)?.name ?? ''
  const isActive = slices.some(
    (slice) =>
      (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready ?? true) &&
      (slice.ports ?? []).some((one) => one.name === portName && one.port !== undefined),
  )
  if (isActive) return undefined
  return unavailable(
    'MissingEndpoints',
    `endpointslices for ${what} have no addresses with port name ${JSON.stringify(portName)}`,
  )
}
