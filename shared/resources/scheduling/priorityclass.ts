import { type FieldError, forbiddenField } from '../../meta/field-error.ts'
import { age, boolean, integer, text } from '../column.ts'
import { define } from '../definition.ts'
import type { PriorityClass } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { requiredOneOf } from '../validation/value.ts'
import { systemPriorities } from './system-priority.ts'

const reservedPrefix = 'system-'
const highestOfUsers = 1_000_000_000

const systemFindings = ({ metadata: { name }, value = 0, globalDefault = false }: PriorityClass): string[] => {
  const expected = systemPriorities[name]?.value
  if (expected === undefined) return [`${name} is not a known system priority class`]
  if (value !== expected) return [`value of ${name} PriorityClass must be ${expected}`]
  return globalDefault ? [`globalDefault of ${name} PriorityClass must be false`] : []
}

const validateCreate = (object: PriorityClass): FieldError[] => {
  const { metadata, value = 0, preemptionPolicy } = object
  const reserved = `priority class names with '${reservedPrefix}' prefix are reserved for system use only. error: `
  return [
    ...(metadata.name?.startsWith(reservedPrefix)
      ? systemFindings(object).map((finding) => forbiddenField('metadata.name', `${reserved}${finding}`))
      : value > highestOfUsers
        ? [forbiddenField('value', `maximum allowed value of a user defined priority is ${highestOfUsers}`)]
        : []),
    ...requiredOneOf('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']),
  ]
}

const validateUpdate = ({ value = 0, preemptionPolicy }: PriorityClass, old: PriorityClass): FieldError[] => [
  ...(value === (old.value ?? 0) ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
  ...immutable('preemptionPolicy', preemptionPolicy, old.preemptionPolicy),
]

export const priorityClass = define<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  default: (object) => {
    object.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  // nothing of it changes that would count
  prepareForCreate: ({ metadata }) => {
    metadata.generation = 1
  },
  validateCreate,
  validateUpdate,
  columns: [
    integer(
      'Value',
      'value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.',
      ({ value }) => value ?? 0,
    ),
    boolean(
      'Global-Default',
      'globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.',
      ({ globalDefault }) => globalDefault ?? false,
    ),
    age,
    text(
      'PreemptionPolicy',
      'preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
})
