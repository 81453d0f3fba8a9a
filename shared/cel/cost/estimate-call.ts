import type { Estimate } from '../cel.ts'
import type { Call, Expression } from '../parse/expression.ts'
import { fixed, least, plus, scaled, sum, times, union, unknown } from './estimate.ts'
import { estimateLibraryCall } from './estimate-library-call.ts'
import type { CallEstimate, EntrySize, Sized, SizeSource } from './sized.ts'

const traversal = 0.1
const regexLength = 0.25

export interface CallParts {
  readonly node: Call
  readonly overload: string
  readonly target: Sized | undefined
  readonly args: readonly Sized[]
  readonly costs: readonly Estimate[]
}

const ordered = ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`])
const compared = new Set([...ordered, 'equals', 'not_equals'])

const sizeOf = (node: Sized | undefined): Estimate => node?.size ?? unknown
const multiplied = (estimate: Estimate, factor: bigint, more = 0n): Estimate => ({
  min: estimate.min + more,
  // Without an end there, as upstream's integers wrap around.
  max: BigInt.asUintN(64, estimate.max * factor + more),
})

export const entryUnion = (a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined =>
  a && b ? { container: a.container, key: union(a.key, b.key), value: union(a.value, b.value) } : undefined

/** What one overload of a call costs with its arguments, and the size of its result. */
export const estimateCall = (estimator: SizeSource, parts: CallParts): CallEstimate => {
  const { node, overload, target, args, costs } = parts
  const all = sum(costs)
  const ofLibrary = estimateLibraryCall(estimator, { name: node.name, overload, target, args })
  if (ofLibrary) return { ...ofLibrary, cost: plus(ofLibrary.cost, all) }
  const [a, b] = args
  const once = (size: Estimate) => plus(scaled(size, traversal), all)
  if (compared.has(overload)) {
    const max = least(sizeOf(a).max, sizeOf(b).max)
    return { cost: once({ min: max > 0n ? 1n : 0n, max }) }
  }
  switch (overload) {
    case 'string_format':
      if (target) return { cost: once(sizeOf(target)) }
      break
    case 'string_to_bytes':
      return { cost: once(sizeOf(a)), size: multiplied(sizeOf(a), 4n) }
    case 'bytes_to_string':
      return { cost: once(sizeOf(a)), size: { min: sizeOf(a).min / 4n, max: sizeOf(a).max } }
    case 'strings_quote':
      return { cost: once(sizeOf(a)), size: multiplied(sizeOf(a), 2n, 2n) }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: once(sizeOf(a)) }
    case 'in_list':
      return { cost: plus(scaled(sizeOf(b), 1), all) }
    case 'matches_string':
      if (!target) break
      return {
        cost: plus(times(scaled(plus(sizeOf(target), fixed(1)), traversal), scaled(sizeOf(a), regexLength)), all),
      }
    case 'contains_string':
      return { cost: plus(times(scaled(sizeOf(target), traversal), scaled(sizeOf(a), traversal)), all) }
    case 'logical_or':
    case 'logical_and':
      return { cost: { min: costs[0]!.min, max: plus(costs[0]!, costs[1]!).max } }
    case 'conditional':
      estimator.setEntry(node, entryUnion(entryOf(estimator, args[1]), entryOf(estimator, args[2])))
      return { cost: plus(costs[0]!, union(costs[1]!, costs[2]!)), size: union(sizeOf(args[1]), sizeOf(args[2])) }
    case 'add_string':
    case 'add_bytes':
    case 'add_list': {
      const size = plus(sizeOf(a), sizeOf(b))
      estimator.setEntry(node, entryUnion(entryOf(estimator, a), entryOf(estimator, b)))
      return { cost: overload === 'add_list' ? plus(fixed(1), all) : once(size), size }
    }
  }
  return { cost: plus(fixed(1), all) }
}

const entryOf = (estimator: SizeSource, node: Sized | undefined): EntrySize | undefined =>
  node?.expression && estimator.entryOf(node.expression as Expression)
