/** A schema as a custom type gives it (apiextensions JSONSchemaProps), as far as it says what a value is made of. Anything else of it is for validation. */
export interface Structural {
  readonly type?: string | undefined
  readonly properties?: Readonly<Record<string, Structural>> | undefined
  readonly items?: Structural | undefined
  readonly additionalProperties?: boolean | Structural | undefined
  readonly nullable?: boolean | undefined
  readonly default?: unknown
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined
  readonly 'x-kubernetes-list-type'?: string | undefined
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined
  readonly 'x-kubernetes-map-type'?: string | undefined
}

/** Of the field by its name; names may be anything, `constructor` too. */
export const propertyOf = ({ properties }: Structural, name: string): Structural | undefined =>
  properties && Object.hasOwn(properties, name) ? properties[name] : undefined

/** Of what no property describes; undefined: nothing is said of it. */
export const additionalOf = ({ additionalProperties }: Structural): Structural | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined

/** `false` says as little here as nothing: there is a word on unknown fields, and it is validation's. */
export const hasAdditional = ({ additionalProperties }: Structural): boolean => additionalProperties !== undefined

export const isEmbedded = (schema: Structural): boolean => schema['x-kubernetes-embedded-resource'] === true
export const preservesUnknown = (schema: Structural): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true

/** What every object has, whatever its schema says of it. */
export const typeAndMetadata: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])
