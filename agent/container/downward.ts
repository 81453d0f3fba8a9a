import { parseQuantity } from '../../shared/meta/quantity.ts'
import type { Container, ResourceFieldSelector } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { ConfigError } from './config-error.ts'

/** What a pod's field references are resolved against. */
export interface DownwardInput {
  readonly pod: Pod
  readonly podIP: string | undefined
  readonly hostIP: string
  /** of the node, for limits that are not set */
  readonly allocatable: Readonly<Record<string, string>>
}

const fields: Readonly<Record<string, (input: DownwardInput) => string | undefined>> = {
  'metadata.name': ({ pod }) => pod.metadata.name,
  'metadata.namespace': ({ pod }) => pod.metadata.namespace,
  'metadata.uid': ({ pod }) => pod.metadata.uid,
  'metadata.labels': ({ pod }) => keyValueLines(pod.metadata.labels),
  'metadata.annotations': ({ pod }) => keyValueLines(pod.metadata.annotations),
  'spec.nodeName': ({ pod }) => pod.spec.nodeName,
  'spec.serviceAccountName': ({ pod }) => pod.spec.serviceAccountName,
  'status.hostIP': ({ hostIP }) => hostIP,
  'status.hostIPs': ({ hostIP }) => hostIP,
  'status.podIP': ({ podIP }) => podIP,
  'status.podIPs': ({ podIP }) => podIP,
}

const keyValueLines = (map: Record<string, string> = {}) =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')

export const fieldValue = (input: DownwardInput, path: string): string => {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed) return input.pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? ''
  const read = fields[path]
  if (!read) throw new ConfigError(`unsupported fieldPath: ${path}`)
  return read(input) ?? ''
}

export const resourceValue = (input: DownwardInput, selector: ResourceFieldSelector, container: Container): string => {
  const [kind, name] = [
    selector.resource.slice(0, selector.resource.indexOf('.')),
    selector.resource.slice(selector.resource.indexOf('.') + 1),
  ]
  if (kind !== 'limits' && kind !== 'requests') throw new ConfigError(`unsupported container resource : ${selector.resource}`)
  const { limits, requests } = container.resources ?? {}
  // A limit of nothing is none.
  const limit = limits?.[name] !== undefined && parseQuantity(limits[name]).nano > 0n ? limits[name] : input.allocatable[name]
  const value = kind === 'limits' ? limit : (requests?.[name] ?? limits?.[name] ?? '0')
  if (value === undefined) throw new ConfigError(`unsupported container resource : ${selector.resource}`)
  const divisor = parseQuantity(selector.divisor && selector.divisor !== '0' ? selector.divisor : '1').nano
  const amount = parseQuantity(value).nano
  return ((amount + divisor - 1n) / divisor).toString()
}

/** The container that a resourceFieldRef names. Throws ConfigError. */
export const containerOf = (pod: Pod, name: string | undefined): Container => {
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((container) => container.name === name)
  if (!found) throw new ConfigError(`container ${name} not found`)
  return found
}
