import { duplicateValue, type FieldError } from '../../meta/field-error.ts'
import { dns1123Label } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { validateOverhead } from '../core/pod/validation/resource-requirement.ts'
import { validateTolerations } from '../core/pod/validation/scheduling.ts'
import { define } from '../definition.ts'
import type { Toleration } from '../generated/types.ts'
import type { RuntimeClass } from '../resource.ts'
import { deprecatedNodeLabels } from '../validation/deprecated-node-label.ts'
import { immutable } from '../validation/equality.ts'
import { labels } from '../validation/label.ts'
import { checked, createSeen, each } from '../validation/value.ts'

const validateDistinct = (path: string, tolerations: readonly Toleration[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, tolerations, (tolerationPath, toleration) => {
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration
    return seen(JSON.stringify([key, operator, value, effect]))
      ? [
          duplicateValue(tolerationPath, {
            Key: key,
            Operator: operator,
            Value: value,
            Effect: effect,
            TolerationSeconds: tolerationSeconds ?? null,
          }),
        ]
      : []
  })
}

const validate = ({ handler = '', overhead, scheduling }: RuntimeClass): FieldError[] => [
  ...checked('handler', handler, (name) => dns1123Label(name)),
  ...validateOverhead('overhead', overhead?.podFixed),
  ...labels('scheduling.nodeSelector', scheduling?.nodeSelector),
  ...validateTolerations('scheduling.tolerations', scheduling?.tolerations),
  ...validateDistinct('scheduling.tolerations', scheduling?.tolerations),
]

export const runtimeClass = define<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  unqualifiedFinalizers: true,
  schema: 'io.k8s.api.node.v1.RuntimeClass',
  rechecksNames: [''],
  createOnUpdate: true,
  unconditionalUpdate: false,
  validate,
  validateUpdate: ({ handler }, old) => immutable('handler', handler, old.handler),
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {})
      .filter((key) => deprecatedNodeLabels[key])
      .map((key) => `scheduling.nodeSelector: ${deprecatedNodeLabels[key]}`),
  columns: [text('Handler', '', ({ handler }) => handler), age],
})
