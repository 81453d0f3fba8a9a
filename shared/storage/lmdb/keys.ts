import type { ObjectKey } from '../../meta/object.ts'

/** resource NUL namespace NUL name: byte order is (resource, namespace, name) order, and NUL stands in none of them. */
export const objectKeyBytes = ({ resource, namespace, name }: ObjectKey): Buffer => {
  const text = `${resource}\0${namespace}\0${name}`
  const bytes = Buffer.from(text)
  if (bytes.length > maxKeyBytes)
    throw new RangeError(`key of ${bytes.length} bytes is longer than ${maxKeyBytes}: "${text.slice(0, 80)}…"`)
  return bytes
}

/** What LMDB allows with pages of 4 KiB. */
const maxKeyBytes = 1978

export const parseObjectKey = (bytes: Uint8Array): ObjectKey => {
  const [resource = '', namespace = '', name = ''] = asBuffer(bytes).toString('utf8').split('\0')
  return { resource, namespace, name }
}

/** Half-open range of the keys of a resource, or of one namespace in it, behind `after`. */
export const objectRange = (
  resource: string,
  namespace: string | undefined,
  after: { readonly namespace: string; readonly name: string } | undefined,
): { start: Buffer; end: Buffer } => {
  const prefix = namespace === undefined ? resource : `${resource}\0${namespace}`
  const first = Buffer.from(`${prefix}\0`)
  const behind = after && Buffer.from(`${resource}\0${after.namespace}\0${after.name}\0`)
  return {
    start: behind && behind.compare(first) > 0 ? behind : first,
    end: Buffer.from(`${prefix}\x01`),
  }
}

/** 6 bytes, big endian: 2^48 revisions, in log order. */
export const revisionKey = (revision: number): Buffer => {
  const bytes = Buffer.allocUnsafe(6)
  bytes.writeUIntBE(revision, 0, 6)
  return bytes
}

export const parseRevisionKey = (bytes: Uint8Array): number => asBuffer(bytes).readUIntBE(0, 6)

/** milliseconds, then the object's key: what expires first stands first. */
export const expiryKey = (atMs: number, objectKey: Uint8Array): Buffer =>
  Buffer.concat([revisionKey(Math.max(0, Math.ceil(atMs))), objectKey])

export const parseExpiryKey = (bytes: Uint8Array) => ({ atMs: parseRevisionKey(bytes), objectKey: asBuffer(bytes).subarray(6) })

export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
