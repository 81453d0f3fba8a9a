import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import { keepMetadata } from '../keep-metadata.ts'
import type { FlowSchema } from '../resource.ts'
import { validateFlowSchema, validateFlowSchemaStatus } from './flowschema-validation.ts'

const precedenceOf = ({ spec }: FlowSchema) => spec.matchingPrecedence ?? 0

const dangling = ({ status }: FlowSchema) => {
  const condition = status?.conditions?.find(({ type }) => type === 'Dangling')
  return condition ? (condition.status ?? '') : '?'
}

export const flowSchema = define<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  rechecksNames: ['', 'status'],
  hasGeneration: true,
  subresources: { status: true },
  resetFields: { status: ['metadata', 'spec'] },
  default: (object) => {
    object.status ??= {}
    const { spec } = object
    spec.matchingPrecedence ||= 1000
    ;(spec as Partial<FlowSchema['spec']>).priorityLevelConfiguration ??= {} as FlowSchema['spec']['priorityLevelConfiguration']
    spec.priorityLevelConfiguration.name ??= ''
  },
  prepareForCreate: (object) => {
    object.status = {}
  },
  prepareForStatusUpdate: keepMetadata,
  validate: validateFlowSchema,
  validateStatusUpdate: validateFlowSchemaStatus,
  tableOrder: (a, b) => precedenceOf(a) - precedenceOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  columns: [
    text(
      'PriorityLevel',
      '`name` is the name of the priority level configuration being referenced Required.',
      ({ spec }) => spec.priorityLevelConfiguration.name,
    ),
    text(
      'MatchingPrecedence',
      '`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen FlowSchema is among those with the numerically lowest (which we take to be logically highest) MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence is not specified, it will be set to 1000 as default.',
      precedenceOf,
    ),
    text(
      'DistinguisherMethod',
      '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
      ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    ),
    age,
    text('MissingPL', 'references a broken or non-existent PriorityLevelConfiguration', dangling),
  ],
})
