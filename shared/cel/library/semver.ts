import { boolType, intType, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { compareStrings, quoted } from '../value/string.ts'
import { CelError, type CelValue, isUint, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'

export const semverType = structType('kubernetes.Semver')

/** Identifiers behind the `-`: numbers are less than words. */
interface Version {
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly pre: readonly (bigint | string)[]
}

export class SemverValue extends OpaqueValue {
  readonly type = semverType
  readonly version: Version
  constructor(version: Version) {
    super()
    this.version = version
  }
  equals(other: CelValue): boolean | CelError {
    return other instanceof SemverValue ? compare(this, other) === 0 : wrongArgument(other)
  }
}

const compare = ({ version: a }: SemverValue, { version: b }: SemverValue): number => {
  for (const [at, number] of a.numbers.entries()) if (number !== b.numbers[at]) return number < b.numbers[at]! ? -1 : 1
  if (!a.pre.length || !b.pre.length) return a.pre.length === b.pre.length ? 0 : a.pre.length ? -1 : 1
  for (let at = 0; at < a.pre.length && at < b.pre.length; at++) {
    const [left, right] = [a.pre[at]!, b.pre[at]!]
    if (left === right) continue
    if (typeof left !== typeof right) return typeof left === 'bigint' ? -1 : 1
    if (typeof left === 'string') return compareStrings(left, right as string)
    return left < (right as bigint) ? -1 : 1
  }
  return Math.sign(a.pre.length - b.pre.length)
}

class SemverError extends Error {}
const refuse = (why: string): never => {
  throw new SemverError(why)
}

const number = (name: string, text: string): bigint => {
  if (!/^[0-9]*$/.test(text)) return refuse(`Invalid character(s) found in ${name.toLowerCase()} number ${quoted(text)}`)
  if (text.length > 1 && text[0] === '0') return refuse(`${name} number must not contain leading zeroes ${quoted(text)}`)
  if (text === '') return refuse('strconv.ParseUint: parsing "": invalid syntax')
  return isUint(BigInt(text)) ? BigInt(text) : refuse(`strconv.ParseUint: parsing ${quoted(text)}: value out of range`)
}

const preRelease = (text: string): bigint | string => {
  if (text === '') return refuse('Prerelease is empty')
  if (/^[0-9]+$/.test(text)) {
    if (text.length > 1 && text[0] === '0')
      return refuse(`Numeric PreRelease version must not contain leading zeroes ${quoted(text)}`)
    return isUint(BigInt(text)) ? BigInt(text) : refuse(`strconv.ParseUint: parsing ${quoted(text)}: value out of range`)
  }
  return /^[0-9A-Za-z-]+$/.test(text) ? text : refuse(`Invalid character(s) found in prerelease ${quoted(text)}`)
}

const parse = (text: string): Version => {
  if (text === '') return refuse('Version string empty')
  const [first = '', second, ...rest] = text.split('.')
  if (second === undefined || !rest.length) return refuse('No Major.Minor.Patch elements found')
  const major = number('Major', first)
  const minor = number('Minor', second)
  let patch = rest.join('.')
  let build: string[] = []
  let pre: string[] = []
  const plus = patch.indexOf('+')
  if (plus >= 0) {
    build = patch.slice(plus + 1).split('.')
    patch = patch.slice(0, plus)
  }
  const dash = patch.indexOf('-')
  if (dash >= 0) {
    pre = patch.slice(dash + 1).split('.')
    patch = patch.slice(0, dash)
  }
  const numbers = [major, minor, number('Patch', patch)] as const
  const identifiers = pre.map(preRelease)
  for (const one of build) {
    if (one === '') return refuse('Build meta data is empty')
    if (!/^[0-9A-Za-z-]+$/.test(one)) return refuse(`Invalid character(s) found in build meta data ${quoted(one)}`)
  }
  return { numbers, pre: identifiers }
}

/** `v1.2` → `1.2.0`, `1.02.3` → `1.2.3`. */
const normalized = (text: string): string => {
  const [first = '', second, ...rest] = text.replace(/^v/, '').split('.')
  const parts = [first, ...(second === undefined ? [] : [second]), ...(rest.length ? [rest.join('.')] : [])].map((part) => {
    if (part.length < 2) return part
    const stripped = part.replace(/^0+/, '')
    return /^[0-9]/.test(stripped) ? stripped : `0${stripped}`
  })
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) return refuse('short version cannot contain PreRelease/Build meta data')
  while (parts.length < 3) parts.push('0')
  return parts.join('.')
}

const read = (text: string, normalize = false): CelValue => {
  try {
    return new SemverValue(parse(normalize ? normalized(text) : text))
  } catch (error) {
    if (error instanceof SemverError) return new CelError(error.message)
    throw error
  }
}

const isSemver = (text: string, normalize = false): boolean => read(text, normalize) instanceof SemverValue
// Upstream keeps 64 bits of it.
const part =
  (at: 0 | 1 | 2) =>
  ({ version }: SemverValue) =>
    BigInt.asIntN(64, version.numbers[at])

export const semver: readonly FunctionDeclaration[] = [
  declare('semver', [
    overload('string_to_semver', [stringType], semverType, read),
    overload('string_bool_to_semver', [stringType, boolType], semverType, read),
  ]),
  declare('isSemver', [
    overload('is_semver_string', [stringType], boolType, isSemver),
    overload('is_semver_string_bool', [stringType, boolType], boolType, isSemver),
  ]),
  declare('isGreaterThan', [
    method('semver_is_greater_than', [semverType, semverType], boolType, (a: SemverValue, b: SemverValue) => compare(a, b) > 0),
  ]),
  declare('isLessThan', [
    method('semver_is_less_than', [semverType, semverType], boolType, (a: SemverValue, b: SemverValue) => compare(a, b) < 0),
  ]),
  declare('compareTo', [
    method('semver_compare_to', [semverType, semverType], intType, (a: SemverValue, b: SemverValue) => BigInt(compare(a, b))),
  ]),
  declare('major', [method('semver_major', [semverType], intType, part(0))]),
  declare('minor', [method('semver_minor', [semverType], intType, part(1))]),
  declare('patch', [method('semver_patch', [semverType], intType, part(2))]),
]
