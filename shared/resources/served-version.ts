import type { KindDefinition, ServedVersion } from './definition.ts'

/** A kind as its paths of another version show it, to discovery and OpenAPI. */
export const shownAs = (definition: KindDefinition, { group, version, schema, deprecation }: ServedVersion): KindDefinition => ({
  ...definition,
  group,
  version,
  schema,
  deprecation,
  servedAs: undefined,
  upstreamStores: definition.upstreamStores ?? `${definition.group}/${definition.version}`,
})

/** A kind as requests to another version are handled: stored as ever, with the rules of that version. */
export const handledAs = (definition: KindDefinition, version: ServedVersion): KindDefinition => ({
  ...definition,
  deprecation: version.deprecation,
  fieldSelectors: version.fieldSelectors ?? definition.fieldSelectors,
  validate: version.validate ?? definition.validate,
  validateCreate: version.validateCreate ?? definition.validateCreate,
  validateUpdate: version.validateUpdate ?? definition.validateUpdate,
  validateName: version.validateName ?? definition.validateName,
  unqualifiedFinalizers: version.unqualifiedFinalizers ?? definition.unqualifiedFinalizers,
  metadataLast: version.metadataLast ?? definition.metadataLast,
})

/** Every kind under each of its groups and versions, the stored one first. */
export const allVersions = (definitions: readonly KindDefinition[]): KindDefinition[] =>
  definitions.flatMap((one) => [one, ...(one.servedAs ?? []).map((version) => shownAs(one, version))])
