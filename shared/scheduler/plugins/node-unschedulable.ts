import { type FilterPlugin, unresolvable } from '../plugin.ts'
import { isTolerated } from '../toleration.ts'

const rejection = unresolvable('node(s) were unschedulable')
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/** Cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  filter: ({ pod }) => {
    if (isTolerated(taint, pod.spec.tolerations)) return undefined
    return { check: ({ node }) => (node.spec.unschedulable ? rejection : undefined) }
  },
}
