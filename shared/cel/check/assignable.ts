import { CelType, dynType, isAssignableType, isExactType, nullType } from '../type.ts'

/** What free type parameters turned out to be, by their name. What did not work out is taken back. */
export class Substitutions {
  readonly #types = new Map<string, CelType>()
  readonly #changes: [name: string, before: CelType | undefined][] = []

  get(name: string): CelType | undefined {
    return this.#types.get(name)
  }

  set(name: string, type: CelType): void {
    this.#changes.push([name, this.#types.get(name)])
    this.#types.set(name, type)
  }

  /** Keeps what `unify` found out if it says so. */
  try(unify: () => boolean): boolean {
    const worked = unify()
    if (!worked)
      for (const [name, before] of this.#changes.reverse()) {
        if (before) this.#types.set(name, before)
        else this.#types.delete(name)
      }
    this.#changes.length = 0
    return worked
  }
}

export const isDyn = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'any'
export const isDynOrError = (type: CelType): boolean => type.kind === 'error' || isDyn(type)

export const isOptional = (type: CelType): boolean => type.kind === 'opaque' && type.name === 'optional_type'
/** The type inside of an optional; undefined: it is none. */
export const unwrapOptional = (type: CelType): CelType | undefined => (isOptional(type) ? type.parameters[0] : undefined)

const find = (known: Substitutions, type: CelType) => (type.kind === 'typeParam' ? known.get(type.name) : undefined)

/** Whether `a` says the same as `b` or leaves more open. */
const isAsGeneral = (a: CelType, b: CelType): boolean => {
  if (isDyn(a) || a.kind === 'typeParam') return true
  if (isDyn(b) || b.kind === 'typeParam' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  if (!['opaque', 'list', 'map'].includes(a.kind)) return isExactType(a, b)
  if (a.name !== b.name || a.parameters.length !== b.parameters.length) return false
  return a.parameters.every((one, index) => isAsGeneral(one, b.parameters[index]!))
}

/** The less specific of two types that unify. */
export const mostGeneral = (a: CelType, b: CelType): CelType => (isAsGeneral(a, b) ? a : b)

/** A parameter must not become a type that holds itself. */
const occursNot = (known: Substitutions, type: CelType, within: CelType): boolean => {
  if (isExactType(type, within)) return false
  if (within.kind === 'typeParam') {
    const found = find(known, within)
    return !found || occursNot(known, type, found)
  }
  return within.parameters.every((one) => occursNot(known, type, one))
}

/** Whether parameter `parameter` may be `type`; undefined: it can't, but nothing is known of it yet. */
const substitutes = (known: Substitutions, type: CelType, parameter: CelType): boolean | undefined => {
  if (type.kind === parameter.kind && isExactType(type, parameter)) return true
  const found = find(known, parameter)
  if (found) {
    if (type.kind === found.kind && isExactType(type, found)) return true
    if (!unify(known, type, found)) return false
    const general = mostGeneral(type, found)
    if (occursNot(known, parameter, general)) known.set(parameter.name, general)
    return true
  }
  if (!occursNot(known, parameter, type)) return undefined
  known.set(parameter.name, type)
  return true
}

const takesNull = (type: CelType): boolean =>
  ['opaque', 'struct', 'any', 'duration', 'timestamp'].includes(type.kind) || isAssignableType(type, nullType)

const unify = (known: Substitutions, from: CelType, to: CelType): boolean => {
  if (to.kind === 'typeParam') {
    const valid = substitutes(known, from, to)
    if (valid !== undefined) return valid
  }
  if (from.kind === 'typeParam') return substitutes(known, to, from) === true
  if (isDynOrError(from) || isDynOrError(to)) return true
  if (from.kind === 'null') return takesNull(to)
  if (to.kind === 'null') return takesNull(from)
  switch (from.kind) {
    case 'type':
      return to.kind === 'type'
    case 'opaque':
    case 'list':
    case 'map':
      return from.kind === to.kind && from.name === to.name && unifyAll(known, from.parameters, to.parameters)
    default:
      return isAssignableType(to, from)
  }
}

const unifyAll = (known: Substitutions, from: readonly CelType[], to: readonly CelType[]): boolean =>
  from.length === to.length && from.every((one, index) => unify(known, one, to[index]!))

/** Whether values of `from` may go where `to` stands; what follows from that for parameters is known then. */
export const assign = (known: Substitutions, from: readonly CelType[], to: readonly CelType[]): boolean =>
  known.try(() => unifyAll(known, from, to))

/** `type` with what is known of its parameters; `free` ones become dyn, if asked. */
export const substitute = (known: Substitutions, type: CelType, freeToDyn: boolean): CelType => {
  const found = find(known, type)
  if (found) return substitute(known, found, freeToDyn)
  if (type.kind === 'typeParam') return freeToDyn ? dynType : type
  if (!type.parameters.length) return type
  return new CelType(
    type.kind,
    type.name,
    type.parameters.map((one) => substitute(known, one, freeToDyn)),
    type.nullable,
  )
}
