import { countOf } from '../../resources/batch/index-intervals.ts'
import type { JobSpec } from '../../resources/generated/types.ts'
import { type IndexSet, overlapSize, parseIndexSet } from './index-set.ts'

/** Which rule says that the Job has succeeded, in words; undefined: none. */
export const metSuccessRule = ({ successPolicy, completions = 0 }: JobSpec, succeeded: IndexSet): string | undefined => {
  if (succeeded.length === 0) return undefined
  const index = (successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && countOf(succeeded) >= succeededCount
    const required = parseIndexSet(succeededIndexes, completions)
    if (required.length === 0) return false
    const reached = overlapSize(required, succeeded)
    return reached === countOf(required) || (succeededCount !== undefined && reached >= succeededCount)
  })
  return index < 0 ? undefined : `Matched rules at index ${index}`
}
