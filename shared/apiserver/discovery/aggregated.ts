import type { KindDefinition } from '../../resources/definition.ts'
import type { Registry } from '../registry.ts'
import { groupsOf } from './group-list.ts'
import { type DiscoveredResource, discoverGroupVersion } from './resource-list.ts'

/** The types of apidiscovery.k8s.io that clients ask for. */
export type AggregatedVersion = 'v2' | 'v2beta1'

const responseKind = ({ group, version }: KindDefinition, resource: DiscoveredResource) => ({
  group: resource.group ?? group,
  version: resource.version ?? version,
  kind: resource.kind,
})

const entry = (definition: KindDefinition, main: DiscoveredResource, subresources: readonly DiscoveredResource[]) => ({
  resource: main.name,
  responseKind: responseKind(definition, main),
  scope: main.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: main.singularName,
  verbs: main.verbs,
  shortNames: main.shortNames,
  categories: main.categories,
  ...(subresources.length > 0
    ? {
        subresources: subresources.map((one) => ({
          subresource: one.name.slice(main.name.length + 1),
          responseKind: responseKind(definition, one),
          verbs: one.verbs,
        })),
      }
    : {}),
})

/** Everything below /api (the core group) or /apis (all others) in one document. */
export const aggregatedDiscovery = (registry: Registry, options: { version: AggregatedVersion; core: boolean }) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${options.version}`,
  metadata: {},
  items: groupsOf(registry)
    .filter(({ group }) => (group === '') === options.core)
    .map(({ group, versions }) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: discoverGroupVersion(registry, { group, version }).map(({ definition, main, subresources }) =>
          entry(definition, main, subresources),
        ),
        freshness: 'Current',
      })),
    })),
})
