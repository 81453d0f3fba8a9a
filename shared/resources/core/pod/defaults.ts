import { formatQuantity } from '../../../meta/quantity.ts'
import type {
  Container,
  HTTPGetAction,
  PodSpec,
  PodStatus,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
} from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'
import { roundUpAmounts } from '../resource-list.ts'
import { dropDisabledFields } from './disabled-fields.ts'
import { defaultPullPolicy } from './image.ts'
import { isPodLevelResource, sumOfContainers } from './resources.ts'
import { defaultFieldSelector, defaultVolume } from './volume-defaults.ts'

/** Defaults of what is a pod, and not the template of one. */
export const defaultPod = (pod: Pod) => {
  const { spec, status } = pod
  if (status) syncPodIPs(status)
  // decoded, but not yet validated
  spec.containers ??= []
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    defaultRequests(container)
    if (spec.hostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort
  }
  if (spec.resources) defaultPodResources(spec, spec.resources)
  spec.enableServiceLinks ??= true
  // who asks for less than nothing gets the least there is
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1
  defaultPodSpec(spec)
}

export const defaultPodTemplate = (template: PodTemplateSpec) => {
  template.metadata ??= {}
  template.spec ??= { containers: [] }
  template.spec.containers ??= []
  defaultPodSpec(template.spec)
}

const defaultPodSpec = (spec: PodSpec) => {
  spec.dnsPolicy ||= 'ClusterFirst'
  spec.restartPolicy ||= 'Always'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ||= 'default-scheduler'
  syncServiceAccount(spec)
  dropDisabledFields(spec)
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
  for (const container of [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])])
    defaultContainer(container)
}

/** podIP is the first of podIPs; a client that knows only the one means both. */
const syncPodIPs = (status: PodStatus) => {
  if (status.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }]
  status.podIP ??= status.podIPs?.[0]?.ip
}

/** The deprecated `serviceAccount` always says what `serviceAccountName` does. */
export const syncServiceAccount = (spec: PodSpec) => {
  const name = spec.serviceAccountName || spec.serviceAccount
  if (!name) return
  spec.serviceAccountName = name
  spec.serviceAccount = name
}

const defaultContainer = (container: Container) => {
  container.imagePullPolicy ||= defaultPullPolicy(container.image)
  container.terminationMessagePath ||= '/dev/termination-log'
  container.terminationMessagePolicy ||= 'File'
  container.resources ??= {}
  roundUpAmounts(container.resources.limits, container.resources.requests)
  for (const port of container.ports ?? []) port.protocol ||= 'TCP'
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) defaultFieldSelector(valueFrom.fieldRef)
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ??= '0'
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe)
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    if (hook?.httpGet) defaultHTTPGet(hook.httpGet)
}

const defaultProbe = (probe: Probe) => {
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  if (probe.httpGet) defaultHTTPGet(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

const defaultHTTPGet = (action: HTTPGetAction) => {
  action.path ||= '/'
  action.scheme ||= 'HTTP'
}

/** Who limits without a request requests the limit. */
const defaultRequests = ({ resources }: Container) => {
  if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests }
}

/** What a pod as a whole asks for follows from its containers where it does not say. */
export const defaultPodResources = (spec: PodSpec, resources: ResourceRequirements) => {
  if (hasAny(resources.limits) || hasAny(resources.requests)) {
    const limits = { ...resources.limits }
    for (const [name, amount] of sumOfContainers(spec, 'limits'))
      if (name.startsWith('hugepages-') && resources.requests?.[name] === undefined) limits[name] ??= formatQuantity(amount)
    if (hasAny(limits)) resources.limits = limits
  }
  if (!hasAny(resources.limits)) return
  const requests = { ...resources.requests }
  for (const [name, amount] of sumOfContainers(spec, 'requests'))
    if (name === 'cpu' || name === 'memory') requests[name] ??= formatQuantity(amount)
  for (const [name, amount] of Object.entries(resources.limits ?? {})) if (isPodLevelResource(name)) requests[name] ??= amount
  if (hasAny(requests)) resources.requests = requests
}

const hasAny = (list: Record<string, string> | undefined) => Object.keys(list ?? {}).length > 0
