import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { AnswerPart } from './answers.ts'

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const flags = { last: 1, compressed: 2, failed: 4, headers: 8 } as const
/** Below this it is not worth the time. */
const compressFromBytes = 1024
const [zip, unzip] = [promisify(gzip), promisify(gunzip)]

export interface PartPlace {
  readonly id: string
  readonly number: number
  /** base64: 32 bytes, known to who asks and who answers */
  readonly key: string
}

/** What a container wrote may be secret: only who asked can read it, and it can't be moved to another place. */
export const sealPart = async (
  { status = 0, headers, cookies, data, last, failed }: AnswerPart,
  place: PartPlace,
): Promise<Uint8Array> => {
  const compressed = data.length >= compressFromBytes
  const body = compressed ? await zip(data, { level: 1 }) : data
  const flag =
    (last ? flags.last : 0) | (compressed ? flags.compressed : 0) | (failed ? flags.failed : 0) | (headers ? flags.headers : 0)
  const head = Buffer.concat([
    Buffer.from([flag, status >> 8, status & 255]),
    headers ? sized({ headers, cookies }) : Buffer.alloc(0),
  ])
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, Buffer.from(place.key, 'base64'), iv)
  cipher.setAAD(placeBytes(place))
  const sealed = [cipher.update(head), cipher.update(body), cipher.final()]
  return Buffer.concat([iv, cipher.getAuthTag(), ...sealed])
}

/** Throws when it is not what the other side has sealed for this place. */
export const openPart = async (sealed: Uint8Array, place: PartPlace): Promise<AnswerPart> => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const decipher = createDecipheriv(algorithm, Buffer.from(place.key, 'base64'), bytes.subarray(0, ivBytes))
  decipher.setAAD(placeBytes(place))
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
  const plain = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
  const flag = plain[0] ?? 0
  const status = plain.readUInt16BE(1)
  const headersEnd = flag & flags.headers ? 7 + plain.readUInt32BE(3) : 3
  const body = plain.subarray(headersEnd)
  const data = flag & flags.compressed ? await unzip(body) : body
  const failed = (flag & flags.failed) !== 0
  return {
    ...(status ? { status } : {}),
    ...(headersEnd > 3 && JSON.parse(plain.toString('utf8', 7, headersEnd))),
    ...{ data, last: (flag & flags.last) !== 0 },
    ...(failed && { failed }),
  }
}

const sized = (said: Pick<AnswerPart, 'headers' | 'cookies'>): Buffer => {
  const text = Buffer.from(JSON.stringify(said))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text])
}

const placeBytes = ({ id, number }: PartPlace) => Buffer.from(`${id}/${number}`)
