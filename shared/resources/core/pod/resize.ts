import { type FieldError, forbiddenField, invalidValue } from '../../../meta/field-error.ts'
import type { SubresourceUpdate } from '../../definition.ts'
import type { Container, PodSpec, ResourceRequirements } from '../../generated/types.ts'
import { keepMetadata } from '../../keep-metadata.ts'
import type { Pod } from '../../resource.ts'
import { isEquivalent } from '../../validation/equality.ts'
import { each } from '../../validation/value.ts'
import { qosClass, type ResourceList } from './resources.ts'
import { mirrorPod } from './validation/annotation.ts'
import { validatePod } from './validation/pod.ts'

const lists = ['containers', 'initContainers'] as const
type List = (typeof lists)[number]

/** What containers may use, changed while they run. */
export const resize: SubresourceUpdate<Pod> = {
  only: ['containers', 'initContainers'].flatMap((list) =>
    ['resources', 'resizePolicy'].map((field) => `spec.${list}.*.${field}`),
  ),
  prepare: (pod, old) => {
    // Validation refuses what adds or takes away containers, as it is.
    if (lists.some((list) => pod.spec[list]?.length !== old.spec[list]?.length)) return
    const { spec } = pod
    pod.spec = structuredClone(old.spec)
    for (const list of lists) if (spec[list]) pod.spec[list] = onlyResources(spec[list], old.spec[list] ?? [])
    pod.status = old.status
    keepMetadata(pod, old)
  },
  validate: (pod, old) => {
    // upstream's path of the whole object
    const refuse = (detail: string) => [forbiddenField('[]', detail)]
    if (old.metadata.annotations?.[mirrorPod] !== undefined) return refuse('static pods cannot be resized')
    if (old.spec.os?.name === 'windows') return refuse('windows pods cannot be resized')
    const errors = [...validatePod(pod), ...validateWhole(pod, old)]
    if (hasPodResources(pod.spec) || hasPodResources(old.spec)) {
      return [
        ...errors,
        ...refuse(
          'resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled',
        ),
      ]
    }
    const order = lists.flatMap((list) => validateOrder(list, pod.spec[list] ?? [], old.spec[list] ?? []))
    if (order.length > 0) return [...errors, ...order]
    return [...errors, ...validateKept(pod.spec, old.spec), ...validateMutable(pod.spec, old.spec)]
  },
}

/** Another order or name is left as it is, for validation to refuse. */
const onlyResources = (now: readonly Container[], old: readonly Container[]): Container[] =>
  now.every(({ name }, index) => old[index]?.name === name)
    ? now.map(({ resources, resizePolicy }, index) => {
        const { resources: _resources, resizePolicy: _policy, ...rest } = old[index]!
        return { ...rest, resources, ...(resizePolicy && { resizePolicy }) }
      })
    : [...now]

const validateWhole = (pod: Pod, old: Pod): FieldError[] => [
  ...((old.status?.qosClass || qosClass(old.spec)) === qosClass(pod.spec)
    ? []
    : [invalidValue('spec', pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')]),
  ...(isSupported(old) ? [] : [forbiddenField('spec', 'Pod running on node without support for resize')]),
]

/** A node that can resize says what its containers have; before one runs nobody knows. */
const isSupported = ({ status }: Pod): boolean => {
  const running = status?.containerStatuses?.find(({ state }) => state?.running)
  return !running || running.resources !== undefined
}

const hasPodResources = ({ resources }: PodSpec) => keysOf(resources?.limits).length + keysOf(resources?.requests).length > 0

const keysOf = (list: ResourceList | undefined) => Object.keys(list ?? {})

const validateOrder = (list: List, now: readonly Container[], old: readonly Container[]): FieldError[] =>
  now.length === old.length
    ? each(`spec.${list}`, now, (path, { name }, index) =>
        name === old[index]?.name ? [] : [forbiddenField(`${path}.name`, `${list} may not be renamed or reordered on resize`)],
      )
    : [forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`)]

const validateKept = (spec: PodSpec, old: PodSpec): FieldError[] =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    each(`spec.${list}`, spec[list], (path, { resources }, index) => {
      const before = old[list]![index]!
      if (list === 'initContainers' && before.restartPolicy !== 'Always') return []
      return (['requests', 'limits'] as const)
        .filter((side) => keysOf(before.resources?.[side]).some((name) => resources?.[side]?.[name] === undefined))
        .map((side) => forbiddenField(`${path}.resources.${side}`, `resource ${side} cannot be removed`))
    }),
  )

const validateMutable = (spec: PodSpec, old: PodSpec): FieldError[] => [
  ...differing(spec, old, 'containers').map(() => forbiddenField('spec', 'only cpu and memory resources are mutable')),
  ...differing(spec, old, 'initContainers').map(({ restartPolicy }) =>
    forbiddenField(
      'spec',
      restartPolicy === 'Always'
        ? 'only cpu and memory resources for sidecar containers are mutable'
        : 'resources for non-sidecar init containers are immutable',
    ),
  ),
]

/** Containers that differ in more than what may change. */
const differing = (spec: PodSpec, old: PodSpec, list: List): Container[] =>
  (spec[list] ?? []).filter((container, index) => {
    const before = old[list]![index]!
    const mayChange = list === 'containers' || container.restartPolicy === 'Always'
    const rest = mayChange ? { ...container, resources: withOld(container.resources, before.resources) } : container
    return !isEquivalent(rest, mayChange ? { ...before, resources: said(before.resources) } : before)
  })

const mutable = ['cpu', 'memory']

/** Without claims, which upstream forgets here: who has some can't be resized. */
const withOld = (now: ResourceRequirements | undefined, old: ResourceRequirements | undefined): ResourceRequirements => {
  const munged = (side: 'limits' | 'requests') => ({
    ...Object.fromEntries(Object.entries(now?.[side] ?? {}).filter(([name]) => !mutable.includes(name))),
    ...Object.fromEntries(Object.entries(old?.[side] ?? {}).filter(([name]) => mutable.includes(name))),
  })
  return { limits: munged('limits'), requests: munged('requests') }
}

const said = (resources: ResourceRequirements | undefined): ResourceRequirements => ({
  ...resources,
  limits: resources?.limits ?? {},
  requests: resources?.requests ?? {},
})
