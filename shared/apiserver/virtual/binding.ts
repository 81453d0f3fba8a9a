import type { VirtualResource } from '../context.ts'
import { bindPod, readBinding } from '../subresources/binding.ts'

/** The binding of a pod by the name in the body, as it was before pods had the subresource. */
export const bindings: VirtualResource = {
  definition: {
    group: '',
    version: 'v1',
    kind: 'Binding',
    plural: 'bindings',
    singular: 'binding',
    namespaced: true,
    schema: 'io.k8s.api.core.v1.Binding',
    verbs: ['create'],
  },
  create: async (context) => {
    const { parts, info } = context
    const binding = await readBinding(context)
    // system fields of what is created count for nothing
    delete binding.metadata.uid
    const definition = parts.registry.byResource('pods')!
    const { name } = binding.metadata
    const ofPod = { ...context, definition, info: { ...info, resource: 'pods', subresource: 'binding', name } }
    return bindPod(ofPod, binding, context)
  },
}
