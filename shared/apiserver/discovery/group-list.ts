import { apiVersionOf } from '../../meta/object.ts'
import { priorityOf } from '../../resources/apiregistration/priorities.ts'
import { compareVersions } from '../../resources/kube-version.ts'
import type { DiscoveredKinds } from '../custom/discovered.ts'

/** A version of a group, and what puts it before others. */
interface RankedVersion {
  readonly group: string
  readonly version: string
  readonly groupPriority: number
  readonly versionPriority: number
}

const ranked = (group: string, version: string): RankedVersion => {
  const priority = priorityOf(group, version)
  return { group, version, groupPriority: priority.group, versionPriority: priority.version }
}

/** Groups with their versions, the preferred one first. */
export const groupsOf = ({
  definitions,
  extensions = [],
}: Pick<DiscoveredKinds, 'definitions' | 'extensions'>): { group: string; versions: string[] }[] => {
  const all = new Map<string, RankedVersion>()
  for (const { group, version } of definitions) all.set(apiVersionOf(group, version), ranked(group, version))
  for (const { group, version, groupPriority, versionPriority } of extensions)
    all.set(apiVersionOf(group, version), { group, version, groupPriority, versionPriority })
  return [...Map.groupBy(all.values(), ({ group }) => group)]
    .map(([group, versions]) => ({
      group,
      priority: Math.max(...versions.map(({ groupPriority }) => groupPriority)),
      versions: versions
        .sort((a, b) => b.versionPriority - a.versionPriority || compareVersions(a.version, b.version))
        .map(({ version }) => version),
    }))
    .sort((a, b) => b.priority - a.priority || (a.group < b.group ? -1 : 1))
}

const groupDocument = ({ group, versions }: { group: string; versions: string[] }) => {
  const listed = versions.map((version) => ({ groupVersion: apiVersionOf(group, version), version }))
  return { name: group, versions: listed, preferredVersion: listed[0] }
}

export const groupList = (registry: DiscoveredKinds) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(registry)
    .filter(({ group }) => group !== '')
    .map(groupDocument),
})

/** undefined: there is no such group. */
export const groupOf = (registry: DiscoveredKinds, name: string) => {
  const found = groupsOf(registry).find(({ group }) => group === name && group !== '')
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(found) }
}

/** The document at /api. */
export const coreVersions = (serverAddress: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})
