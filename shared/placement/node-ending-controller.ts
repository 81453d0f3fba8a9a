import { type Controller, watch } from '../controllers/controller.ts'
import { isPodTerminal } from '../controllers/pod-state.ts'
import { podsByNode } from '../controllers/pods-by-node.ts'
import { isReason } from '../meta/status.ts'
import { type Node, nodes, type Pod, pods } from '../resources/resource.ts'
import { tolerates } from '../scheduler/toleration.ts'
import { endingTaint, hookAnnotation } from './annotation.ts'
import type { LifecycleHook } from './cloud-event.ts'
import type { LifecycleHooks } from './lifecycle-hooks.ts'

/** Tells who waits for a node's machine as soon as it is empty. Pods that tolerate the end are not waited for. Keys: names of nodes. */
export const createNodeEndingController = (hooks: LifecycleHooks): Controller => ({
  name: 'node-ending',
  watches: [
    watch(nodes, (node) => (node && hookText(node) ? [node.metadata.name] : [])),
    watch(pods, (pod, previous, cache) => {
      const name = (pod ?? previous)?.spec.nodeName
      const node = name && (!pod || isPodTerminal(pod)) ? cache.get(nodes, '', name) : undefined
      return node && hookText(node) ? [node.metadata.name] : []
    }),
  ],
  reconcile: async (name, { cache, client, log }) => {
    const node = cache.get(nodes, '', name)
    const text = node && hookText(node)
    if (!node || !text) return
    const staying = cache.byIndex(podsByNode, name).filter((pod) => !isPodTerminal(pod) && !toleratesEnd(pod))
    if (staying.length > 0) return
    await hooks.complete(JSON.parse(text) as LifecycleHook, node.spec.providerID?.split('/').at(-1) ?? name)
    log.info('an empty machine may be taken', { node: name })
    try {
      await client.patch(nodes, '', name, { type: 'merge', body: { metadata: { annotations: { [hookAnnotation]: null } } } })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  },
})

const hookText = ({ metadata }: Node): string | undefined => metadata.annotations?.[hookAnnotation] || undefined

const toleratesEnd = ({ spec }: Pod): boolean =>
  spec.tolerations?.some((toleration) => tolerates(toleration, { key: endingTaint, effect: 'NoExecute' })) ?? false
