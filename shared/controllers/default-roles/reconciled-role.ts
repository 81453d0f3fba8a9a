import type { KubeObject } from '../../meta/object.ts'
import type { AggregationRule, PolicyRule } from '../../resources/generated/types.ts'
import { uncovered } from '../../resources/rbac/covers.ts'
import { autoupdateAnnotation } from '../../resources/rbac/default-roles/builders.ts'
import { ruleOf } from '../../resources/rbac/permission.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

/**
 * "At each start-up, the API server updates default cluster roles with any missing permissions". What was added stays.
 * undefined: it is as it should be, or somebody said to leave it alone.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
export const reconciledRole = <
  T extends KubeObject & { rules?: PolicyRule[] | null; aggregationRule?: AggregationRule | undefined },
>(
  existing: T,
  expected: T,
): T | undefined => {
  if (isProtected(existing)) return undefined
  const rules = existing.rules ?? []
  const missing = uncovered(rules, expected.rules ?? []).map(ruleOf)
  const { aggregationRule, ...role } = withMetadata(existing, expected)
  const selectors = aggregationRule?.clusterRoleSelectors ?? []
  const wanted = expected.aggregationRule?.clusterRoleSelectors ?? []
  const missingSelectors = wanted.filter((one) => !selectors.some((other) => semanticallyEqual(one, other)))
  const reconciled = {
    ...role,
    ...(expected.aggregationRule ? { aggregationRule: { clusterRoleSelectors: [...selectors, ...missingSelectors] } } : {}),
    rules: missing.length > 0 ? [...rules, ...missing] : existing.rules,
  } as unknown as T
  return semanticallyEqual(reconciled, existing) ? undefined : reconciled
}

export const isProtected = ({ metadata }: KubeObject): boolean => metadata.annotations?.[autoupdateAnnotation] === 'false'

/** What an administrator wrote over labels and annotations stays. */
export const withMetadata = <T extends KubeObject>(existing: T, expected: T): T => ({
  ...existing,
  metadata: {
    ...existing.metadata,
    labels: { ...expected.metadata.labels, ...existing.metadata.labels },
    annotations: { ...expected.metadata.annotations, ...existing.metadata.annotations },
  },
})
