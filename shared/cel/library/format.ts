import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../meta/names.ts'
import { listOf, optionalOf, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { type CelError, type CelValue, OpaqueValue, Optional, ValueList } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'
import { parseRequestUri, UrlError } from './go-url.ts'

export const formatType = structType('kubernetes.NamedFormat')

type Validate = (text: string) => readonly string[]

class FormatValue extends OpaqueValue {
  readonly type = formatType
  readonly name: string
  readonly validate: Validate
  readonly #patternSize: number
  constructor(name: string, patternSize: number, validate: Validate) {
    super()
    this.name = name
    this.#patternSize = patternSize
    this.validate = validate
  }
  override get patternSize(): number {
    return this.#patternSize
  }
  equals(other: CelValue): boolean | CelError {
    return other instanceof FormatValue ? this.name === other.name : wrongArgument(other)
  }
}

const matching =
  (pattern: RegExp, message: string): Validate =>
  (text) =>
    pattern.test(text) ? [] : [message]

const uri: Validate = (text) => {
  try {
    parseRequestUri(text)
    return []
  } catch (error) {
    if (error instanceof UrlError) return [error.message]
    throw error
  }
}

const isDate = (text: string): boolean => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return month >= 1 && month <= 12 && day >= 1 && date.getUTCDate() === day
}

const isDateTime = (text: string): boolean => {
  const [date, time] = text.toLowerCase().split('t')
  if (time === undefined || !isDate(date!)) return false
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/.exec(time)
  return match !== null && match[1]! <= '23' && match[2]! <= '59' && match[3]! <= '59'
}

const uuidSize = 70
const dateTimeSize = 71
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

const formats: Readonly<Record<string, FormatValue>> = {
  dns1123Label: new FormatValue('DNS1123Label', 30, (text) => dns1123Label(text)),
  dns1123Subdomain: new FormatValue('DNS1123Subdomain', 60, (text) => dns1123Subdomain(text)),
  dns1035Label: new FormatValue('DNS1035Label', 30, (text) => dns1035Label(text)),
  qualifiedName: new FormatValue('QualifiedName', 60, qualifiedName),
  dns1123LabelPrefix: new FormatValue('DNS1123LabelPrefix', 30, (text) => dns1123Label(text, true)),
  dns1123SubdomainPrefix: new FormatValue('DNS1123SubdomainPrefix', 60, (text) => dns1123Subdomain(text, true)),
  dns1035LabelPrefix: new FormatValue('DNS1035LabelPrefix', 30, (text) => dns1035Label(text, true)),
  labelValue: new FormatValue('LabelValue', 40, labelValue),
  uri: new FormatValue('URI', 1103, uri),
  uuid: new FormatValue('uuid', uuidSize, matching(uuid, 'does not match the UUID format')),
  byte: new FormatValue('byte', 84, matching(base64, 'invalid base64')),
  date: new FormatValue('date', dateTimeSize, (text) => (isDate(text) ? [] : ['invalid date'])),
  datetime: new FormatValue('datetime', dateTimeSize, (text) => (isDateTime(text) ? [] : ['invalid datetime'])),
}

const named = (name: string): CelValue => (Object.hasOwn(formats, name) ? new Optional(formats[name]) : Optional.none)

const validate = ({ validate: check }: FormatValue, text: string): CelValue => {
  const messages = check(text)
  return messages.length ? new Optional(new ValueList(messages)) : Optional.none
}

export const format: readonly FunctionDeclaration[] = [
  declare('validate', [method('format-validate', [formatType, stringType], optionalOf(listOf(stringType)), validate)]),
  declare('format.named', [overload('format-named', [stringType], optionalOf(formatType), named)]),
  ...Object.entries(formats).map(([name, value]) =>
    declare(`format.${name}`, [overload(`format.${name}`, [], formatType, () => value)]),
  ),
]
