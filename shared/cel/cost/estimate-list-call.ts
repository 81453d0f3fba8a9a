import type { Estimate } from '../cel.ts'
import { fixed, most, plus, scaled, times } from './estimate.ts'
import type { CallEstimate, Sized } from './sized.ts'

interface ListCall {
  readonly overload: string
  readonly target: Sized | undefined
  readonly args: readonly Sized[]
}

type SizeOf = (node: Sized | undefined) => Estimate

/** A constant, or what is taken in its place. */
const intOf = (node: Sized | undefined, otherwise: bigint): bigint => {
  const literal = node?.expression
  if (literal?.kind !== 'literal' || typeof literal.value !== 'bigint') return otherwise
  return literal.value < 0n ? 0n : literal.value
}

const allocating = (factor: number, size: Estimate): CallEstimate => ({
  cost: plus(plus(scaled(size, factor), fixed(1)), fixed(10)),
  size,
})

const squared = (size: Estimate, factor: number): CallEstimate => allocating(factor, times(size, size))

const set = (factor: number, { args }: ListCall, sizeOf: SizeOf): CallEstimate => ({
  cost: plus(scaled(times(sizeOf(args[0]), sizeOf(args[1])), factor), fixed(1)),
})

/** Functions of cel-go's extensions for lists and sets, by overload. Undefined: it is none of them. */
export const estimateListCall = (call: ListCall, sizeOf: SizeOf): CallEstimate | undefined => {
  const { overload, target, args } = call
  switch (overload) {
    case 'list_slice': {
      const size = intOf(args[1], sizeOf(target).max) - intOf(args[0], 0n)
      return allocating(1, fixed(BigInt.asUintN(64, size)))
    }
    case 'lists_range':
      return allocating(1, fixed(intOf(args[0], most)))
    case 'list_reverse':
      return allocating(1, sizeOf(target))
    case 'list_flatten':
      return allocating(1, sizeOf(target))
    case 'list_flatten_int':
      return allocating(Number(intOf(args[0], most)), sizeOf(target))
    case 'list_distinct':
      return squared(sizeOf(target), 2)
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return set(1, call, sizeOf)
    case 'list_sets_equivalent_list':
      return set(2, call, sizeOf)
  }
  const sorting = /^list_(.*)_sort(ByAssociatedKeys)?$/.exec(overload)
  if (!sorting) return undefined
  return squared(sizeOf(sorting[2] ? args[0] : target), sorting[1] === 'string' || sorting[1] === 'bytes' ? 2.1 : 2)
}
