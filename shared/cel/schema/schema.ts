import { somewhere } from '../../meta/structural/somewhere.ts'
import { additionalOf, propertyOf, type Structural } from '../../meta/structural/structural.ts'

/** A structural schema (apiextensions JSONSchemaProps), as far as rules look at it. */
export interface CelSchema extends Structural {
  readonly format?: string | undefined
  readonly enum?: readonly unknown[] | undefined
  readonly required?: readonly string[] | undefined
  readonly maxLength?: number | undefined
  readonly maxItems?: number | undefined
  readonly maxProperties?: number | undefined
  readonly items?: CelSchema | undefined
  readonly properties?: Readonly<Record<string, CelSchema>> | undefined
  readonly additionalProperties?: boolean | CelSchema | undefined
  readonly 'x-kubernetes-validations'?: readonly Rule[] | undefined
}

/** An item of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string
  readonly message?: string | undefined
  readonly messageExpression?: string | undefined
  readonly reason?: string | undefined
  readonly fieldPath?: string | undefined
  readonly optionalOldSelf?: boolean | undefined
}

export const additionalSchema = (schema: CelSchema): CelSchema | undefined => additionalOf(schema) as CelSchema | undefined
export const propertySchema = (schema: CelSchema, name: string): CelSchema | undefined =>
  propertyOf(schema, name) as CelSchema | undefined

export const hasRules = somewhere((schema: CelSchema) => (schema['x-kubernetes-validations']?.length ?? 0) > 0)

/** Keeps with a schema what was made of it. `isResource`: it is of a whole object, which has a type and metadata whatever is said of it. */
export const keptWithSchema = <T>(make: (schema: CelSchema, isResource: boolean) => T) => {
  const [ofResources, ofParts] = [new WeakMap<CelSchema, { made: T }>(), new WeakMap<CelSchema, { made: T }>()]
  return (schema: CelSchema, isResource: boolean): T => {
    const kept = isResource ? ofResources : ofParts
    const known = kept.get(schema) ?? { made: make(schema, isResource) }
    kept.set(schema, known)
    return known.made
  }
}

/** Whether it can be told which field of an object was which before an update. */
export const isCorrelatable = ({ 'x-kubernetes-map-type': type }: CelSchema): boolean =>
  type === undefined || type === 'granular' || type === 'atomic'

const text: CelSchema = { type: 'string' }

/** The schema of a whole object: what every object has can be named, and nothing else of its metadata. */
export const withTypeAndMetadata = (schema: CelSchema): CelSchema => {
  const { kind, apiVersion, metadata } = schema.properties ?? {}
  const { name, generateName } = metadata?.properties ?? {}
  const described = [kind, apiVersion, name, generateName].every((one) => one?.type === 'string') && metadata?.type === 'object'
  if (described) return schema
  const names: CelSchema = { type: 'object', properties: { name: text, generateName: text } }
  return { ...schema, properties: { ...schema.properties, kind: text, apiVersion: text, metadata: names } }
}
