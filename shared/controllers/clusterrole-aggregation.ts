import type { Cache, Index } from '../client/cache.ts'
import { labelSelectorMatcher } from '../meta/label-selector.ts'
import type { PolicyRule } from '../resources/generated/types.ts'
import { type ClusterRole, clusterRoles } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { semanticallyEqual } from './semantic-equality.ts'

const aggregated: Index<ClusterRole> = {
  name: 'aggregated',
  resource: clusterRoles,
  valuesOf: ({ aggregationRule }) => (aggregationRule ? ['true'] : []),
}

/**
 * "You can aggregate several ClusterRoles into one combined ClusterRole": its rules are what its selectors find, and nothing else.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation',
  watches: [
    watch(clusterRoles, (_object, _previous, cache) => cache.byIndex(aggregated, 'true').map(({ metadata }) => metadata.name)),
  ],
  reconcile: async (name, { cache, client }) => {
    const role = cache.get(clusterRoles, '', name)
    if (!role?.aggregationRule) return
    const rules = aggregatedRules(role, cache)
    if (semanticallyEqual(rules, role.rules ?? [])) return
    // One that was made anew is looked at by its own event.
    const { uid } = role.metadata
    await client.patch(clusterRoles, '', name, { type: 'merge', body: { metadata: { uid }, rules } })
  },
}

const aggregatedRules = ({ metadata, aggregationRule }: ClusterRole, cache: Cache): PolicyRule[] => {
  const all = cache.list(clusterRoles).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const found = new Map<string, PolicyRule>()
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const matcher = labelSelectorMatcher(selector)
    for (const other of all) {
      if (other.metadata.name === metadata.name || !matcher.matches(other.metadata.labels)) continue
      for (const rule of other.rules ?? []) {
        const key = keyOf(rule)
        if (!found.has(key)) found.set(key, rule)
      }
    }
  }
  return [...found.values()]
}

const keyOf = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): string =>
  JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs])
