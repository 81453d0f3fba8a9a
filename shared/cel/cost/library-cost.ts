import { bytesType, stringType } from '../type.ts'
import { InternalError } from '../value/limit.ts'
import { CelList, type CelValue, OpaqueValue, typeOfValue } from '../value/value.ts'
import { actualSize, traversalCost } from './actual-size.ts'
import { selectorCost } from './selector-cost.ts'

const traversal = 0.1
const regexLength = 0.25

export type Cost = (args: readonly CelValue[], result: CelValue, overload: string) => number | undefined

const textOnce: Cost = ([a]) => Math.ceil(actualSize(a) * traversal)
const textTwice: Cost = ([a]) => Math.ceil(actualSize(a) * 2 * traversal)
const nominal: Cost = () => 1

/** Comparing prefixes costs by the bytes of the prefix; a text has to be read too. */
const contains = (id: string, more: (size: number) => number): Cost => {
  return ([cidr, other], _, overload) =>
    Math.ceil(2 * actualSize(cidr) * traversal) +
    more(actualSize(cidr)) +
    (overload === id ? Math.ceil(actualSize(other) * traversal) : 0)
}

const regex: Cost = ([text, pattern]) =>
  Math.ceil((1 + actualSize(text)) * traversal) * Math.ceil(actualSize(pattern) * regexLength)

/** Kubernetes' functions, by name. */
const byName: Readonly<Record<string, Cost>> = Object.assign(Object.create(null), {
  check: () => 350_000,
  fieldSelector: ([, selector]: CelValue[]) => Number(selectorCost({ min: 0n, max: BigInt(actualSize(selector)) }).max),
  labelSelector: ([, selector]: CelValue[]) => Number(selectorCost({ min: 0n, max: BigInt(actualSize(selector)) }).max),
  join: (_: CelValue[], result: CelValue) => Math.ceil(actualSize(result) * 2 * traversal),
  find: regex,
  findAll: regex,
  ip: (args: CelValue[], result: CelValue, overload: string) => (overload === 'cidr_ip' ? 1 : textOnce(args, result, overload)),
  containsIP: contains('cidr_contains_ip_string', () => 0),
  containsCIDR: contains('cidr_contains_cidr_string', (size) => Math.ceil(size * traversal) + 1),
  validate: ([format, text]: CelValue[]) => {
    const patternSize = format instanceof OpaqueValue ? format.patternSize : undefined
    if (patternSize === undefined) return undefined
    return Math.ceil((1 + actualSize(text)) * traversal) * Math.ceil(patternSize * regexLength)
  },
  '_==_': ([a]: CelValue[]) => (a instanceof OpaqueValue ? 1 : undefined),
})

const assign = (cost: Cost, names: string): void => {
  for (const name of names.split(' ')) (byName as Record<string, Cost>)[name] = cost
}
assign(([list]) => (list === undefined ? 0 : traversalCost(list)), 'isSorted sum max min indexOf lastIndexOf')
assign(
  textOnce,
  'url lowerAscii upperAscii substring trim jsonpatch.escapeKey cidr isIP isCIDR quantity isQuantity semver isSemver',
)
assign(textTwice, 'replace split ip.isCanonical')
assign(nominal, 'serviceAccount path group resource subresource namespace name allowed reason error errored')
assign(
  nominal,
  'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named',
)
assign(nominal, 'sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch')
assign(nominal, 'getScheme getHostname getHost getPort getEscapedPath getQuery')

const listCost = 10
const allocating = (factor: number, size: number): number => Math.trunc(size * factor) + 1 + listCost

const compared = (list: CelValue | undefined): number => {
  if (!(list instanceof CelList))
    throw new InternalError('interface conversion: *types.Err is not traits.Lister: missing method Add')
  if (list.size === 0) return allocating(2, 0)
  const { kind } = typeOfValue(list.at(0))
  return allocating(kind === stringType.kind || kind === bytesType.kind ? 2.1 : 2, list.size * list.size)
}

const sets = (factor: number) => (args: readonly CelValue[]) => 1 + Math.trunc(actualSize(args[0]) * actualSize(args[1]) * factor)

/** Functions of cel-go's extensions, by overload. */
const byOverload: Readonly<Record<string, (args: readonly CelValue[], result: CelValue) => number>> = {
  list_slice: (_, result) => allocating(1, actualSize(result)),
  lists_range: (_, result) => allocating(1, actualSize(result)),
  list_reverse: (_, result) => allocating(1, actualSize(result)),
  list_flatten: ([list]) => allocating(1, actualSize(list)),
  list_flatten_int: ([list, depth]) => {
    if (typeof depth !== 'bigint') throw new InternalError('interface conversion: ref.Val is *types.Err, not types.Int')
    return allocating(Number(depth), actualSize(list))
  },
  list_distinct: ([list]) => compared(list),
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
}

/** Undefined: the function costs what all others do; so it does where the cost is undefined. */
export const libraryCost = (name: string, overload: string): Cost | undefined => {
  if (Object.hasOwn(byOverload, overload)) return byOverload[overload]
  if (/^list_.*_sort$/.test(overload)) return ([list]) => compared(list)
  if (/^list_.*_sortByAssociatedKeys$/.test(overload)) return ([, keys]) => compared(keys)
  return byName[name]
}
