import type { DiscoveredKinds } from '../custom/discovered.ts'
import type { ExtensionResources } from '../extension/extension-discovery.ts'
import type { ExtensionVersion } from '../extension/extension-version.ts'
import { groupsOf } from './group-list.ts'
import { type DiscoveredResource, discoverGroupVersion } from './resource-list.ts'

/** The types of apidiscovery.k8s.io that clients ask for. */
export type AggregatedVersion = 'v2' | 'v2beta1'

/** Empty where they are the document's. */
const responseKind = ({ group = '', version = '', kind }: DiscoveredResource) => ({ group, version, kind })

const entry = (main: DiscoveredResource, subresources: readonly DiscoveredResource[]) => ({
  resource: main.name,
  responseKind: responseKind(main),
  scope: main.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: main.singularName,
  verbs: main.verbs,
  shortNames: main.shortNames,
  categories: main.categories,
  ...(subresources.length > 0
    ? {
        subresources: subresources.map((one) => ({
          subresource: one.name.slice(main.name.length + 1),
          responseKind: responseKind(one),
          verbs: one.verbs,
        })),
      }
    : {}),
})

/** Upstream says of custom kinds where they are, though it is where the document is. */
const located = (resource: DiscoveredResource, { group, version }: { group: string; version: string }): DiscoveredResource => ({
  ...resource,
  group: resource.group ?? group,
  version: resource.version ?? version,
})

const extensionAt = (
  extensions: ReadonlyMap<ExtensionVersion, ExtensionResources> = new Map(),
  { group, version }: { group: string; version: string },
): ExtensionResources | undefined => [...extensions].find(([one]) => one.group === group && one.version === version)?.[1]

/** Everything below /api (the core group) or /apis (all others) in one document. */
export const aggregatedDiscovery = (
  registry: DiscoveredKinds,
  options: {
    readonly version: AggregatedVersion
    readonly core: boolean
    readonly extensions?: ReadonlyMap<ExtensionVersion, ExtensionResources> | undefined
  },
) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${options.version}`,
  metadata: {},
  items: groupsOf(registry)
    .filter(({ group }) => (group === '') === options.core)
    .map(({ group, versions }) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        ...(extensionAt(options.extensions, { group, version }) ?? {
          resources: discoverGroupVersion(registry, { group, version }).map(({ definition, main, subresources }) =>
            definition.custom
              ? entry(
                  located(main, definition),
                  subresources.map((one) => located(one, definition)),
                )
              : entry(main, subresources),
          ),
          freshness: 'Current',
        }),
      })),
    })),
})
