import { textOf } from '../../../shared/cel/library/standard/conversion.ts'
import { CelType } from '../../../shared/cel/type.ts'
import { generalText } from '../../../shared/cel/value/number-text.ts'
import {
  CelList,
  CelMap,
  type CelValue,
  Duration,
  Optional,
  Timestamp,
  typeOfValue,
  Uint,
} from '../../../shared/cel/value/value.ts'

const second = 1_000_000_000n

/** A value with its type, as the oracle shows it. */
export const show = (value: CelValue): string => {
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return `double ${generalText(value)}`
    case 'string':
      return `string ${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
  }
  if (value === null) return 'null'
  if (value instanceof Uint) return `${value.value}u`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Duration) return `duration ${value.nanos}`
  if (value instanceof Timestamp) {
    const nanos = ((value.nanos % second) + second) % second
    return `timestamp ${(value.nanos - nanos) / second}.${nanos}`
  }
  if (value instanceof CelType) return `type ${value.name}`
  if (value instanceof Optional) return value.value === undefined ? 'none' : `optional ${show(value.value)}`
  if (value instanceof CelList) return `[${[...value].map(show).join(', ')}]`
  if (value instanceof CelMap)
    return `{${[...value.keys()]
      .map((key) => `${show(key)}: ${show(value.find(key)!)}`)
      .sort()
      .join(', ')}}`
  return typeOfValue(value).name + (textOf(value) ?? '')
}
