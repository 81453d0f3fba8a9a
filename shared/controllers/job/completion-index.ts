import type { Pod } from '../../resources/resource.ts'

/** The name of the annotation and of the label of a pod that say for which index of its Job it stands. */
export const completionIndexName = 'batch.kubernetes.io/job-completion-index'

/** The index of a pod of an Indexed Job, whatever the Job's completions; undefined: it has none that is a number. */
export const completionIndexOf = ({ metadata }: Pod): number | undefined =>
  wholeNumber(metadata.annotations?.[completionIndexName])

/** As above, of those that the Job counts. */
export const countedIndexOf = (pod: Pod, completions: number): number | undefined => {
  const index = completionIndexOf(pod)
  return index !== undefined && index < completions ? index : undefined
}

const failureCountName = 'batch.kubernetes.io/job-index-failure-count'
const ignoredFailureCountName = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** How often the index of a pod had failed before it: each pod carries it on from the one in whose place it comes. */
export interface IndexFailures {
  readonly counted: number
  /** by a policy */
  readonly ignored: number
}

/** What users wrote over it counts as nothing. */
export const indexFailuresOf = ({ metadata: { annotations = {} } }: Pod): IndexFailures => ({
  counted: smallNumber(annotations[failureCountName]),
  ignored: smallNumber(annotations[ignoredFailureCountName]),
})

export const totalFailuresOf = (pod: Pod): number => {
  const { counted, ignored } = indexFailuresOf(pod)
  return counted + ignored
}

export const indexFailuresAnnotations = ({ counted, ignored }: IndexFailures): Record<string, string> => ({
  [failureCountName]: String(counted),
  ...(ignored > 0 && { [ignoredFailureCountName]: String(ignored) }),
})

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^(\+?\d+|-0+)$/.test(text) && Number.isSafeInteger(Number(text)) ? Math.abs(Number(text)) : undefined

const smallNumber = (text: string | undefined): number => {
  const value = wholeNumber(text)
  return value !== undefined && value < 2 ** 31 ? value : 0
}
