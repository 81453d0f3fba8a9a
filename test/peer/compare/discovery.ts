import type { Connection } from '../connection.ts'
import { type Difference, differences } from './difference.ts'

interface Group {
  readonly name: string
  readonly versions: readonly { readonly groupVersion: string }[]
}

interface Resource {
  readonly name: string
}

interface AggregatedGroup {
  readonly metadata: { readonly name?: string }
  readonly versions: readonly AggregatedVersion[]
}

interface AggregatedVersion {
  readonly version: string
  readonly resources?: readonly { readonly resource: string }[]
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Groups, versions, kinds, verbs, subresources, short names, categories, as clients that ask path by path see them, and as those that ask at once. */
export const compareDiscovery = async (ours: Connection, peer: Connection): Promise<Difference[]> => {
  const [own, theirs] = await Promise.all([ours, peer].map(askByPath))
  const [ownAtOnce, theirsAtOnce] = await Promise.all([ours, peer].map(askAtOnce))
  return [...differences('discovery', own, theirs), ...differences('aggregated discovery', ownAtOnce, theirsAtOnce)]
}

const askByPath = async (server: Connection): Promise<object> => {
  const { groups } = await server.read<{ groups: readonly Group[] }>('/apis')
  const paths = ['/api/v1', ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `/apis/${groupVersion}`))]
  const lists = await Promise.all(paths.map((path) => server.read<{ resources: readonly Resource[] }>(path)))
  return {
    '/api': { ...(await server.read<object>('/api')), serverAddressByClientCIDRs: undefined },
    order: groups.map(({ name }) => name),
    '/apis': Object.fromEntries(groups.map((group) => [group.name, group])),
    ...Object.fromEntries(paths.map((path, index) => [path, { ...lists[index], resources: byName(lists[index]!.resources) }])),
  }
}

const byName = (resources: readonly Resource[]) => Object.fromEntries(resources.map((resource) => [resource.name, resource]))

const askAtOnce = async (server: Connection): Promise<object> => {
  const [legacy, named] = await Promise.all(
    ['/api', '/apis'].map((path) => server.read<{ items: readonly AggregatedGroup[] }>(path, aggregated)),
  )
  return {
    order: named!.items.map(({ metadata }) => metadata.name),
    groups: Object.fromEntries(
      [...legacy!.items, ...named!.items].map(({ metadata: { name = '' }, versions }) => [
        name,
        { order: versions.map(({ version }) => version), ...Object.fromEntries(versions.map(resourcesOf)) },
      ]),
    ),
  }
}

const resourcesOf = ({ resources = [], ...version }: AggregatedVersion): readonly [string, object] => [
  version.version,
  { ...version, resources: Object.fromEntries(resources.map((resource) => [resource.resource, resource])) },
]
