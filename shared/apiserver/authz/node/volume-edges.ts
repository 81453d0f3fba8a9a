import { nodeOfDirectory } from '../../../resources/core/volume/local-directory.ts'
import { nodeSecretsOfVolume, type SecretKey } from '../../../resources/core/volume-secret.ts'
import type { PersistentVolume } from '../../../resources/resource.ts'
import { Kept } from './kept.ts'

interface Edges {
  /** the claim that it is bound to */
  readonly claim?: SecretKey | undefined
  /** the one whose directory it is */
  readonly node?: string | undefined
  readonly secrets: readonly SecretKey[]
}

/** Pure: undefined: it leads nowhere. */
const edgesOfVolume = (volume: PersistentVolume): Edges | undefined => {
  const { namespace = '', name = '' } = volume.spec?.claimRef ?? {}
  const node = nodeOfDirectory(volume)
  if (name !== '') return { claim: { namespace, name }, node, secrets: nodeSecretsOfVolume(volume) }
  return node === undefined ? undefined : { node, secrets: [] }
}

/** Which claims lead on from volumes, and from the Secrets that volumes name. */
export class VolumeEdges {
  readonly #bySecret = new Map<string, Set<Edges>>()
  readonly volumes = new Kept<Edges>({
    read: (object) => edgesOfVolume(object as PersistentVolume),
    added: (edges) => {
      for (const key of edges.secrets.map(keyOf)) this.#bySecret.set(key, (this.#bySecret.get(key) ?? new Set()).add(edges))
    },
    removed: (edges) => {
      for (const key of edges.secrets.map(keyOf)) {
        const known = this.#bySecret.get(key)
        known?.delete(edges)
        if (known?.size === 0) this.#bySecret.delete(key)
      }
    },
  })

  claimOf(volume: string): SecretKey | undefined {
    return this.volumes.get(volume)?.claim
  }

  nodeOf(volume: string): string | undefined {
    return this.volumes.get(volume)?.node
  }

  claimsOfSecret(secret: SecretKey): SecretKey[] {
    this.volumes.settle()
    return [...(this.#bySecret.get(keyOf(secret)) ?? [])].flatMap(({ claim }) => claim ?? [])
  }
}

const keyOf = ({ namespace, name }: SecretKey) => `${namespace}/${name}`
