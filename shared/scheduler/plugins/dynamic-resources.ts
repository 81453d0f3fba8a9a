import type { FilterPlugin } from '../plugin.ts'

/** There are no ResourceClaims yet, so whichever a pod names is not there. */
export const dynamicResources: FilterPlugin = {
  name: 'DynamicResources',
  refuse: ({ pod }) => {
    const [claim] = pod.spec.resourceClaims ?? []
    return claim && `resourceclaim "${claim.resourceClaimName ?? claim.name}" not found`
  },
  filter: () => undefined,
}
