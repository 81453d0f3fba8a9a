import { createHash } from 'node:crypto'
import type { ObjectKey } from '../../../shared/meta/object.ts'
import type { Change, Encode } from '../../../shared/storage/store.ts'
import type { RecordedChange } from './history.ts'
import { nameOf, sideOf } from './scope.ts'

/** An object that says which write made it, whole: its padding follows from the mark, so that a part of another one shows. */
export const marked =
  (key: ObjectKey, mark: string, paddingBytes: number): Encode =>
  (revision) => {
    const { name, namespace } = key
    const metadata = { name, namespace, resourceVersion: String(revision), labels: { side: sideOf(mark) } }
    return Buffer.from(
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, note: mark, padding: padding(mark, paddingBytes) }),
    )
  }

/** The mark; `torn …` when what stands there is not what the mark's write put. */
export const markOf = (value: Uint8Array, revision: number): string => {
  const { metadata, note, padding: found } = JSON.parse(Buffer.from(value).toString())
  if (metadata.resourceVersion !== String(revision)) return `torn ${note} of ${metadata.resourceVersion}`
  return found === padding(note, found?.length ?? 0) ? note : `torn ${note}`
}

export const recordedChange = ({ type, key, revision, value }: Change): RecordedChange => ({
  type,
  name: nameOf(key),
  revision,
  mark: markOf(value, revision),
})

/** Nothing that compresses. */
const padding = (mark: string, bytes: number): string => {
  let text = ''
  for (let i = 0; text.length < bytes; i++) text += createHash('sha512').update(`${mark}/${i}`).digest('base64')
  return text.slice(0, bytes)
}
