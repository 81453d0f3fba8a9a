import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'

/** Where a container stands in its pod, as Events name it. */
export const fieldPathOf = (pod: Pod, { name }: Container): string => {
  const kinds = ['containers', 'initContainers', 'ephemeralContainers'] as const
  const kind = kinds.find((each) => pod.spec[each]?.some((container) => container.name === name)) ?? 'containers'
  return `spec.${kind}{${name}}`
}
