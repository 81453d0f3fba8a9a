import type { FieldError } from '../../../shared/meta/field-error.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { applyDefaults } from '../../../shared/resources/apply-defaults.ts'
import type { KindDefinition } from '../../../shared/resources/definition.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'

export const definitionOf = (kind: string): KindDefinition => {
  const found = definitions.find((definition) => definition.kind === kind)
  if (!found) throw new Error(`no definition of ${kind}`)
  return found
}

const lines = (errors: readonly FieldError[] | undefined) => (errors ?? []).map(({ field, message }) => `${field}: ${message}`)

/** A definition's hooks on plain objects, as the API server calls them. */
export const kind = (name: string) => {
  const definition = definitionOf(name)
  const created = (value: object): KubeObject => {
    const object = structuredClone({ metadata: { name: 'it', namespace: 'default' }, ...value }) as KubeObject
    applyDefaults(definition, object, loadSchemas())
    definition.prepareForCreate?.(object, { name: 'someone', groups: [] })
    return object
  }
  return {
    defaulted: (value: object): KubeObject => {
      const object = structuredClone({ metadata: { name: 'it', namespace: 'default' }, ...value }) as KubeObject
      applyDefaults(definition, object, loadSchemas())
      return object
    },
    created,
    errors: (value: object) => {
      const object = created(value)
      return [...lines(definition.validate?.(object)), ...lines(definition.validateCreate?.(object))]
    },
    warnings: (value: object) => definition.warnings?.(created(value), undefined) ?? [],
    updateErrors: (old: object, value: object) => {
      const [before, object] = [created(old), created(value)]
      definition.prepareForUpdate?.(object, before)
      return [...lines(definition.validate?.(object)), ...lines(definition.validateUpdate?.(object, before))]
    },
    statusErrors: (object: object, old: object = object) =>
      lines(
        definition.validateStatusUpdate?.(
          structuredClone({ metadata: { name: 'it' }, ...object }) as KubeObject,
          structuredClone({ metadata: { name: 'it' }, ...old }) as KubeObject,
        ),
      ),
    /** the cells by their column's name */
    cells: (value: object, nowMs = 0): Record<string, unknown> => {
      const object = { metadata: { name: 'it' }, ...value } as KubeObject
      return Object.fromEntries((definition.columns ?? []).map((column) => [column.name, column.cell(object, nowMs)]))
    },
    columns: (priority: number) => (definition.columns ?? []).filter((one) => one.priority === priority).map((one) => one.name),
  }
}
