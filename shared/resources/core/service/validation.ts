import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../../../meta/names.ts'
import type { ServicePort } from '../../generated/types.ts'
import type { Service } from '../../resource.ts'
import { endpointIP, validIP } from '../../validation/ip.ts'
import { labels } from '../../validation/label.ts'
import { portNumberOrName, protocols } from '../../validation/port.ts'
import { checked, createSeen, each, required, requiredOneOf } from '../../validation/value.ts'
import { validateClusterIPs } from './cluster-ip.ts'
import { isHeadless } from './kind.ts'
import { validateLoadBalancer } from './load-balancer.ts'
import { validateTraffic } from './traffic.ts'

const topologyMode = 'service.kubernetes.io/topology-mode'
const topologyHints = 'service.kubernetes.io/topology-aware-hints'
const maxAffinitySeconds = 86_400

/** In upstream's order and words. Addresses and ports that the server gives have to be there already. */
export const validateService = (service: Service): FieldError[] => {
  const { spec, metadata } = service
  const [mode, hints] = [metadata.annotations?.[topologyMode], metadata.annotations?.[topologyHints]]
  return [
    ...(mode !== undefined && hints !== undefined && mode !== hints
      ? [
          invalidValue(
            `metadata.annotations[${topologyMode}]`,
            mode,
            `must match annotations[${topologyHints}] when both are specified`,
          ),
        ]
      : []),
    ...(isHeadless(service) || spec.type === 'ExternalName' ? [] : required('spec.ports', spec.ports ?? [])),
    ...validateType(service),
    ...validatePorts('spec.ports', spec.ports),
    ...labels('spec.selector', spec.selector),
    ...requiredOneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...validateAffinity('spec.sessionAffinityConfig', service),
    ...validateClusterIPs(service),
    ...each('spec.externalIPs', spec.externalIPs, (path, ip) => {
      const errors = validIP(path, ip)
      return errors.length > 0 ? errors : endpointIP(path, ip)
    }),
    ...requiredOneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validateNodePorts('spec.ports', service),
    ...uniquePorts('spec.ports', spec.ports),
    ...validateLoadBalancer(service),
    ...validateTraffic(service),
  ]
}

const validateType = (service: Service): FieldError[] => {
  const { type, clusterIPs, ipFamilies, ipFamilyPolicy, externalName = '' } = service.spec
  if (type === 'LoadBalancer' || type === 'NodePort')
    return isHeadless(service)
      ? [invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)]
      : []
  if (type !== 'ExternalName') return []
  const forbidden = (field: string, isSet: boolean) =>
    isSet ? [forbiddenField(`spec.${field}`, 'may not be set for ExternalName services')] : []
  const name = externalName.replace(/\.$/, '')
  return [
    ...forbidden('clusterIPs', (clusterIPs?.length ?? 0) > 0),
    ...forbidden('ipFamilies', (ipFamilies?.length ?? 0) > 0),
    ...forbidden('ipFamilyPolicy', ipFamilyPolicy !== undefined),
    ...(name ? checked('spec.externalName', name, (value) => dns1123Subdomain(value)) : [requiredValue('spec.externalName')]),
  ]
}

const validatePorts = (path: string, ports: readonly ServicePort[] | undefined): FieldError[] => {
  const seen = createSeen()
  const needsName = (ports?.length ?? 0) > 1
  return each(path, ports, (portPath, { name, port, protocol, targetPort, appProtocol }) => [
    ...(needsName ? required(`${portPath}.name`, name ?? '') : []),
    ...(name ? checked(`${portPath}.name`, name, (value) => dns1123Label(value)) : []),
    ...(name && seen(name) ? [duplicateValue(`${portPath}.name`, name)] : []),
    ...checked(`${portPath}.port`, port ?? 0, portNumber),
    ...requiredOneOf(`${portPath}.protocol`, protocol, protocols),
    ...portNumberOrName(`${portPath}.targetPort`, targetPort),
    ...(appProtocol === undefined ? [] : checked(`${portPath}.appProtocol`, appProtocol, qualifiedName)),
  ])
}

const validateAffinity = (path: string, { spec: { sessionAffinity, sessionAffinityConfig } }: Service): FieldError[] => {
  if (sessionAffinity === 'None')
    return sessionAffinityConfig ? [forbiddenField(path, 'must not be set when session affinity is None')] : []
  if (sessionAffinity !== 'ClientIP') return []
  const detail = 'when session affinity type is ClientIP'
  if (!sessionAffinityConfig) return [requiredValue(path, detail)]
  if (!sessionAffinityConfig.clientIP) return [requiredValue(`${path}.clientIP`, detail)]
  const { timeoutSeconds } = sessionAffinityConfig.clientIP
  const secondsPath = `${path}.clientIP.timeoutSeconds`
  if (timeoutSeconds === undefined) return [requiredValue(secondsPath, detail)]
  return timeoutSeconds <= 0 || timeoutSeconds > maxAffinitySeconds
    ? [invalidValue(secondsPath, timeoutSeconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)]
    : []
}

const validateNodePorts = (path: string, { spec: { type, ports } }: Service): FieldError[] => {
  const seen = createSeen()
  return [
    ...each(path, type === 'ClusterIP' ? ports : [], (portPath, { nodePort }) =>
      nodePort ? [forbiddenField(`${portPath}.nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
    ),
    ...each(path, ports, (portPath, { nodePort, protocol }) =>
      nodePort && seen(`${protocol}/${nodePort}`)
        ? [invalidValue(`${portPath}.nodePort`, nodePort, 'provided port is already allocated')]
        : [],
    ),
  ]
}

const uniquePorts = (path: string, ports: readonly ServicePort[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, ports, (portPath, { port, protocol }) =>
    seen(`${protocol}/${port}`)
      ? [
          // how upstream shows it
          duplicateValue(portPath, { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }),
        ]
      : [],
  )
}
