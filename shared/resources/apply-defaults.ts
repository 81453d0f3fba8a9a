import type { KubeObject } from '../meta/object.ts'
import type { SchemaTable } from '../meta/schema.ts'
import type { KindDefinition, ServedVersion } from './definition.ts'

/** What stands for what was not said. A spec that is a struct in Go is there before its defaults, whatever was said. In place. */
export const applyDefaults = (
  definition: Pick<KindDefinition | ServedVersion, 'schema' | 'default'>,
  object: KubeObject,
  schemas: SchemaTable,
): void => {
  if (schemas[definition.schema]?.zeros?.spec !== undefined) object.spec ??= {}
  definition.default?.(object)
}
