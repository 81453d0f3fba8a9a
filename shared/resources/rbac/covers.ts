import { CompiledRole } from './compiled-role.ts'
import { type Permission, permissionsOf } from './permission.ts'
import type { PolicyRule } from './policy-rule.ts'

/** Of what `wanted` gives, that which `owned` does not; at most `limit` of it. */
export const uncovered = (
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
  limit = Number.POSITIVE_INFINITY,
): Permission[] => {
  const owner = new CompiledRole(owned)
  const missing: Permission[] = []
  for (const rule of wanted)
    for (const permission of permissionsOf(rule)) {
      if (owner.covers(permission)) continue
      missing.push(permission)
      if (missing.length >= limit) return missing
    }
  return missing
}
