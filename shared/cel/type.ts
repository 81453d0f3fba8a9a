export type TypeKind =
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'dyn'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'typeParam'
  | 'uint'

/** A type of CEL. `name` is what `type(x)` shows at run time: `int`, `list`, `google.protobuf.Timestamp`, `kubernetes.Quantity`. */
export class CelType {
  readonly kind: TypeKind
  readonly name: string
  readonly parameters: readonly CelType[]
  /** A wrapper: takes null too. */
  readonly nullable: boolean

  constructor(kind: TypeKind, name: string, parameters: readonly CelType[] = [], nullable = false) {
    this.kind = kind
    this.name = name
    this.parameters = parameters
    this.nullable = nullable
  }

  /** As a user reads it in a message: `list(int)`, `map(string, dyn)`, `wrapper(string)`. */
  toString(): string {
    if (this.kind === 'opaque' && this.name === 'function') return signatureText(this.parameters.slice(1), false)
    const name = shownNames[this.kind] ?? this.name
    if (!this.parameters.length) return this.nullable ? `wrapper(${name})` : name
    return `${name}(${this.parameters.join(', ')})`
  }
}

const shownNames: Partial<Record<TypeKind, string>> = {
  any: 'any',
  duration: 'duration',
  error: '!error!',
  null: 'null',
  timestamp: 'timestamp',
}

/** `string.(int, dyn)` for a method, `(string, int)` for a function. */
export const signatureText = (parameters: readonly CelType[], isMember: boolean): string =>
  isMember ? `${parameters[0]}.(${parameters.slice(1).join(', ')})` : `(${parameters.join(', ')})`

export const anyType = new CelType('any', 'google.protobuf.Any')
export const boolType = new CelType('bool', 'bool')
export const bytesType = new CelType('bytes', 'bytes')
export const doubleType = new CelType('double', 'double')
export const durationType = new CelType('duration', 'google.protobuf.Duration')
export const dynType = new CelType('dyn', 'dyn')
export const errorType = new CelType('error', 'error')
export const intType = new CelType('int', 'int')
export const nullType = new CelType('null', 'null_type')
export const stringType = new CelType('string', 'string')
export const timestampType = new CelType('timestamp', 'google.protobuf.Timestamp')
export const typeType = new CelType('type', 'type')
export const uintType = new CelType('uint', 'uint')

export const listOf = (item: CelType): CelType => new CelType('list', 'list', [item])
export const mapOf = (key: CelType, value: CelType): CelType => new CelType('map', 'map', [key, value])
export const typeOf = (type: CelType): CelType => new CelType('type', 'type', [type])
export const typeParameter = (name: string): CelType => new CelType('typeParam', name)
/** A type that only functions can look into. */
export const opaqueType = (name: string, ...parameters: CelType[]): CelType => new CelType('opaque', name, parameters)
export const optionalOf = (type: CelType): CelType => opaqueType('optional_type', type)
/** An object with declared fields; which they are says the environment's `structs`. */
export const structType = (name: string): CelType => new CelType('struct', name)

const sameType = (a: CelType, b: CelType, parameterNames: boolean): boolean => {
  if (a === b) return true
  if (a.kind !== b.kind || a.parameters.length !== b.parameters.length) return false
  if ((parameterNames || a.kind !== 'typeParam') && a.name !== b.name) return false
  return a.parameters.every((one, index) => sameType(one, b.parameters[index]!, parameterNames))
}

export const isExactType = (a: CelType, b: CelType): boolean => sameType(a, b, true)
/** As `isExactType`, but for the names of free type parameters. */
export const isEquivalentType = (a: CelType, b: CelType): boolean => sameType(a, b, false)

const isDynamic = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'any' || kind === 'typeParam'

/** Whether a value of type `from` may stand where `to` is expected, free type parameters aside. */
export const isAssignableType = (to: CelType, from: CelType): boolean => {
  if (to.nullable && from.kind === 'null') return true
  if (to === from || isDynamic(to)) return true
  if (to.kind !== from.kind || to.name !== from.name || to.parameters.length !== from.parameters.length) return false
  return to.parameters.every((one, index) => isAssignableType(one, from.parameters[index]!))
}
