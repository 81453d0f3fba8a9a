import { DecodeError } from './decode/json.ts'
import { exactInteger, parseExactJson } from './exact-json.ts'

/** [number, JSON name, kind, flags]; flags: `r` repeated, `m` map from strings, `i` inlined in JSON, `z` a zero is told from nothing */
export type ProtobufField = readonly [number: number, name: string, kind: string, flags: string]

/** Message types by their OpenAPI name. */
export type ProtobufTable = Readonly<Record<string, readonly ProtobufField[]>>

type JsonObject = Record<string, unknown>

export const protobufContentType = 'application/vnd.kubernetes.protobuf'

const magic = Buffer.from('k8s\0')
const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/**
 * An object in Kubernetes' protobuf encoding (an envelope that names its type, around the message) as its JSON value.
 * Throws DecodeError for what is damaged or of a type that the table lacks.
 */
export const decodeProtobuf = (bytes: Uint8Array, table: ProtobufTable): JsonObject => {
  if (!magic.equals(bytes.subarray(0, 4)))
    throw new DecodeError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  let apiVersion = ''
  let kind = ''
  let raw: Uint8Array = new Uint8Array()
  for (const [number, value] of fieldsOf(bytes.subarray(4))) {
    if (number === 1) {
      for (const [part, text] of fieldsOf(bytesOf(value))) {
        if (part === 1) apiVersion = textOf(text)
        else if (part === 2) kind = textOf(text)
      }
    } else if (number === 2) raw = bytesOf(value)
    else if (number === 3 && bytesOf(value).length) throw new DecodeError(`content encoding "${textOf(value)}" is not supported`)
  }
  const type = [...typeNames(apiVersion, kind), `${metaPackage}.${kind}`].find((name) => name in table)
  if (!type) throw new DecodeError(`no kind "${kind}" is registered for version "${apiVersion}"`)
  const object = decodeMessage(raw, type, table)
  return { apiVersion, kind, ...object }
}

/** The first label of an API group is its package; some are in modules of their own. */
const typeNames = (apiVersion: string, kind: string) => {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse()
  const type = `${group.split('.')[0]}.${version}.${kind}`
  return modules.map((module) => `${module}.${type}`)
}

const modules = ['io.k8s.api', 'io.k8s.apiextensions-apiserver.pkg.apis', 'io.k8s.kube-aggregator.pkg.apis']

type WireValue = bigint | Uint8Array

const decodeMessage = (bytes: Uint8Array, type: string, table: ProtobufTable): JsonObject => {
  const object: JsonObject = {}
  const fields = new Map((table[type] ?? []).map((field) => [field[0], field]))
  for (const [number, value] of fieldsOf(bytes)) {
    const field = fields.get(number)
    if (!field) throw new DecodeError(`unknown field number ${number} in ${type}`)
    addField(object, field, { value, table })
  }
  return object
}

const addField = (
  object: JsonObject,
  [, name, kind, flags]: ProtobufField,
  { value, table }: { value: WireValue; table: ProtobufTable },
) => {
  if (flags.includes('i')) {
    Object.assign(object, decodeMessage(bytesOf(value), kind, table))
  } else if (flags.includes('m')) {
    const [key, item] = decodeMapEntry(bytesOf(value), kind, table)
    object[name] ??= {}
    const map = object[name] as JsonObject
    Object.defineProperty(map, key, { value: item, enumerable: true, writable: true, configurable: true })
  } else if (flags.includes('r')) {
    object[name] ??= []
    const list = object[name] as unknown[]
    if (kind === 'int' && typeof value !== 'bigint')
      for (const number of packedVarints(value)) list.push(exactInteger(BigInt.asIntN(64, number)))
    else list.push(decodeValue(value, kind, table))
  } else {
    const decoded = decodeValue(value, kind, table)
    // The Go client writes every field that is no pointer; its JSON leaves these out when they are zero.
    if (flags.includes('z') || !isZero(decoded)) object[name] = decoded
  }
}

const isZero = (value: unknown) => value === '' || value === 0 || value === false || value === null

const decodeMapEntry = (bytes: Uint8Array, kind: string, table: ProtobufTable): [string, unknown] => {
  let key = ''
  let item: unknown = kind === 'string' || kind === 'bytes' ? '' : undefined
  for (const [number, value] of fieldsOf(bytes)) {
    if (number === 1) key = textOf(value)
    else if (number === 2) item = decodeValue(value, kind, table)
  }
  return [key, item]
}

const decodeValue = (value: WireValue, kind: string, table: ProtobufTable): unknown => {
  const scalar = scalars[kind]
  if (scalar) return scalar(value)
  if (kind.startsWith('either:')) return decodeEither(bytesOf(value), kind.slice(7).split(' '), table)
  if (kind.startsWith('list:')) return [...fieldsOf(bytesOf(value))].map(([, item]) => decodeValue(item, kind.slice(5), table))
  return decodeMessage(bytesOf(value), kind, table)
}

/** Of two fields the first if it is there, else the second, whose zero is left out. */
const decodeEither = (bytes: Uint8Array, [first, firstKind, second, otherKind]: string[], table: ProtobufTable): unknown => {
  const fields = [...fieldsOf(bytes)]
  const named = (number: string | undefined) => fields.filter(([one]) => String(one) === number).map(([, value]) => value)
  const [found] = named(first)
  if (found !== undefined) return decodeValue(found, firstKind!, table)
  const others = named(second)
  if (otherKind!.endsWith('[]')) return others.map((value) => decodeValue(value, otherKind!.slice(0, -2), table))
  return decodeValue(others[0] ?? 0n, otherKind!, table)
}

const scalars: Readonly<Record<string, (value: WireValue) => unknown>> = {
  string: (value) => textOf(value),
  bytes: (value) => Buffer.from(bytesOf(value)).toString('base64'),
  bool: (value) => value !== 0n,
  int: (value) => exactInteger(BigInt.asIntN(64, integerOf(value))),
  double: (value) => Buffer.from(bytesOf(value)).readDoubleLE(0),
  quantity: (value) => textOf(part(value, 1) ?? new Uint8Array()),
  time: (value) => timeOf(value, (iso) => `${iso.slice(0, 19)}Z`),
  microTime: (value) =>
    timeOf(value, (iso, nanos) => `${iso.slice(0, 19)}.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`),
  duration: (value) => `${Number(BigInt.asIntN(64, integerOf(part(value, 1) ?? 0n))) / 1e9}s`,
  raw: (value) => rawJson(bytesOf(part(value, 1) ?? new Uint8Array())),
  intOrString: (value) =>
    part(value, 1) === 1n
      ? textOf(part(value, 3) ?? new Uint8Array())
      : Number(BigInt.asIntN(32, integerOf(part(value, 2) ?? 0n))),
}

/** The last value of a field of a small message. */
const part = (value: WireValue, wanted: number): WireValue | undefined => {
  let found: WireValue | undefined
  for (const [number, item] of fieldsOf(bytesOf(value))) if (number === wanted) found = item
  return found
}

/** null: the zero time, which JSON leaves out. */
const timeOf = (value: WireValue, format: (iso: string, nanos: number) => string): string | null => {
  if (bytesOf(value).length === 0) return null
  const seconds = Number(BigInt.asIntN(64, integerOf(part(value, 1) ?? 0n)))
  const nanos = Number(integerOf(part(value, 2) ?? 0n))
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw new DecodeError(`time of ${seconds} s is out of range`)
  return format(date.toISOString(), nanos)
}

const rawJson = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) return null
  try {
    return parseExactJson(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw new DecodeError(`embedded object is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

const bytesOf = (value: WireValue): Uint8Array => {
  if (typeof value === 'bigint') throw new DecodeError('proto: wrong wireType')
  return value
}
const integerOf = (value: WireValue): bigint => {
  if (typeof value !== 'bigint') throw new DecodeError('proto: wrong wireType')
  return value
}
const textOf = (value: WireValue) => Buffer.from(bytesOf(value)).toString('utf8')

function* packedVarints(bytes: Uint8Array): Generator<bigint> {
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varint(bytes, at)
    yield value
    at = next
  }
}

/** The fields of a message in order: varints as bigint, all else as its bytes. */
function* fieldsOf(bytes: Uint8Array): Generator<[number: number, value: WireValue]> {
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = varint(bytes, at)
    const number = Number(tag >> 3n)
    const wireType = Number(tag & 7n)
    if (wireType === 0) {
      const [value, next] = varint(bytes, afterTag)
      yield [number, value]
      at = next
      continue
    }
    let start = afterTag
    let length = wireType === 1 ? 8 : 4
    if (wireType === 2) {
      const [size, next] = varint(bytes, afterTag)
      start = next
      length = Number(size)
    } else if (wireType !== 1 && wireType !== 5) throw new DecodeError(`proto: illegal wireType ${wireType}`)
    if (start + length > bytes.length) throw new DecodeError('unexpected EOF')
    yield [number, bytes.subarray(start, start + length)]
    at = start + length
  }
}

const varint = (bytes: Uint8Array, at: number): [value: bigint, next: number] => {
  let value = 0n
  for (let index = at; index < at + 10; index++) {
    const byte = bytes[index]
    if (byte === undefined) throw new DecodeError('unexpected EOF')
    value |= BigInt(byte & 0x7f) << BigInt(7 * (index - at))
    if (byte < 0x80) return [value, index + 1]
  }
  throw new DecodeError('proto: integer overflow')
}
