import { isIPv6 } from 'node:net'
import { compilePattern, PatternError } from '../../../meta/pattern/pattern.ts'
import { parseCIDR } from '../../validation/cidr.ts'
import { ipFamily } from '../../validation/ip.ts'
import { isCreditCard, isIsbn10, isIsbn13 } from './format/checksum.ts'
import { isDate, isDateTime, isDuration } from './format/time.ts'
import { isEmail, isRequestUri } from './format/uri.ts'

type Format = (text: string) => boolean

const like =
  (expression: RegExp): Format =>
  (text) =>
    expression.test(text)

const uuid = (version: string, variant: string) =>
  like(new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}-?${variant}-?[0-9a-f]{12}$`, 'i'))

const anyPart = '[0-9a-f]{4}'

/** Of RFC 1034, with letters and symbols of any script. */
const hostname = String.raw`^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$`

const isHostname: Format = (text) => {
  const pattern = compilePattern(hostname)
  if (pattern instanceof PatternError) throw pattern
  if (Buffer.byteLength(text) > 255 || !pattern.matches(text)) return false
  return text.split('.').every((part) => Buffer.byteLength(part) <= 63)
}

const byte = String.raw`(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])`

const nameSegment = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** Those that are checked of a string, by their names without dashes. */
const formats: Readonly<Record<string, Format>> = {
  bsonobjectid: like(/^[0-9a-fA-F]{24}$/),
  uri: isRequestUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: (text) => text.includes('.') && ipFamily(text) !== undefined,
  ipv6: (text) => isIPv6(text) && !text.includes('%'),
  cidr: (text) => parseCIDR(text) !== undefined,
  mac: like(
    /^(?:[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}(?:[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{2}\1){2}[0-9a-fA-F]{2}|(?:[0-9a-fA-F]{2}\1){14}[0-9a-fA-F]{2})|[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4})?(?:(?:\.[0-9a-fA-F]{4}){6})?)$/,
  ),
  uuid: uuid(anyPart, anyPart),
  uuid3: uuid('3[0-9a-f]{3}', anyPart),
  uuid4: uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  uuid5: uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => text.length === 11 && /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: like(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: like(new RegExp(String.raw`^rgb\(\s*${byte}\s*,\s*${byte}\s*,\s*${byte}\s*\)$`)),
  byte: like(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= 63 && new RegExp(`^${nameSegment}$`).test(text),
  k8slongname: (text) => text.length <= 253 && new RegExp(`^${nameSegment}(\\.${nameSegment})*$`).test(text),
}

/** Undefined: nobody checks it. */
export const formatOf = (format: string | undefined): Format | undefined => {
  if (!format) return undefined
  const name = format.replaceAll('-', '')
  return Object.hasOwn(formats, name) ? formats[name] : undefined
}

/** The name as the schema has it; undefined: nobody checks it. */
export const validatedFormat = (format: string | undefined): string | undefined => (formatOf(format) ? format : undefined)
