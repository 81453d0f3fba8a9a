import type { Estimate, SizedNode } from '../../cel/cel.ts'
import { compile } from '../../cel/compile.ts'
import { createEnvironment, type Environment } from '../../cel/environment.ts'
import { estimateCost } from '../../cel/estimate-cost.ts'
import { PlanError } from '../../cel/evaluate/plan.ts'
import { CompileError } from '../../cel/issue.ts'
import { bindMacro } from '../../cel/library/bindings.ts'
import { quantityType } from '../../cel/library/quantity.ts'
import type { Program } from '../../cel/program.ts'
import { anyType, mapOf, stringType, structType } from '../../cel/type.ts'
import { type FieldError, forbiddenField, invalidValue } from '../../meta/field-error.ts'

const maxCost = 1_000_000n
const maxQualities = 32n
const maxDomain = 63n
const maxIdentifier = 32n
const maxValue = 64n

const device = structType('kubernetes.DRADevice')

let made: Environment | undefined

/** `device.driver`, `device.attributes["domain"].name` and `device.capacity["domain"].name`. */
const environment = (): Environment => {
  made ??= createEnvironment({
    variables: { device },
    structs: {
      find: (name) =>
        name === device.name
          ? {
              type: device,
              fields: new Map([
                ['driver', stringType],
                ['attributes', mapOf(stringType, mapOf(stringType, anyType))],
                ['capacity', mapOf(stringType, mapOf(stringType, quantityType))],
              ]),
            }
          : undefined,
    },
    macros: [bindMacro],
  })
  return made
}

/** How large what stands at a path can be, and what is below it. */
interface Size {
  readonly max: bigint
  readonly fields?: Readonly<Record<string, Size>>
  readonly key?: Size
  readonly item?: Size
  /** any name leads to an item */
  readonly byName?: boolean
}

const qualities = (item: Size, byName: boolean): Size => ({
  max: maxQualities,
  key: { max: maxDomain },
  item: { max: maxQualities, key: { max: maxIdentifier }, item, byName },
})

const sizes: Size = {
  max: 0n,
  fields: {
    driver: { max: maxDomain },
    attributes: qualities({ max: maxValue }, true),
    capacity: qualities({ max: 0n }, false),
  },
}

const below = (size: Size, name: string): Size | undefined => {
  if (name === '@items' || name === '@values') return size.item
  if (name === '@keys') return size.key
  return size.fields?.[name] ?? (size.byName ? size.item : undefined)
}

const sizeOf = ({ path }: SizedNode): Estimate | undefined => {
  const [root, ...names] = path ?? []
  let size: Size | undefined = root === 'device' ? sizes : undefined
  for (const name of names) size = size && below(size, name)
  return size && { min: 0n, max: size.max }
}

/** Findings about an expression that chooses devices. */
export const deviceExpression = (path: string, text: string): FieldError[] => {
  const fail = (message: string) => [invalidValue(path, text, message)]
  let program: Program
  try {
    program = compile(text, environment())
  } catch (error) {
    if (error instanceof CompileError) return fail(`compilation failed: ${error.message}`)
    if (!(error instanceof PlanError)) throw error
    return [{ type: 'InternalError', field: path, message: `Internal error: program instantiation failed: ${error.message}` }]
  }
  const { type } = program
  if (type.kind !== 'bool' && type.kind !== 'any') return fail(`must evaluate to bool or the unknown type, not ${type}`)
  return estimateCost(program, sizeOf).max > maxCost ? [forbiddenField(path, 'too complex, exceeds cost limit')] : []
}
