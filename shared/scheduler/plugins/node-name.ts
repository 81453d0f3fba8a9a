import { type FilterPlugin, unresolvable } from '../plugin.ts'

const rejection = unresolvable("node(s) didn't match the requested node name")

export const nodeName: FilterPlugin = {
  name: 'NodeName',
  filter: ({ pod }) =>
    pod.spec.nodeName ? { check: ({ name }) => (name === pod.spec.nodeName ? undefined : rejection) } : undefined,
}
