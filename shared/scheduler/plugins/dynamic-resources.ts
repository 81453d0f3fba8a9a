import type { FilterPlugin } from '../plugin.ts'

/** Nobody allocates devices yet: who needs some waits. */
export const dynamicResources: FilterPlugin = {
  name: 'DynamicResources',
  refuse: ({ pod }) => {
    const { resourceClaims = [] } = pod.spec
    const made = pod.status?.resourceClaimStatuses ?? []
    const unmade = resourceClaims.find(
      ({ name, resourceClaimTemplateName }) => resourceClaimTemplateName !== undefined && !made.some((one) => one.name === name),
    )
    if (unmade) return `pod "${pod.metadata.namespace}/${pod.metadata.name}": ResourceClaim not created yet`
    return resourceClaims.length > 0 ? 'cannot allocate all claims: devices are not allocated by this scheduler yet' : undefined
  },
  filter: () => undefined,
}
