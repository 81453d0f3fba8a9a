import type { Entry } from './store.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The stored JSON with metadata.resourceVersion set to the revision of the deletion. Parsed, since the text may stand in a value too; expiry is rare. */
export const jsonDeletion = (last: Entry, revision: number): Uint8Array => {
  const object: { metadata?: Record<string, unknown> } = JSON.parse(decoder.decode(last.value))
  return encoder.encode(JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }))
}
