import { type LabelSelectorMatcher, parseLabelSelector } from '../../meta/label-selector.ts'
import { ApiError } from '../../meta/status.ts'
import type { Pod } from '../../resources/resource.ts'
import type { AutoscalerMemory } from './memory.ts'

/** Why a target's pods can't be told. `told` in an Event of its own. */
export interface SelectorFinding {
  readonly event: 'SelectorRequired' | 'InvalidSelector' | 'AmbiguousSelector'
  readonly reason: 'InvalidSelector' | 'AmbiguousSelector'
  readonly message: string
  readonly told: string
}

export interface SelectorInput {
  readonly text: string
  /** of the autoscaler */
  readonly namespace: string
  readonly name: string
  /** all of the namespace */
  readonly pods: readonly Pod[]
  /** what the namespace's autoscalers remember, by name */
  readonly known: ReadonlyMap<string, AutoscalerMemory>
}

/** The pods that the target's selector matches, unless another autoscaler has one of them. */
export const selectedPods = (input: SelectorInput): { readonly pods: readonly Pod[] } | SelectorFinding => {
  const { text, namespace, name } = input
  if (text === '') {
    const message = "the HPA target's scale is missing a selector"
    return { event: 'SelectorRequired', reason: 'InvalidSelector', message, told: 'selector is required' }
  }
  const parsed = parse(text)
  if (typeof parsed === 'string') {
    const message = `couldn't convert selector into a corresponding internal selector object: ${parsed}`
    return { event: 'InvalidSelector', reason: 'InvalidSelector', message, told: message }
  }
  const pods = input.pods.filter(({ metadata }) => parsed.matches(metadata.labels))
  const others = [...input.known].filter(([other, { selector }]) => other !== name && matchesAny(selector, pods))
  if (others.length === 0) return { pods }
  const all = [name, ...others.map(([other]) => other)].sort().map((one) => `${namespace}/${one}`)
  const message = `pods by selector ${text} are controlled by multiple HPAs: [${all.join(' ')}]`
  return { event: 'AmbiguousSelector', reason: 'AmbiguousSelector', message, told: message }
}

const parse = (text: string): LabelSelectorMatcher | string => {
  try {
    return parseLabelSelector(text)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return error.message
  }
}

const matchesAny = (text: string, pods: readonly Pod[]): boolean => {
  const selector = text === '' ? undefined : parse(text)
  return typeof selector === 'object' && pods.some(({ metadata }) => selector.matches(metadata.labels))
}
