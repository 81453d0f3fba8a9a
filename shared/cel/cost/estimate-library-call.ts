import type { Estimate } from '../cel.ts'
import { isExactType } from '../type.ts'
import { fixed, most, plus, scaled, times, unknown } from './estimate.ts'
import { estimateListCall } from './estimate-list-call.ts'
import { selectorCost } from './selector-cost.ts'
import type { CallEstimate, Sized, SizeSource } from './sized.ts'

const traversal = 0.1
const regexLength = 0.25
const longestFormatPattern = 128

export interface LibraryCall {
  readonly name: string
  readonly overload: string
  readonly target: Sized | undefined
  readonly args: readonly Sized[]
}

type SizeOf = (node: Sized | undefined) => Estimate
/** Undefined: it is estimated as any other call. */
type Estimating = (call: LibraryCall, sizeOf: SizeOf) => CallEstimate | undefined

const nominal: Estimating = () => ({ cost: fixed(1) })
const argument =
  (factor: number): Estimating =>
  ({ args }, sizeOf) =>
    args.length ? { cost: scaled(sizeOf(args[0]), factor) } : undefined

const keepsSize =
  (of: 'target' | 'args'): Estimating =>
  ({ target, args }, sizeOf) => {
    const node = of === 'target' ? target : args[0]
    return node && { cost: scaled(sizeOf(node), traversal), size: sizeOf(node) }
  }

/** Of a list, what stands for its items; a string has none. */
const itemOf = (list: Sized): Sized | undefined => {
  const [type] = list.type.parameters
  return type && { path: list.path && [...list.path, '@items'], type, expression: undefined, size: undefined }
}

const eachItem: Estimating = ({ target }, sizeOf) => {
  if (!target) return undefined
  const item = itemOf(target)
  if (!item) return { cost: scaled(sizeOf(target), traversal) }
  const text = item.type.kind === 'string' || item.type.kind === 'bytes'
  return { cost: times(sizeOf(target), text ? plus(fixed(1), scaled(sizeOf(item), traversal)) : fixed(1)) }
}

const ceilDivide = (a: bigint, b: bigint): bigint => BigInt(Math.ceil(Number(a) / Number(b)))

const replace: Estimating = ({ target, args }, sizeOf) => {
  if (!target || args.length < 2) return undefined
  const [text, old, by] = [sizeOf(target), sizeOf(args[0]), sizeOf(args[1])]
  let [countMax, keptMax, countMin, keptMin] = [0n, 0n, 0n, 0n]
  if (old.min === 0n) [countMax, keptMax] = [text.max < most ? text.max + 1n : text.max, text.max]
  else if (by.max <= old.min) keptMax = text.max
  else countMax = ceilDivide(text.max, old.min)
  if (old.max === 0n) [countMin, keptMin] = [text.min < most ? text.min + 1n : text.min, text.min]
  else if (old.max <= by.min) keptMin = text.min
  else countMin = ceilDivide(text.min, old.max)
  const saturated = (value: bigint) => (value > most ? most : value)
  const count = { min: saturated(countMin), max: saturated(countMax) }
  return { cost: scaled(text, 2 * traversal), size: plus(times(count, by), { min: keptMin, max: keptMax }) }
}

const split: Estimating = ({ target, args }, sizeOf) => {
  if (!target) return undefined
  const limit = args[1]?.expression
  const value = limit?.kind === 'literal' && typeof limit.value === 'bigint' ? BigInt.asUintN(64, limit.value) : undefined
  return { cost: scaled(sizeOf(target), 2 * traversal), size: { min: 0n, max: value ?? sizeOf(target).max } }
}

const join: Estimating = ({ target, args }, sizeOf) => {
  if (!target) return undefined
  const list = sizeOf(target)
  const item = itemOf(target)
  let size = item ? times(list, sizeOf(item)) : fixed(0)
  if (args.length) {
    const less = (count: bigint) => (count > 0n ? count - 1n : 0n)
    size = plus(size, times(sizeOf(args[0]), { min: less(list.min), max: less(list.max) }))
  }
  return { cost: scaled(size, traversal), size }
}

const find: Estimating = ({ target, args }, sizeOf) => {
  if (!target || !args.length) return undefined
  const text = sizeOf(target)
  const cost = times(scaled(plus(text, fixed(1)), traversal), scaled(sizeOf(args[0]), regexLength))
  return { cost, size: { min: 0n, max: text.max } }
}

/** Bytes of an address. */
const addressSize: Estimate = { min: 4n, max: 16n }

const contains =
  (readsText: string, more: readonly Estimate[]): Estimating =>
  ({ overload, args }, sizeOf) => {
    if (!args.length) return undefined
    const compared = scaled(plus(addressSize, addressSize), traversal)
    const read = overload === readsText ? scaled(sizeOf(args[0]), traversal) : fixed(0)
    return { cost: [...more, read].reduce(plus, compared) }
  }

const validate: Estimating = ({ args }, sizeOf) =>
  args.length ? { cost: scaled(scaled(sizeOf(args[0]), traversal), longestFormatPattern * regexLength) } : undefined

const constantEquality = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver'])

const equality: Estimating = ({ args: [a, b] }) => {
  if (!a || !b || !isExactType(a.type, b.type)) return undefined
  const { name } = a.type
  if (constantEquality.has(name) || name.startsWith('kubernetes.authorization.')) return { cost: fixed(1) }
  if (name === 'kubernetes.NamedFormat') return { cost: scaled({ min: 1n, max: 64n }, traversal) }
  if (name !== 'kubernetes.URL') return undefined
  return { cost: scaled({ min: 1n, max: b.size ? b.size.max : 1n }, traversal) }
}

const selector: Estimating = ({ args }, sizeOf) => (args.length === 1 ? { cost: selectorCost(sizeOf(args[0])) } : undefined)

/** By the function's name. */
const byName = new Map<string, Estimating>([
  ['check', () => ({ cost: fixed(350_000) })],
  ['replace', replace],
  ['split', split],
  ['join', join],
  ['ip.isCanonical', argument(2 * traversal)],
  ['ip', (call, sizeOf) => (call.overload === 'cidr_ip' ? nominal(call, sizeOf) : argument(traversal)(call, sizeOf))],
  ['containsIP', contains('cidr_contains_ip_string', [])],
  ['containsCIDR', contains('cidr_contains_cidr_string', [scaled(addressSize, traversal), fixed(1)])],
  ['validate', validate],
  ['_==_', equality],
])

const assign = (estimating: Estimating, names: string): void => {
  for (const name of names.split(' ')) byName.set(name, estimating)
}
assign(nominal, 'serviceAccount path group resource subresource namespace name allowed reason error errored')
assign(selector, 'fieldSelector labelSelector')
assign(eachItem, 'isSorted sum max min indexOf lastIndexOf')
assign(
  ({ args, ...rest }, sizeOf) => (args.length === 1 ? keepsSize('args')({ args, ...rest }, sizeOf) : undefined),
  'url jsonpatch.escapeKey',
)
assign(keepsSize('target'), 'lowerAscii upperAscii substring trim')
assign(find, 'find findAll')
assign(argument(traversal), 'cidr isIP isCIDR quantity isQuantity semver isSemver')
assign(
  nominal,
  'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named',
)
assign(nominal, 'sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch')
assign(nominal, 'getScheme getHostname getHost getPort getEscapedPath getQuery')

export const estimateLibraryCall = (estimator: SizeSource, call: LibraryCall): CallEstimate | undefined => {
  const sizeOf: SizeOf = (node) => (node ? estimator.sizeOfNode(node) : unknown)
  return estimateListCall(call, sizeOf) ?? byName.get(call.name)?.(call, sizeOf)
}
