import { type ElementChange, elementId, type MapElement, type RuleSet } from './ruleset.ts'

/**
 * Two Services may claim one externalIP and port. A map holds one of them: the claim of the Service first by name, until
 * that is gone.
 */
export interface ElementOwners {
  /** Pure until `commit`, which is to be called when the changes stand. */
  plan(changes: readonly { key: string; before: RuleSet; after: RuleSet }[]): {
    elements: readonly ElementChange[]
    commit(): void
  }
}

type Claims = ReadonlyMap<string, MapElement>

export const createElementOwners = (): ElementOwners => {
  const claims = new Map<string, Claims>()
  return {
    plan: (changes) => {
      const touched = new Map<string, Map<string, MapElement>>()
      const claimsOf = (id: string) => {
        const found = touched.get(id) ?? new Map(claims.get(id) ?? [])
        touched.set(id, found)
        return found
      }
      for (const { key, before, after } of changes) {
        for (const element of before.elements) claimsOf(elementId(element)).delete(key)
        for (const element of after.elements) claimsOf(elementId(element)).set(key, element)
      }
      return {
        elements: [...touched].map(([id, after]) => ({ before: winner(claims.get(id)), after: winner(after) })),
        commit: () => {
          for (const [id, after] of touched) {
            if (after.size > 0) claims.set(id, after)
            else claims.delete(id)
          }
        },
      }
    },
  }
}

const winner = (claims: Claims | undefined): MapElement | undefined => {
  let first: string | undefined
  for (const key of claims?.keys() ?? []) if (first === undefined || key < first) first = key
  return first === undefined ? undefined : claims?.get(first)
}
