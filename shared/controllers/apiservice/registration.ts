import type { Cache, Index } from '../../client/cache.ts'
import type { Resource } from '../../client/client.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import { apiVersionOf } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import type { CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'
import { apiServiceName, customPriority, priorityOf } from '../../resources/apiregistration/priorities.ts'
import type { APIService } from '../../resources/apiregistration/resource.ts'
import { apiServices, customResourceDefinitions } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { createMissing } from '../namespace-content.ts'

export const managedLabel = 'kube-aggregator.kubernetes.io/automanaged'

/** Reviews are only asked, and no resource of the list. */
const reviews = ['authentication.k8s.io/v1', 'authorization.k8s.io/v1']

/** The one group whose versions no object tells of. */
const own = 'apiregistration.k8s.io'

const byGroup: Index<CustomResourceDefinition> = {
  name: 'group of registration',
  resource: customResourceDefinitions,
  valuesOf: ({ spec }) => [spec.group],
}

const namesOf = (crd: CustomResourceDefinition | undefined): string[] =>
  (crd?.spec.versions ?? []).map(({ name }) => apiServiceName(crd!.spec.group, name))

/**
 * Keeps an APIService for each version of a group that this server answers for itself: those that are built in, and those of definitions. Whoever
 * takes the label off may change it, but nobody leads what is built in elsewhere.
 */
export const createApiServiceRegistration = ({ resources }: { readonly resources: readonly Resource[] }): Controller => {
  const builtIn = new Map<string, APIService>()
  const versions = resources.flatMap(({ group, version, otherApiVersions = [] }) => [
    apiVersionOf(group, version),
    ...otherApiVersions,
  ])
  for (const apiVersion of new Set([...versions, ...reviews])) {
    const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?]
    if (group === own) continue
    const priority = priorityOf(group, version)
    builtIn.set(apiServiceName(group, version), localService(group, version, { priority, managed: 'onstart' }))
  }
  return {
    name: 'apiservice-registration',
    eventComponent: 'kube-apiserver',
    initialKeys: [...builtIn.keys()],
    watches: [
      watch(customResourceDefinitions, (object, previous) => [...new Set([...namesOf(object), ...namesOf(previous)])]),
      watch(apiServices, (object, previous) => {
        const { metadata } = (object ?? previous)!
        return [metadata.name]
      }),
    ],
    reconcile: async (name, { cache, client }) => {
      const wanted = builtIn.get(name) ?? ofDefinitions(cache, name)
      const existing = cache.get(apiServices, '', name)
      if (!existing) return wanted && createMissing(client, apiServices, wanted)
      if (existing.metadata.labels?.[managedLabel] === undefined) return
      if (wanted && jsonEqual(existing.spec, wanted.spec)) return
      try {
        if (wanted) await client.update(apiServices, { ...existing, spec: wanted.spec })
        else await client.delete(apiServices, '', name, { preconditions: { uid: existing.metadata.uid! } })
      } catch (error) {
        // It was changed meanwhile, or is gone: that brings it here again.
        if (!isReason(error, 'Conflict', 'NotFound')) throw error
      }
    },
  }
}

const ofDefinitions = (cache: Cache, name: string): APIService | undefined => {
  const [version = '', ...rest] = name.split('.')
  const group = rest.join('.')
  const isServed = cache
    .byIndex(byGroup, group)
    .some(({ spec }) => spec.versions.some((one) => one.name === version && one.served))
  return isServed ? localService(group, version, { priority: customPriority, managed: 'true' }) : undefined
}

const localService = (
  group: string,
  version: string,
  { priority, managed }: { priority: { group: number; version: number }; managed: 'onstart' | 'true' },
): APIService => ({
  apiVersion: `${own}/v1`,
  kind: 'APIService',
  metadata: { name: apiServiceName(group, version), labels: { [managedLabel]: managed } },
  spec: {
    ...(group && { group }),
    version,
    groupPriorityMinimum: priority.group,
    versionPriority: priority.version,
  },
})
