import { namespaces } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { createMissing } from './namespace-content.ts'

const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** The namespaces that every cluster has. */
export const systemNamespacesController: Controller = {
  name: 'system-namespaces',
  initialKeys: names,
  watches: [
    watch(namespaces, (object, previous) => (object || !previous ? [] : names.filter((name) => name === previous.metadata.name))),
  ],
  reconcile: async (name, { cache, client }) => {
    if (!cache.get(namespaces, '', name))
      await createMissing(client, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  },
}
