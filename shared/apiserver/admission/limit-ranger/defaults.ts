import { defaultPodResources } from '../../../resources/core/pod/defaults.ts'
import type { Container } from '../../../resources/generated/types.ts'
import type { LimitRange, Pod } from '../../../resources/resource.ts'

const annotation = 'kubernetes.io/limit-ranger'

type Amounts = Readonly<Record<string, string>>

/** Gives containers the requests and limits that they don't say, and the pod a note of it. */
export const giveDefaults = (pod: Pod, { spec }: LimitRange): void => {
  const items = (spec.limits ?? []).filter(({ type }) => type === 'Container')
  // a later item of a range stands above an earlier one
  const requests: Amounts = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest))
  const limits: Amounts = Object.assign({}, ...items.map((item) => item.default))
  const given = [
    ...pod.spec.containers.flatMap((container) => complete(container, { requests, limits }, 'container')),
    ...(pod.spec.initContainers ?? []).flatMap((container) => complete(container, { requests, limits }, 'init container')),
  ]
  if (given.length === 0) return
  const { resources } = pod.spec
  if (resources) defaultPodResources(pod.spec, resources)
  pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${given.join('; ')}` }
}

const complete = (container: Container, defaults: { requests: Amounts; limits: Amounts }, what: string): string[] => {
  container.resources ??= {}
  const { resources } = container
  const fill = (side: 'requests' | 'limits', word: string): string[] => {
    const missing = Object.keys(defaults[side]).filter((name) => resources[side]?.[name] === undefined)
    if (missing.length === 0) return []
    resources[side] = { ...resources[side], ...Object.fromEntries(missing.map((name) => [name, defaults[side][name]!])) }
    return [`${missing.sort().join(', ')} ${word} for ${what} ${container.name}`]
  }
  return [...fill('requests', 'request'), ...fill('limits', 'limit')]
}
