import {
  claimsNamedBy,
  configMapsNamedBy,
  resourceClaimsNamedBy,
  secretsNamedBy,
} from '../../../resources/core/pod/named-object.ts'
import type { Pod } from '../../../resources/resource.ts'
import { Kept } from './kept.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export type NamedByPods =
  | 'configmaps'
  | 'secrets'
  | 'serviceaccounts'
  | 'persistentvolumeclaims'
  | 'resourceclaims.resource.k8s.io'
  | 'pods'

interface Edges {
  readonly node: string
  /** `resource/name`, the pod itself among them */
  readonly names: readonly string[]
}

/** Pure: what leads from a bound pod to its node; undefined: it has none. A mirror pod, which a node makes itself, leads to nothing but itself. */
export const edgesOfPod = (pod: Pod): Edges | undefined => {
  const { metadata, spec } = pod
  if (!spec.nodeName) return undefined
  const itself = `pods/${metadata.name}`
  if (metadata.annotations?.[mirrorAnnotation] !== undefined) return { node: spec.nodeName, names: [itself] }
  const named = (resource: NamedByPods, names: readonly string[]) => names.map((name) => `${resource}/${name}`)
  return {
    node: spec.nodeName,
    names: [
      itself,
      ...named('serviceaccounts', spec.serviceAccountName ? [spec.serviceAccountName] : []),
      ...named('secrets', secretsNamedBy(spec)),
      ...named('configmaps', configMapsNamedBy(spec)),
      ...named('persistentvolumeclaims', claimsNamedBy(pod)),
      ...named('resourceclaims.resource.k8s.io', resourceClaimsNamedBy(pod)),
    ],
  }
}

/** What the pods of one namespace name, by the nodes that they are on. */
export class PodEdges {
  /** how many pods of a node name an object, by both */
  readonly #counts = new Map<string, number>()
  readonly pods = new Kept<Edges>({
    read: (object) => edgesOfPod(object as Pod),
    added: (edges) => this.#count(edges, 1),
    removed: (edges) => this.#count(edges, -1),
  })

  lead(resource: NamedByPods, name: string, node: string): boolean {
    this.pods.settle()
    return this.#counts.has(keyOf(node, `${resource}/${name}`))
  }

  #count({ node, names }: Edges, by: 1 | -1): void {
    for (const name of names) {
      const key = keyOf(node, name)
      const count = (this.#counts.get(key) ?? 0) + by
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    }
  }
}

/** No name has a space. */
const keyOf = (node: string, name: string) => `${node} ${name}`
