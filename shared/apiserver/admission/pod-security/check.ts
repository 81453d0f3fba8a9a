import type { ObjectMeta } from '../../../meta/object-meta.ts'
import type { Container, PodSpec } from '../../../resources/generated/types.ts'

/** A pod, or what of it a template says. */
export interface Checked {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
}

/** Why a pod is not allowed, in upstream's words. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** One rule of the Pod Security Standards: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** from the oldest */
  readonly versions: readonly CheckVersion[]
}

export interface CheckVersion {
  /** the first minor version that it holds for */
  readonly from: number
  /** undefined: the pod is allowed */
  readonly check: (pod: Checked) => Violation | undefined
  /** checks of the baseline that this one is stricter than */
  readonly overrides?: readonly string[] | undefined
}

export const checkedOf = (metadata: ObjectMeta | undefined, spec: PodSpec): Checked => ({
  annotations: metadata?.annotations ?? {},
  spec,
})

/** Of every kind, in the order in which they are named. */
export const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): Container[] => [
  ...initContainers,
  ...(containers ?? []),
  ...(ephemeralContainers as Container[]),
]

export const namesOf = (spec: PodSpec, isBad: (container: Container) => boolean): string[] =>
  containersOf(spec)
    .filter(isBad)
    .map(({ name }) => name)

export const quoted = (items: readonly string[]): string => `"${items.join('", "')}"`

export const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort()

export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)

/** `containers "a", "b"` */
export const containersText = (names: readonly string[]): string =>
  `${plural(names.length, 'container', 'containers')} ${quoted(names)}`

/** `pod and container "a"`: who says what may not be said. */
export const settersText = (byPod: boolean, names: readonly string[]): string =>
  [...(byPod ? ['pod'] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(' and ')

/** API validation lets a Windows pod say none of it. */
export const unlessWindows =
  (check: CheckVersion['check']): CheckVersion['check'] =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : check(pod)

/** In a user namespace root is nobody outside. */
export const unlessUserNamespace =
  (check: CheckVersion['check']): CheckVersion['check'] =>
  (pod) =>
    pod.spec.hostUsers === false ? undefined : check(pod)
