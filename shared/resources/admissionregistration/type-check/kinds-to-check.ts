import type { MatchResources, NamedRuleWithOperations } from '../../generated/types.ts'
import type { KnownKind } from './known-kind.ts'

/** of one rule */
const mostKinds = 10

/** Kinds that a policy's rules name outright, in order of group, version and kind. Rules with wildcards and subresources name none. */
export const kindsToCheck = (constraints: MatchResources | undefined, known: readonly KnownKind[]): KnownKind[] => {
  const found = new Set<KnownKind>()
  for (const rule of constraints?.resourceRules ?? []) if (!addKinds(rule, known, found)) break
  return [...found].sort((a, b) => order(a.group, b.group) || order(a.version, b.version) || order(a.kind, b.kind))
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** False: these are enough. */
const addKinds = (rule: NamedRuleWithOperations, known: readonly KnownKind[], found: Set<KnownKind>): boolean => {
  const { apiGroups = [], apiVersions = [], resources = [] } = rule
  if ([...apiGroups, ...apiVersions].some((one) => one.includes('*'))) return true
  const named = resources.filter((one) => !/[*/]/.test(one)).sort()
  let count = 0
  for (const group of [...apiGroups].sort())
    for (const version of [...apiVersions].sort())
      for (const resource of named)
        for (const kind of known) {
          // As upstream's mapper has it, no group means any.
          if ((group !== '' && kind.group !== group) || kind.version !== version || !kind.names.includes(resource)) continue
          found.add(kind)
          if (++count === mostKinds) return false
        }
  return true
}
