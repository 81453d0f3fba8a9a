import type { ListResult, Store } from './store.ts'

/** `listValues` of a store whose values are made one by one anyway. */
export const visitListed =
  (list: (resource: string, options: { namespace: string | undefined }) => Promise<ListResult>): Store['listValues'] =>
  async (resource, namespace, visit) => {
    const { entries, revision } = await list(resource, { namespace })
    for (const { value } of entries) visit(value)
    return revision
  }
