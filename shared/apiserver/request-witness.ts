import type { KubeObject } from '../meta/object.ts'

/** Is told what a request's body was taken for. */
export interface RequestWitness {
  /** the answer is asked for too, whole */
  readonly wantsResponse: boolean
  /** the object that was sent, decoded; later it may change */
  requested(object: KubeObject): void
  /** A patch as it came, JSON or YAML, or the options of a deletion; `type`: what it is where it does not say so. */
  requestedBytes(bytes: Uint8Array, type?: { readonly kind: string; readonly apiVersion: string }): void
}
