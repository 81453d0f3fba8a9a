import { parseExactJson } from '../meta/exact-json.ts'
import type { Entry } from './store.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The stored JSON with metadata.resourceVersion set to the revision of the deletion. Parsed, since the text may stand in a value too; expiry is rare. */
export const jsonDeletion = (last: Entry, revision: number): Uint8Array => {
  const object = parseExactJson(decoder.decode(last.value)) as { metadata?: Record<string, unknown> }
  return encoder.encode(JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }))
}
