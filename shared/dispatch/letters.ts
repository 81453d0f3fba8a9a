import type { Cache, Index } from '../client/cache.ts'
import type { ObjectKey } from '../meta/object.ts'
import type { Letter } from '../queue/mailboxes.ts'
import { configMapsNamedBy, secretsNamedBy } from '../resources/core/pod/named-object.ts'
import { isDirectoryUnwanted, nodeOfDirectory } from '../resources/core/volume/local-directory.ts'
import { nodes, type PersistentVolume, type Pod, pods } from '../resources/resource.ts'
import type { DispatchChange } from './dispatch.ts'

type KeyedChange = DispatchChange & { readonly key: ObjectKey; readonly revision: number }

/** what every agent needs for Services, DNS and the network between nodes */
const everywhere = new Set(['services', 'endpointslices.discovery.k8s.io', 'nodes', 'namespaces'])

/** Pure: which nodes' agents are to look at a changed object. */
export const lettersOf = (change: KeyedChange, cache: Cache): Letter[] => {
  const { resource, namespace, name } = change.key
  const body = { resource, namespace, name, revision: change.revision }
  return nodesConcerned(change, cache).map((node) => ({ node, body }))
}

const nodesConcerned = (change: KeyedChange, cache: Cache): string[] => {
  const { resource, object, previous, key } = change
  if (resource === 'pods') {
    const node = ((object ?? previous) as Pod | undefined)?.spec.nodeName
    return node ? [node] : []
  }
  if (resource === 'nodes' && !networkChanged(change)) return object ? [key.name] : []
  if (everywhere.has(resource)) return cache.list(nodes).map(({ metadata }) => metadata.name)
  if (resource === 'persistentvolumes') return ofDirectory(object as PersistentVolume | undefined)
  if (resource !== 'configmaps' && resource !== 'secrets') return []
  const users = cache.byIndex(podsByConfiguration, `${resource}/${key.namespace}/${key.name}`)
  return [...new Set(users.flatMap(({ spec }) => spec.nodeName ?? []))]
}

/** Of a volume that is a directory its node is told when it is to be removed. */
const ofDirectory = (volume: PersistentVolume | undefined): string[] => {
  const node = volume && isDirectoryUnwanted(volume) ? nodeOfDirectory(volume) : undefined
  return node === undefined ? [] : [node]
}

/** A node's status changes often, and concerns no other node. */
const networkChanged = ({ object, previous }: DispatchChange): boolean => {
  if (!object || !previous) return true
  const view = (node: typeof object) => {
    const { spec, status } = node as { spec?: { podCIDR?: string }; status?: { addresses?: unknown } }
    return JSON.stringify([spec?.podCIDR, status?.addresses, node.metadata.labels])
  }
  return view(object) !== view(previous)
}

/** Pods by the ConfigMaps and Secrets that their agent reads for them. */
const podsByConfiguration: Index<Pod> = {
  name: 'configuration',
  resource: pods,
  valuesOf: ({ metadata, spec }) => {
    const keysOf = (resource: string, names: readonly string[]) =>
      names.map((name) => `${resource}/${metadata.namespace ?? ''}/${name}`)
    return [...keysOf('configmaps', configMapsNamedBy(spec)), ...keysOf('secrets', secretsNamedBy(spec))]
  },
}
