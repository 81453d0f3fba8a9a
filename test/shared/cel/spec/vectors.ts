import type { Type } from '@bufbuild/cel-spec/cel/expr/checked_pb.js'
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js'
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js'
import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import {
  boolType,
  bytesType,
  type CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  typeOf,
  typeType,
  uintType,
} from '../../../../shared/cel/type.ts'
import { type CelValue, Duration, Timestamp, Uint, ValueList, ValueMap } from '../../../../shared/cel/value/value.ts'

/** A test of the specification. */
export interface Vector {
  /** `suite/section/name`. */
  readonly name: string
  readonly test: SimpleTest
}

const collect = (suite: IncrementalTestSuite, path: string): Vector[] => [
  ...suite.suites.flatMap((one) => collect(one, path ? `${path}/${one.name}` : one.name)),
  ...suite.tests.map(({ name, original }) => ({ name: `${path}/${name}`, test: original })),
]

export const vectors: readonly Vector[] = collect(getConformanceSuite(), '')

/** Thrown by what Kubernetes' environment has no value or type for. */
export class Inexpressible extends Error {}

// Types by the numbers of the protocol.
const primitives = [undefined, boolType, intType, uintType, doubleType, stringType, bytesType]
const wellKnown = [undefined, undefined, timestampType, durationType]
const known: Readonly<Record<string, CelType>> = {
  'google.protobuf.Timestamp': timestampType,
  'google.protobuf.Duration': durationType,
}

export const typeFrom = ({ typeKind: { case: kind, value } }: Type): CelType => {
  switch (kind) {
    case 'dyn':
      return dynType
    case 'null':
      return nullType
    case 'primitive':
      if (primitives[value]) return primitives[value]
      break
    case 'wellKnown':
      if (wellKnown[value]) return wellKnown[value]
      break
    case 'listType':
      return listOf(value.elemType ? typeFrom(value.elemType) : dynType)
    case 'mapType':
      return mapOf(value.keyType ? typeFrom(value.keyType) : dynType, value.valueType ? typeFrom(value.valueType) : dynType)
    case 'type':
      return value.typeKind.case ? typeOf(typeFrom(value)) : typeType
    case 'abstractType':
      return opaqueType(value.name, ...value.parameterTypes.map(typeFrom))
    case 'messageType':
      if (known[value]) return known[value]
  }
  throw new Inexpressible(`type ${kind} ${String(value)}`)
}

const second = 1_000_000_000n
const types = [boolType, bytesType, doubleType, durationType, intType, nullType, stringType, timestampType, typeType, uintType]
const typesByName = new Map(
  [...types, listOf(dynType), mapOf(dynType, dynType), opaqueType('optional_type')].map((type) => [type.name, type]),
)

export const valueFrom = ({ kind: { case: kind, value } }: Value): CelValue => {
  switch (kind) {
    case 'nullValue':
      return null
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
    case 'bytesValue':
      return value
    case 'uint64Value':
      return new Uint(value)
    case 'listValue':
      return new ValueList(value.values.map(valueFrom))
    case 'mapValue':
      return new ValueMap(value.entries.map((entry) => [valueFrom(entry.key!), valueFrom(entry.value!)] as const))
    case 'typeValue':
      if (typesByName.has(value)) return typesByName.get(value)!
      break
    case 'objectValue': {
      const read = messages[value.typeUrl.split('/').at(-1)!]
      if (read) return read(fields(value.value))
    }
  }
  throw new Inexpressible(`value ${kind} ${kind === 'objectValue' ? value.typeUrl : String(value)}`)
}

/** Fields 1 and 2 of a message of two integers. */
const fields = (bytes: Uint8Array): [bigint, bigint] => {
  const found: [bigint, bigint] = [0n, 0n]
  for (let at = 0; at < bytes.length; ) {
    const field = bytes[at++]! >> 3
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++]!)
      value |= (byte & 0x7fn) << shift
      if (byte < 0x80n) break
    }
    found[field - 1] = BigInt.asIntN(64, value)
  }
  return found
}

const messages: Readonly<Record<string, (fields: [bigint, bigint]) => CelValue>> = {
  'google.protobuf.Timestamp': ([seconds, nanos]) => new Timestamp(seconds * second + nanos),
  'google.protobuf.Duration': ([seconds, nanos]) => new Duration(seconds * second + nanos),
}
