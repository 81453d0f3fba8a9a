import { isJsonObject, sameJson } from '../../../../meta/json-value.ts'
import { JsonPathError, type PathNode } from './node.ts'

/** more are never looked at: a path may visit each value over and over */
const mostVisited = 20_000

/** All that a path leads to. Throws JsonPathError where it makes no sense of a value, or leads to too many. */
export const findAll = (path: readonly PathNode[], root: unknown): unknown[] => new Search().follow(path, [root])

class Search {
  #visited = 0

  follow(path: readonly PathNode[], from: readonly unknown[]): unknown[] {
    return path.reduce<unknown[]>((values, node) => this.#step(node, values), [...from])
  }

  #step(node: PathNode, values: readonly unknown[]): unknown[] {
    this.#visited += values.length + 1
    if (this.#visited > mostVisited) throw new JsonPathError('the path leads to too many values')
    if (node.is === 'value') return values.map(() => node.value)
    if (node.is === 'union') return node.of.flatMap((path) => this.follow(path, values))
    return values.filter((value) => value !== null && value !== undefined).flatMap((value) => this.#from(node, value))
  }

  #from(node: Exclude<PathNode, { is: 'value' | 'union' }>, value: unknown): unknown[] {
    switch (node.is) {
      case 'field':
        return isJsonObject(value) && Object.hasOwn(value, node.name) ? [value[node.name]] : []
      case 'wildcard':
        return childrenOf(value)
      case 'recursive':
        return this.#below(value)
      case 'index':
        return sliceOf(listOf(value), { from: node.index, to: node.index + 1, derived: true })
      case 'slice':
        return sliceOf(listOf(value), { from: node.from ?? 0, to: node.to, step: node.step })
      case 'filter':
        return listOf(value).filter((item) => this.#passes(node, item))
    }
  }

  #below(value: unknown): unknown[] {
    const children = childrenOf(value)
    if (children.length === 0) return []
    this.#visited += children.length
    if (this.#visited > mostVisited) throw new JsonPathError('the path leads to too many values')
    return [value, ...children.flatMap((one) => this.#below(one))]
  }

  #passes({ left, operator, right }: Extract<PathNode, { is: 'filter' }>, item: unknown): boolean {
    if (operator === 'exists') {
      try {
        return this.follow(left, [item]).length > 0
      } catch (error) {
        if (error instanceof JsonPathError) return false
        throw error
      }
    }
    const [lefts, rights] = [this.follow(left, [item]), this.follow(right, [item])]
    if (lefts.length > 1 || rights.length > 1) throw new JsonPathError('can only compare one element at a time')
    return lefts.length === 1 && rights.length === 1 && compare(operator, lefts[0], rights[0])
  }
}

const childrenOf = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value
  return isJsonObject(value) ? Object.values(value) : []
}

const listOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new JsonPathError('it is not array or slice')
}

const sliceOf = (
  values: readonly unknown[],
  {
    from,
    to = values.length,
    step = 1,
    derived,
  }: { from: number; to?: number | undefined; step?: number | undefined; derived?: boolean },
): unknown[] => {
  const { length } = values
  const start = from < 0 ? from + length : from
  const end = to < 0 || (to === 0 && derived) ? to + length : to
  if (start === end) return []
  if (start < 0 || start >= length || end < 0 || end > length || start > end) throw new JsonPathError('array index out of bounds')
  if (step <= 0) throw new JsonPathError('step must be > 0')
  return values.slice(start, end).filter((_, index) => index % step === 0)
}

const compare = (operator: string, left: unknown, right: unknown): boolean => {
  if (operator === '==' || operator === '!=') {
    if (typeof left !== typeof right) throw new JsonPathError('incompatible types for comparison')
    return sameJson(left, right) === (operator === '==')
  }
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) {
    throw new JsonPathError('incompatible types for comparison')
  }
  const [a, b] = [left as number, right as number]
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}
