import { jsonEqual } from '../../../meta/json-equal.ts'
import type { Toleration } from '../../../resources/generated/types.ts'

/** Both lists, without what another one of them says already. */
export const mergeTolerations = (first: readonly Toleration[], second: readonly Toleration[]): Toleration[] => {
  const all = [...first, ...second]
  const merged: Toleration[] = []
  for (const [index, one] of all.entries()) {
    if (merged.some((other) => covers(other, one))) continue
    // of equal ones the first is kept
    if (all.slice(index + 1).some((other) => !jsonEqual(other, one) && covers(other, one))) continue
    merged.push(one)
  }
  return merged
}

/** Whether `wide` tolerates all that `narrow` does. */
const covers = (wide: Toleration, narrow: Toleration): boolean => {
  if (jsonEqual(wide, narrow)) return true
  const { key = '', operator, effect = '', tolerationSeconds } = wide
  if (key !== (narrow.key ?? '') && (key !== '' || operator !== 'Exists')) return false
  if (effect !== '' && effect !== (narrow.effect ?? '')) return false
  if (effect === 'NoExecute' && tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > tolerationSeconds) return false
  }
  if (operator === 'Exists') return true
  return narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '')
}
