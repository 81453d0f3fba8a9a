import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clusterRoleAggregationController } from '../../../shared/controllers/clusterrole-aggregation.ts'
import type { ReconcileContext } from '../../../shared/controllers/controller.ts'
import { createDefaultRolesController, reconcileDefaultRoles } from '../../../shared/controllers/default-roles/default-roles.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import {
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
} from '../../../shared/resources/rbac/default-roles/default-roles.ts'
import { type ClusterRole, clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

const log = createLogger({ write: () => undefined })
const contextOf = ({ client, cache }: TestCluster): ReconcileContext => ({
  client,
  cache,
  clock: systemClock,
  log,
  events: { record: async () => undefined },
})
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate'
const jane = { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }

let cluster: TestCluster
afterEach(() => cluster.stop())

describe('default roles', () => {
  const start = async () => {
    await cluster.cache.sync()
    await reconcileDefaultRoles(cluster)
    await cluster.cache.sync()
  }
  beforeEach(async () => {
    cluster = await startTestCluster({ controllers: [] })
    await start()
  })

  it('are there when several processes start at once, and a second start writes nothing', async () => {
    const other = await startTestCluster({ controllers: [] })
    await Promise.all([1, 2, 3].map(() => createDefaultRolesController().reconcile('default-roles', contextOf(other))))
    await other.cache.sync()
    expect([
      other.cache.list(clusterRoles).length,
      other.cache.list(clusterRoleBindings).length,
      other.cache.list(roles).length,
      other.cache.list(roleBindings).length,
    ]).toEqual([defaultClusterRoles.length, defaultClusterRoleBindings.length, defaultRoles.length, defaultRoleBindings.length])
    await other.stop()
    const before = cluster.cache.list(clusterRoles).map(({ metadata }) => metadata.resourceVersion)
    await start()
    expect(cluster.cache.list(clusterRoles).map(({ metadata }) => metadata.resourceVersion)).toEqual(before)
  })

  it('that were deleted come back', async () => {
    await cluster.client.delete(clusterRoles, '', 'system:discovery')
    await cluster.client.delete(roleBindings, 'kube-system', 'system:controller:token-cleaner')
    await start()
    expect(cluster.cache.get(clusterRoles, '', 'system:discovery')).toBeDefined()
    expect(cluster.cache.get(roleBindings, 'kube-system', 'system:controller:token-cleaner')).toBeDefined()
  })

  it('get back what they lack, and keep what was added', async () => {
    const added = { verbs: ['get'], apiGroups: ['x'], resources: ['y'] }
    const role = cluster.cache.get(clusterRoles, '', 'system:basic-user')!
    const [first, second] = role.rules!
    await cluster.client.update(clusterRoles, {
      ...role,
      metadata: { ...role.metadata, labels: { own: 'label' }, annotations: { own: 'note' } },
      rules: [added, second!],
    })
    await start()
    const { rules, metadata } = cluster.cache.get(clusterRoles, '', 'system:basic-user')!
    expect(rules).toEqual([
      added,
      second,
      ...first!.resources!.map((resource) => ({ verbs: ['create'], apiGroups: first!.apiGroups, resources: [resource] })),
    ])
    expect(metadata).toMatchObject({
      labels: { own: 'label', 'kubernetes.io/bootstrapping': 'rbac-defaults' },
      annotations: { own: 'note', [autoupdate]: 'true' },
    })
  })

  it('that are not to be updated are left alone', async () => {
    const role = cluster.cache.get(clusterRoles, '', 'system:basic-user')!
    const metadata = { ...role.metadata, annotations: { [autoupdate]: 'false' } }
    await cluster.client.update(clusterRoles, { ...role, metadata, rules: [] })
    await start()
    expect(cluster.cache.get(clusterRoles, '', 'system:basic-user')!.rules).toBeNull()
  })

  it('get back their subjects, and keep those that were added', async () => {
    const binding = cluster.cache.get(clusterRoleBindings, '', 'system:public-info-viewer')!
    const [first, second] = binding.subjects!
    await cluster.client.update(clusterRoleBindings, { ...binding, subjects: [jane, second!] })
    await start()
    expect(cluster.cache.get(clusterRoleBindings, '', 'system:public-info-viewer')!.subjects).toEqual([jane, second, first])
  })

  it('are bound anew where a binding refers to another role', async () => {
    const { uid, ...metadata } = cluster.cache.get(clusterRoleBindings, '', 'system:discovery')!.metadata
    await cluster.client.delete(clusterRoleBindings, '', 'system:discovery')
    await cluster.client.create(clusterRoleBindings, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: metadata.name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [jane],
    })
    await start()
    const binding = cluster.cache.get(clusterRoleBindings, '', 'system:discovery')!
    expect([binding.roleRef.name, binding.subjects]).toEqual([
      'system:discovery',
      [{ kind: 'Group', name: 'system:authenticated', apiGroup: 'rbac.authorization.k8s.io' }],
    ])
  })

  it('that somebody aggregates anew keep their own selectors', async () => {
    const role = cluster.cache.get(clusterRoles, '', 'view')!
    const own = { matchLabels: { own: 'label' } }
    await cluster.client.update(clusterRoles, { ...role, aggregationRule: { clusterRoleSelectors: [own] } })
    await start()
    expect(cluster.cache.get(clusterRoles, '', 'view')!.aggregationRule).toEqual({
      clusterRoleSelectors: [own, ...role.aggregationRule!.clusterRoleSelectors!],
    })
  })
})

describe('an aggregated role', () => {
  const rule = (resource: string) => ({ verbs: ['get'], apiGroups: [''], resources: [resource] })
  const role = (name: string, changes: Partial<ClusterRole>): ClusterRole => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    ...changes,
    metadata: { name, ...changes.metadata },
  })
  const part = (name: string, resources: string[]) =>
    role(name, { metadata: { name, labels: { part: 'of-all' } }, rules: resources.map(rule) })
  const rulesOf = (name: string) =>
    (cluster.cache.get(clusterRoles, '', name)?.rules ?? []).map(({ resources }) => resources?.[0])
  const are = (name: string, expected: string[]) =>
    cluster.until(() => JSON.stringify(rulesOf(name)) === JSON.stringify(expected))

  beforeEach(async () => {
    cluster = await startTestCluster({ controllers: [clusterRoleAggregationController] })
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { part: 'of-all' } }, { matchLabels: { also: 'true' } }] }
    await cluster.client.create(clusterRoles, part('b', ['pods', 'services']))
    await cluster.client.create(clusterRoles, role('all', { aggregationRule, rules: [rule('nodes')] }))
  })

  it('has the rules that its selectors find, each once, by name, and none of its own', async () => {
    await are('all', ['pods', 'services'])
    await cluster.client.create(clusterRoles, part('a', ['services', 'secrets']))
    await are('all', ['services', 'secrets', 'pods'])
    await cluster.client.patch(clusterRoles, '', 'a', { type: 'merge', body: { metadata: { labels: { part: null } } } })
    await are('all', ['pods', 'services'])
    await cluster.client.delete(clusterRoles, '', 'b')
    await are('all', [])
  })

  it('is put right when somebody changes it', async () => {
    await are('all', ['pods', 'services'])
    await cluster.client.patch(clusterRoles, '', 'all', { type: 'merge', body: { rules: [rule('nodes')] } })
    await are('all', ['pods', 'services'])
  })

  it('may be part of another', async () => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { whole: 'true' } }] }
    await cluster.client.create(clusterRoles, role('more', { aggregationRule }))
    await cluster.client.patch(clusterRoles, '', 'all', { type: 'merge', body: { metadata: { labels: { whole: 'true' } } } })
    await are('more', ['pods', 'services'])
    await cluster.client.create(clusterRoles, part('c', ['secrets']))
    await are('more', ['pods', 'services', 'secrets'])
  })
})
