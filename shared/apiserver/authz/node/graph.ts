import type { Clock } from '../../../platform/clock.ts'
import type { ResourceSlice, VolumeAttachment } from '../../../resources/resource.ts'
import { createLogAge } from '../../../storage/log-age.ts'
import type { LogTail, TailChange } from '../../../storage/log-tail.ts'
import type { Store } from '../../../storage/store.ts'
import { Kept } from './kept.ts'
import { type NamedByPods, PodEdges } from './pod-edges.ts'
import { VolumeEdges } from './volume-edges.ts'

/** Objects that say their node themselves. */
type OfNode = 'volumeattachments.storage.k8s.io' | 'resourceslices.resource.k8s.io'

export type Vertex = NamedByPods | 'persistentvolumes' | OfNode

const isOfNode = (vertex: Vertex): vertex is OfNode =>
  vertex === 'volumeattachments.storage.k8s.io' || vertex === 'resourceslices.resource.k8s.io'

/** Which objects lead to which nodes: by pods that name them, claims that pods name, volumes bound to those, and Secrets of the volumes, or because they say so. */
export interface NodeGraph {
  /** With everything that was acknowledged before the call, if it says no; what it says yes to held at most two seconds ago. */
  leads(from: { vertex: Vertex; namespace: string; name: string }, node: string): Promise<boolean>
}

/** What was unbound may count this long in a process that heard nothing of it, as in decision 017. */
const maxAgeMs = 2000

/** Nothing is listed before a node asks: then the pods of the namespace in question, and the volumes. */
export const createNodeGraph = ({ store, logTail, clock }: { store: Store; logTail: LogTail; clock: Clock }): NodeGraph => {
  const loads = new Loads(store, logTail)
  const age = createLogAge(clock)

  const claimLeads = async (claim: { namespace: string; name: string }, node: string) =>
    (await loads.pods(claim.namespace)).lead('persistentvolumeclaims', claim.name, node)
  const look: NodeGraph['leads'] = async ({ vertex, namespace, name }, node) => {
    if (isOfNode(vertex)) return (await loads.ofNode(vertex)).get(name) === node
    if (vertex === 'persistentvolumes') {
      const volumes = await loads.volumes()
      if (volumes.nodeOf(name) === node) return true
      const claim = volumes.claimOf(name)
      return claim !== undefined && claimLeads(claim, node)
    }
    if ((await loads.pods(namespace)).lead(vertex, name, node)) return true
    if (vertex !== 'secrets') return false
    for (const claim of (await loads.volumes()).claimsOfSecret({ namespace, name }))
      if (await claimLeads(claim, node)) return true
    return false
  }

  return {
    leads: async (from, node) => {
      if (age.isWithin(maxAgeMs) && (await look(from, node))) return true
      await age.during(() => logTail.catchUp())
      return look(from, node)
    },
  }
}

interface Loaded {
  readonly value: unknown
  readonly kept: Kept<unknown>
}

/** Lists, once each, and what the log brought since. */
class Loads {
  readonly #store: Store
  /** by resource and namespace, '' where there is none */
  readonly #known = new Map<string, Loaded>()
  readonly #loading = new Map<string, Promise<Loaded>>()
  #resets = 0

  constructor(store: Store, tail: LogTail) {
    this.#store = store
    tail.listen({
      changes: (changes) => {
        for (const change of changes) this.#apply(change)
      },
      reset: () => {
        this.#resets++
        this.#known.clear()
      },
    })
  }

  async pods(namespace: string): Promise<PodEdges> {
    return this.#load('pods', namespace, () => {
      const value = new PodEdges()
      return { value, kept: value.pods as Kept<unknown> }
    }) as Promise<PodEdges>
  }

  async volumes(): Promise<VolumeEdges> {
    return this.#load('persistentvolumes', '', () => {
      const value = new VolumeEdges()
      return { value, kept: value.volumes as Kept<unknown> }
    }) as Promise<VolumeEdges>
  }

  async ofNode(resource: OfNode): Promise<Kept<string>> {
    return this.#load(resource, '', () => {
      const value = new Kept({ read: (object) => (object as VolumeAttachment | ResourceSlice).spec?.nodeName || undefined })
      return { value, kept: value as Kept<unknown> }
    }) as Promise<Kept<string>>
  }

  async #load(resource: string, namespace: string, make: () => Loaded): Promise<unknown> {
    const key = `${resource}/${namespace}`
    const known = this.#known.get(key)
    if (known?.kept.started) return known.value
    const loading = this.#loading.get(key) ?? this.#list(resource, namespace, make).finally(() => this.#loading.delete(key))
    this.#loading.set(key, loading)
    return (await loading).value
  }

  async #list(resource: string, namespace: string, make: () => Loaded): Promise<Loaded> {
    const key = `${resource}/${namespace}`
    for (;;) {
      const resets = this.#resets
      const made = make()
      this.#known.set(key, made)
      try {
        const { entries, revision } = await this.#store.list(resource, namespace === '' ? {} : { namespace })
        if (resets !== this.#resets) continue
        made.kept.start(entries, revision)
        // Anybody may ask for namespaces that are not there.
        if (namespace !== '' && made.kept.size === 0) this.#known.delete(key)
        return made
      } catch (error) {
        this.#known.delete(key)
        throw error
      }
    }
  }

  #apply(change: TailChange): void {
    const { resource, namespace } = change.key
    this.#known.get(`${resource}/${namespace}`)?.kept.apply(change)
  }
}
