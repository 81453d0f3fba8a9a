import { accumulatorName, type Builder, oldAccumulatorName } from './builder.ts'
import type { Comprehension, Expression } from './expression.ts'
import { type Macro, MacroError, variableName } from './macro.ts'

type Variables = Pick<Comprehension, 'variable' | 'second'>

const notAccumulator = (name: string, node: Expression): string => {
  if (name !== accumulatorName && name !== oldAccumulatorName) return name
  throw new MacroError(node.id, 'iteration variable overwrites accumulator variable')
}

const oneVariable = (args: readonly Expression[], message = 'argument must be a simple name'): Variables => ({
  variable: notAccumulator(variableName(args[0]!, message), args[0]!),
})

const twoVariables = (args: readonly Expression[]): Variables => {
  const [variable, second] = args.slice(0, 2).map((arg) => variableName(arg, 'argument must be a simple name'))
  if (variable === second) throw new MacroError(args[1]!.id, `duplicate variable name: ${variable}`)
  return { variable: notAccumulator(variable!, args[0]!), second: notAccumulator(second!, args[1]!) }
}

const all = (build: Builder, range: Expression, variables: Variables, predicate: Expression): Expression => {
  const initial = build.literal(true)
  const condition = build.call('@not_strictly_false', build.accumulator())
  const step = build.call('_&&_', build.accumulator(), predicate)
  return build.loop({ range, ...variables, accumulator: accumulatorName, initial, condition, step, result: build.accumulator() })
}

const exists = (build: Builder, range: Expression, variables: Variables, predicate: Expression): Expression => {
  const initial = build.literal(false)
  const condition = build.call('@not_strictly_false', build.call('!_', build.accumulator()))
  const step = build.call('_||_', build.accumulator(), predicate)
  return build.loop({ range, ...variables, accumulator: accumulatorName, initial, condition, step, result: build.accumulator() })
}

const existsOne = (build: Builder, range: Expression, variables: Variables, predicate: Expression): Expression => {
  const initial = build.literal(0n)
  const condition = build.literal(true)
  const more = build.call('_+_', build.accumulator(), build.literal(1n))
  const step = build.call('_?_:_', predicate, more, build.accumulator())
  const result = build.call('_==_', build.accumulator(), build.literal(1n))
  return build.loop({ range, ...variables, accumulator: accumulatorName, initial, condition, step, result })
}

/** Collects into `initial` what `add` makes of each element that passes `filter`. */
const collect = (
  build: Builder,
  range: Expression,
  variables: Variables,
  { initial, add, filter }: { initial: Expression; add: Expression; filter: Expression | undefined },
): Expression => {
  const condition = build.literal(true)
  const step = filter ? build.call('_?_:_', filter, add, build.accumulator()) : add
  return build.loop({ range, ...variables, accumulator: accumulatorName, initial, condition, step, result: build.accumulator() })
}

/** Also what `sortBy` is made of. */
export const mapMacro = (build: Builder, range: Expression, args: readonly Expression[]): Expression => {
  const variables = oneVariable(args, 'argument is not an identifier')
  const [filter, transform] = args.length === 3 ? [args[1], args[2]!] : [undefined, args[1]!]
  const initial = build.list()
  return collect(build, range, variables, { initial, add: build.call('_+_', build.accumulator(), build.list(transform)), filter })
}

const filterMacro = (build: Builder, range: Expression, args: readonly Expression[]): Expression => {
  const variables = oneVariable(args, 'argument is not an identifier')
  const initial = build.list()
  const add = build.call('_+_', build.accumulator(), build.list(args[0]!))
  return collect(build, range, variables, { initial, add, filter: args[1] })
}

type Transform = (build: Builder, variables: Variables, transform: Expression) => { initial: Expression; add: Expression }

const transformers: Readonly<Record<string, Transform>> = {
  transformList: (build, _, transform) => ({
    initial: build.list(),
    add: build.call('_+_', build.accumulator(), build.list(transform)),
  }),
  transformMap: (build, { variable }, transform) => ({
    initial: build.emptyMap(),
    add: build.call('cel.@mapInsert', build.accumulator(), build.identifier(variable), transform),
  }),
  transformMapEntry: (build, _, transform) => ({
    initial: build.emptyMap(),
    add: build.call('cel.@mapInsert', build.accumulator(), transform),
  }),
}

const has: Macro = {
  name: 'has',
  isMember: false,
  arity: 1,
  expand: (build, _, [arg]) => {
    if (arg?.kind === 'select') return build.presenceTest(arg.operand, arg.field)
    throw new MacroError(arg!.id, 'invalid argument to has() macro')
  },
}

const quantifiers = { all, exists, exists_one: existsOne }
const member = (name: string, arity: number, expand: Macro['expand']): Macro => ({ name, isMember: true, arity, expand })

export const loopMacros: readonly Macro[] = [
  has,
  ...Object.entries(quantifiers).map(([name, quantify]) =>
    member(name, 2, (build, target, args) => quantify(build, target, oneVariable(args), args[1]!)),
  ),
  ...Object.entries({ ...quantifiers, existsOne }).map(([name, quantify]) =>
    member(name, 3, (build, target, args) => quantify(build, target, twoVariables(args), args[2]!)),
  ),
  member('map', 2, mapMacro),
  member('map', 3, mapMacro),
  member('filter', 2, filterMacro),
  ...Object.entries(transformers).flatMap(([name, transform]) =>
    [3, 4].map((arity) =>
      member(name, arity, (build, target, args) => {
        const variables = twoVariables(args)
        const filter = arity === 4 ? args[2] : undefined
        return collect(build, target, variables, { ...transform(build, variables, args.at(-1)!), filter })
      }),
    ),
  ),
]
