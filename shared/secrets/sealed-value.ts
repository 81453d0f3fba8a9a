import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { ObjectKey } from '../meta/object.ts'
import type { DataKey } from './key-provider.ts'

/**
 * AES-256-GCM: mark, length of the key's id, id, nonce 12, tag 16, ciphertext. The object's key and all that stands before the
 * nonce are authenticated, so a value can't be moved to another object. JSON never starts with the mark.
 */
const mark = 0x01
const nonceLength = 12
const tagLength = 16

export const isSealed = (value: Uint8Array): boolean => value[0] === mark

export const sealValue = (object: ObjectKey, { id, key }: DataKey, value: Uint8Array): Uint8Array => {
  const head = headOf(id)
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
  cipher.setAAD(authenticated(object, head))
  const body = Buffer.concat([cipher.update(value), cipher.final()])
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body])
}

/** Which key a sealed value needs. */
export const sealedKeyId = (value: Uint8Array): string => {
  const length = value[1] ?? 0
  return Buffer.from(value.subarray(2, 2 + length)).toString()
}

/** Throws when the key or the object is another, or a bit was changed. */
export const openValue = (object: ObjectKey, { id, key }: DataKey, value: Uint8Array): Uint8Array => {
  const head = headOf(id)
  const nonceEnd = head.length + nonceLength
  const tagEnd = nonceEnd + tagLength
  const decipher = createDecipheriv('aes-256-gcm', key, value.subarray(head.length, nonceEnd), { authTagLength: tagLength })
  decipher.setAAD(authenticated(object, head))
  decipher.setAuthTag(value.subarray(nonceEnd, tagEnd))
  return Buffer.concat([decipher.update(value.subarray(tagEnd)), decipher.final()])
}

const headOf = (id: string): Buffer => {
  const bytes = Buffer.from(id)
  return Buffer.concat([Buffer.from([mark, bytes.length]), bytes])
}

const authenticated = ({ resource, namespace, name }: ObjectKey, head: Buffer): Buffer =>
  Buffer.concat([head, Buffer.from(`${resource}\0${namespace}\0${name}`)])
