import type { Index } from '../client/cache.ts'
import { type Pod, pods } from '../resources/resource.ts'

/** '': pods without a node */
export const podsByNode: Index<Pod> = { name: 'node', resource: pods, valuesOf: ({ spec }) => [spec.nodeName ?? ''] }
