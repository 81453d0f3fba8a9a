import type { Cache } from '../client/cache.ts'
import { labelSelectorMatcher, parseLabelSelector } from '../meta/label-selector.ts'
import type { Node, Pod } from '../resources/resource.ts'
import { namespaces, nodes, podDisruptionBudgets, pods, replicaSets, services } from '../resources/resource.ts'
import { createNodeInfo, type NodeInfo, withoutPod, withPod } from './node-info.ts'
import { createPodInfo, type PodInfo } from './pod-info.ts'
import type { Lookups, Snapshot } from './snapshot.ts'
import { volumeLookupsOf } from './volume-state.ts'

/** Nodes, and the pods on them, kept up to date change by change; what it hands out never changes. */
export class ClusterState {
  readonly #nodes = new Map<string, NodeInfo>()
  /** the node and what was known of each placed pod, by uid */
  readonly #placed = new Map<string, { node: string; info: PodInfo }>()
  /** pods of nodes that are not there (yet) */
  readonly #homeless = new Map<string, Map<string, PodInfo>>()
  readonly #lookups: Lookups
  #snapshot: Snapshot | undefined

  constructor(cache: Cache) {
    this.#lookups = lookupsOf(cache)
  }

  /** Begins anew from what the cache holds. */
  load(cache: Cache): void {
    this.#nodes.clear()
    this.#placed.clear()
    this.#homeless.clear()
    for (const pod of cache.list(pods)) this.setPod(pod)
    for (const node of cache.list(nodes)) this.setNode(node)
  }

  setNode(node: Node): void {
    const { name } = node.metadata
    const before = this.#nodes.get(name)
    const homeless = [...(this.#homeless.get(name)?.values() ?? [])]
    this.#homeless.delete(name)
    this.#nodes.set(name, createNodeInfo(node, before?.pods ?? homeless))
    this.#snapshot = undefined
  }

  removeNode(name: string): void {
    const before = this.#nodes.get(name)
    this.#nodes.delete(name)
    if (before?.pods.length) this.#homeless.set(name, new Map(before.pods.map((pod) => [pod.uid, pod])))
    this.#snapshot = undefined
  }

  /** A pod that has a node and has not ended takes its room there. */
  setPod(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    const node = pod.spec.nodeName
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (!node || ended) {
      this.removePod(uid)
      return
    }
    const before = this.#placed.get(uid)
    if (before && sameToScheduling(before.info.pod, pod)) return
    this.removePod(uid)
    const info = createPodInfo(pod)
    this.#placed.set(uid, { node, info })
    const nodeInfo = this.#nodes.get(node)
    if (nodeInfo) this.#nodes.set(node, withPod(nodeInfo, info))
    else this.#homeless.set(node, (this.#homeless.get(node) ?? new Map()).set(uid, info))
    this.#snapshot = undefined
  }

  removePod(uid: string): void {
    const before = this.#placed.get(uid)
    if (!before) return
    this.#placed.delete(uid)
    const nodeInfo = this.#nodes.get(before.node)
    if (nodeInfo) this.#nodes.set(before.node, withoutPod(nodeInfo, uid))
    else this.#homeless.get(before.node)?.delete(uid)
    this.#snapshot = undefined
  }

  snapshot(): Snapshot {
    this.#snapshot ??= { nodes: [...this.#nodes.values()], lookups: this.#lookups }
    return this.#snapshot
  }
}

/** Status updates of a running pod, the bulk of all changes, move nothing. */
const sameToScheduling = (a: Pod, b: Pod) =>
  a.spec.nodeName === b.spec.nodeName &&
  a.metadata.generation === b.metadata.generation &&
  a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
  JSON.stringify(a.metadata.labels) === JSON.stringify(b.metadata.labels)

const lookupsOf = (cache: Cache): Lookups => ({
  disruptionBudgets: (namespace) => cache.list(podDisruptionBudgets, namespace),
  volumes: volumeLookupsOf(cache),
  namespaceLabels: (name) => cache.get(namespaces, '', name)?.metadata.labels,
  defaultSelector: (pod) => {
    const { namespace = '', labels = {}, ownerReferences } = pod.metadata
    const texts: string[] = []
    for (const { spec } of cache.list(services, namespace)) {
      const pairs = Object.entries(spec.selector ?? {})
      if (pairs.length && pairs.every(([key, value]) => labels[key] === value))
        texts.push(...pairs.map(([key, value]) => `${key}=${value}`))
    }
    const owner = ownerReferences?.find(({ controller }) => controller)
    const replicaSet = owner?.kind === 'ReplicaSet' ? cache.get(replicaSets, namespace, owner.name) : undefined
    const own = replicaSet && labelSelectorMatcher(replicaSet.spec.selector).toString()
    const text = [...new Set(texts), ...(own ? [own] : [])].join(',')
    return text ? parseLabelSelector(text) : undefined
  },
})
