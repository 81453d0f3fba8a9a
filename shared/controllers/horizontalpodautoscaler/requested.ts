import { toMillis } from '../../meta/quantity.ts'
import type { Container } from '../../resources/generated/types.ts'
import type { Pod } from '../../resources/resource.ts'
import { MetricFailure } from './samples.ts'

/** Of each pod, in thousandths, what its containers, or the one named, ask for. Throws MetricFailure for one that does not say. */
export const requestsOf = (pods: readonly Pod[], resource: string, container: string): ReadonlyMap<string, number> =>
  new Map(
    pods.map((pod) => [
      pod.metadata.name,
      container === '' && isForWholePod(pod) ? ofWholePod(pod, resource) : ofContainers(pod, resource, container),
    ]),
  )

const isPodLevel = (resource: string) => resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-')

const isForWholePod = ({ spec }: Pod): boolean => Object.keys(spec.resources?.requests ?? {}).some(isPodLevel)

const ofWholePod = ({ spec, metadata }: Pod, resource: string): number => {
  const given = isPodLevel(resource) ? spec.resources?.requests?.[resource] : undefined
  const containers = running(spec).flatMap(({ resources }) => resources?.requests?.[resource] ?? [])
  if (given === undefined && containers.length === 0)
    throw new MetricFailure(`missing pod-level request for ${resource} in Pod ${metadata.name}`)
  const own = given === undefined ? containers.reduce((sum, one) => sum + toMillis(one), 0) : toMillis(given)
  return own + toMillis(spec.overhead?.[resource] ?? '0')
}

const ofContainers = ({ spec, metadata }: Pod, resource: string, container: string): number => {
  const wanted = running(spec).filter(({ name }) => container === '' || name === container)
  if (container !== '' && wanted.length === 0) throw new MetricFailure(`container ${container} not found in Pod ${metadata.name}`)
  return wanted.reduce((sum, { name, resources }) => {
    const request = resources?.requests?.[resource]
    if (request === undefined)
      throw new MetricFailure(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`)
    return sum + toMillis(request)
  }, 0)
}

/** Those that run as long as the pod. */
const running = ({ containers, initContainers = [] }: Pod['spec']): Container[] => [
  ...containers,
  ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
]
