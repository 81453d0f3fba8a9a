/** As upstream orders groups and their versions: of groups, and of versions within one, the highest comes first. */
export interface ApiPriority {
  readonly group: number
  readonly version: number
}

const groups: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'resource.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
  // as metrics-server's own
  'metrics.k8s.io': 100,
  // before all others, though no object says so
  'apiregistration.k8s.io': 20_000,
}

const versions: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1beta1.admissionregistration.k8s.io': 12,
  'v1alpha1.admissionregistration.k8s.io': 9,
  'v1.resource.k8s.io': 21,
  'v1beta1.metrics.k8s.io': 100,
  'v1.flowcontrol.apiserver.k8s.io': 21,
}
const usualVersion = 15

/** of what CustomResourceDefinitions make */
export const customPriority: ApiPriority = { group: 1000, version: 100 }

export const apiServiceName = (group: string, version: string): string => `${version}.${group}`

export const priorityOf = (group: string, version: string): ApiPriority => {
  const priority = groups[group]
  if (priority === undefined) return customPriority
  return { group: priority, version: versions[apiServiceName(group, version)] ?? usualVersion }
}
