import { apiVersionOf } from '../../meta/object.ts'
import { compareVersions } from '../../resources/kube-version.ts'
import type { DiscoveredKinds } from '../custom/discovered.ts'

/** Groups in upstream's order of priority; those not named follow by name. */
const priority = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

const rank = (group: string) => {
  const index = priority.indexOf(group)
  return index < 0 ? priority.length : index
}

/** Groups with their versions, the preferred one first. */
export const groupsOf = ({ definitions }: Pick<DiscoveredKinds, 'definitions'>): { group: string; versions: string[] }[] => {
  const versions = new Map<string, Set<string>>()
  for (const { group, version } of definitions) versions.set(group, (versions.get(group) ?? new Set()).add(version))
  return [...versions]
    .map(([group, found]) => ({ group, versions: [...found].sort(compareVersions) }))
    .sort((a, b) => rank(a.group) - rank(b.group) || (a.group < b.group ? -1 : 1))
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
