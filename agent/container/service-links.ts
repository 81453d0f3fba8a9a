import type { Service } from '../../shared/resources/resource.ts'

const hasAddress = ({ spec }: Service) => Boolean(spec.clusterIP) && spec.clusterIP !== 'None'

/** The environment variables that tell of the Services of a namespace, and always of default/kubernetes. */
export const serviceLinks = (services: readonly Service[], namespace: string, enabled: boolean): Map<string, string> => {
  const chosen = new Map<string, Service>()
  for (const service of services) {
    const { name, namespace: from } = service.metadata
    if (!hasAddress(service)) continue
    if (from === namespace && enabled) chosen.set(name, service)
    else if (from === 'default' && name === 'kubernetes' && !chosen.has(name)) chosen.set(name, service)
  }
  return new Map([...chosen.values()].flatMap(variablesOf))
}

const variablesOf = ({ metadata, spec }: Service): [string, string][] => {
  const upper = (text: string) => text.toUpperCase().replaceAll('-', '_')
  const prefix = upper(metadata.name)
  const host = spec.clusterIP!
  const address = host.includes(':') ? `[${host}]` : host
  const ports = spec.ports ?? []
  const result: [string, string][] = [[`${prefix}_SERVICE_HOST`, host]]
  if (ports.length === 0) return result
  result.push([`${prefix}_SERVICE_PORT`, String(ports[0]!.port)])
  for (const { name, port } of ports) if (name) result.push([`${prefix}_SERVICE_PORT_${upper(name)}`, String(port)])
  ports.forEach(({ port, protocol = 'TCP' }, index) => {
    const lower = protocol.toLowerCase()
    const url = `${lower}://${address}:${port}`
    const own = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`
    if (index === 0) result.push([`${prefix}_PORT`, url])
    result.push([own, url], [`${own}_PROTO`, lower], [`${own}_PORT`, String(port)], [`${own}_ADDR`, host])
  })
  return result
}
