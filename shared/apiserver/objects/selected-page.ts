import type { ListResult, Store } from '../../storage/store.ts'
import { decodeMetadata } from './decode-metadata.ts'
import { decodeStored } from './encode.ts'
import type { Selection } from './selection.ts'

export interface Page {
  readonly values: Uint8Array[]
  readonly revision: number
  /** how many objects follow; undefined when nobody knows, or none do */
  readonly remaining: number | undefined
  /** undefined: nothing follows */
  readonly next: { readonly namespace: string; readonly name: string } | undefined
}

export interface PageQuery {
  readonly resource: string
  readonly namespace: string | undefined
  readonly selection: Selection
  readonly limit: number | undefined
  readonly at: number | undefined
  readonly after: Page['next']
}

/** A page's worth of what a selector rejects is read at once, so that a rare match does not take a read for each object. */
const minimumRead = 500

/** Reads until `limit` objects match or there are no more, all at one revision. */
export const selectedPage = async (store: Store, query: PageQuery): Promise<Page> => {
  const { resource, namespace, selection, limit } = query
  if (selection.name === undefined && !selection.matches) {
    const result = await store.list(resource, { namespace, limit, at: query.at, after: query.after })
    const last = result.entries.at(-1)
    const more = result.remaining > 0 && last !== undefined
    return {
      values: result.entries.map(({ value }) => value),
      revision: result.revision,
      remaining: more && result.remainingExact !== false ? result.remaining : undefined,
      next: more ? last.key : undefined,
    }
  }
  const values: Uint8Array[] = []
  let { at, after } = query
  for (;;) {
    const result: ListResult = await store.list(resource, {
      namespace,
      limit: limit === undefined ? undefined : Math.max(limit, minimumRead),
      at,
      after,
    })
    at ??= result.revision
    await selection.ready?.(result.entries.map(({ value }) => value))
    for (const [index, { key, value }] of result.entries.entries()) {
      if (!accepts(selection, key.name, value)) continue
      values.push(value)
      if (values.length !== limit) continue
      const more = index + 1 < result.entries.length || result.remaining > 0
      return { values, revision: at, remaining: undefined, next: more ? key : undefined }
    }
    after = result.entries.at(-1)?.key
    if (result.remaining === 0 || after === undefined) return { values, revision: at, remaining: undefined, next: undefined }
  }
}

const accepts = ({ name, matches, metadataOnly }: Selection, objectName: string, value: Uint8Array) =>
  (name === undefined || name === objectName) && (!matches || matches(metadataOnly ? decodeMetadata(value) : decodeStored(value)))
