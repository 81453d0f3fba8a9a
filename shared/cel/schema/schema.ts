/** A structural schema (apiextensions JSONSchemaProps), as far as rules look at it. */
export interface CelSchema {
  readonly type?: string | undefined
  readonly format?: string | undefined
  readonly nullable?: boolean | undefined
  readonly default?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly required?: readonly string[] | undefined
  readonly maxLength?: number | undefined
  readonly maxItems?: number | undefined
  readonly maxProperties?: number | undefined
  readonly items?: CelSchema | undefined
  readonly properties?: Readonly<Record<string, CelSchema>> | undefined
  readonly additionalProperties?: boolean | CelSchema | undefined
  readonly allOf?: readonly CelSchema[] | undefined
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined
  readonly 'x-kubernetes-list-type'?: string | undefined
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined
  readonly 'x-kubernetes-map-type'?: string | undefined
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

export const additionalSchema = ({ additionalProperties }: CelSchema): CelSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined

export const isEmbedded = (schema: CelSchema): boolean => schema['x-kubernetes-embedded-resource'] === true

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
