import { compareText } from '../../meta/fields/path-element.ts'
import type { TemplateShape } from '../../resources/schemas.ts'
import { dumpQuantity } from './dump-quantity.ts'

/** A JSON value as go-spew prints the Go value it stands for, by `%#v` and with sorted keys. What is empty is nil, as protobuf leaves it. */
export const goDump = (type: string, value: unknown, shape: TemplateShape): string => `(${type})${valueIn(type, value, shape)}`

/** Without its type, as within lists, maps and behind pointers. */
const valueIn = (type: string, value: unknown, shape: TemplateShape): string => {
  if (type.startsWith('*')) return value === undefined || value === null ? '<nil>' : valueIn(type.slice(1), value, shape)
  const special = specials[type]
  if (special) return special(value)
  if (type.startsWith('[]')) {
    const items = (value ?? []) as readonly unknown[]
    return items.length === 0 ? '<nil>' : `[${items.map((item) => valueIn(type.slice(2), item, shape)).join(' ')}]`
  }
  const [, key = '', item = ''] = /^map\[([^\]]+)\](.*)$/.exec(type) ?? []
  if (item) {
    const entries = Object.entries((value ?? {}) as object).sort(([a], [b]) => compareText(a, b))
    const texts = entries.map(([name, each]) => `${valueIn(key, name, shape)}:${valueIn(item, each, shape)}`)
    return texts.length === 0 ? '<nil>' : `map[${texts.join(' ')}]`
  }
  const known = shape[type]
  if (typeof known === 'string') return valueIn(known, value, shape)
  if (known === undefined) return String(value ?? zeros[type])
  const object = (value ?? {}) as Readonly<Record<string, unknown>>
  return `{${known.map(([name, json, field]) => `${name}:${goDump(field, json === '' ? object : object[json], shape)}`).join(' ')}}`
}

const zeros: Readonly<Record<string, unknown>> = { string: '', bool: false, int32: 0, int64: 0 }

/** A template was never made, so that it says no time. */
const dumpTime = () => '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'

const dumpIntOrString = (value: unknown): string =>
  typeof value === 'string'
    ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`
    : `{Type:(intstr.Type)0 IntVal:(int32)${value ?? 0} StrVal:(string)}`

const specials: Readonly<Record<string, (value: unknown) => string>> = {
  'resource.Quantity': dumpQuantity,
  'intstr.IntOrString': dumpIntOrString,
  'v1.Time': dumpTime,
  'v1.FieldsV1': () => '{Raw:([]uint8)<nil>}',
}
