import type { Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import {
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
} from '../../resources/rbac/default-roles/default-roles.ts'
import {
  type ClusterRoleBinding,
  clusterRoleBindings,
  clusterRoles,
  namespaces,
  type RoleBinding,
  roleBindings,
  roles,
} from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { createMissing } from '../namespace-content.ts'
import { reconciledBinding } from './reconciled-binding.ts'
import { reconciledRole } from './reconciled-role.ts'

const key = 'default-roles'
/** The store puts writes that wait together in one commit. */
const atOnce = 16

export const defaultRoleResources: readonly Resource[] = [clusterRoles, clusterRoleBindings, roles, roleBindings, namespaces]

/** Who may do what in every cluster: brought up to date once in the life of a process, and left to administrators in between. */
export const createDefaultRolesController = (): Controller => {
  let done = false
  return {
    name: 'default-roles',
    initialKeys: [key],
    watches: defaultRoleResources.map((resource) => watch(resource, () => [])),
    reconcile: async (_key, context) => {
      if (!done) await reconcileDefaultRoles(context)
      done = true
    },
  }
}

export const reconcileDefaultRoles = async (context: Pick<ReconcileContext, 'cache' | 'client'>): Promise<void> => {
  const homes = new Set(defaultRoles.map(({ metadata }) => metadata.namespace ?? ''))
  await each([...homes], (name) => ensureNamespace(context, name))
  await each(defaultClusterRoles, (role) => reconcileRole(context, clusterRoles, role))
  await each(defaultClusterRoleBindings, (binding) => reconcileBinding(context, clusterRoleBindings, binding))
  await each(defaultRoles, (role) => reconcileRole(context, roles, role))
  await each(defaultRoleBindings, (binding) => reconcileBinding(context, roleBindings, binding))
}

/** One that fails keeps no other from being written; then the key is looked at again. */
const each = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const errors: unknown[] = []
  for (let start = 0; start < items.length; start += atOnce) {
    const settled = await Promise.allSettled(items.slice(start, start + atOnce).map(work))
    for (const result of settled) if (result.status === 'rejected') errors.push(result.reason)
  }
  if (errors.length > 0) throw errors[0]
}

const ensureNamespace = async ({ cache, client }: Pick<ReconcileContext, 'cache' | 'client'>, name: string): Promise<void> => {
  if (!cache.get(namespaces, '', name))
    await createMissing(client, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

const reconcileRole = async <T extends KubeObject>(
  { cache, client }: Pick<ReconcileContext, 'cache' | 'client'>,
  resource: Resource<T>,
  expected: T,
): Promise<void> => {
  const existing = cache.get(resource, expected.metadata.namespace ?? '', expected.metadata.name)
  if (!existing) return createMissing(client, resource, expected)
  const update = reconciledRole(existing, expected)
  if (update) await client.update(resource, update)
}

const reconcileBinding = async <T extends ClusterRoleBinding | RoleBinding>(
  { cache, client }: Pick<ReconcileContext, 'cache' | 'client'>,
  resource: Resource<T>,
  expected: T,
): Promise<void> => {
  const { namespace = '', name } = expected.metadata
  const existing = cache.get(resource, namespace, name)
  if (!existing) return createMissing(client, resource, expected)
  const wanted = reconciledBinding(existing, expected)
  if (!wanted) return
  if ('update' in wanted) {
    await client.update(resource, wanted.update)
    return
  }
  try {
    await client.delete(resource, namespace, name, { preconditions: { uid: existing.metadata.uid ?? '' } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
  await createMissing(client, resource, wanted.recreate)
}
