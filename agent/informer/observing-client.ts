import type { Client, Patch, Resource, SubresourceOptions } from '../../shared/client/client.ts'
import type { KubeObject } from '../../shared/meta/object.ts'

/** Shows what each patch has made of an object to whoever follows its resource, so that its own letter needs no reading. */
export const observingClient = (client: Client, observe: (resource: Resource, object: KubeObject) => void): Client => ({
  ...client,
  patch: async <T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
    patch: Patch,
    options?: SubresourceOptions,
  ) => {
    const object = await client.patch(resource, namespace, name, patch, options)
    observe(resource, object)
    return object
  },
})
