import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../generated/types.ts'
import type { PriorityLevelConfiguration } from '../resource.ts'
import { oneOf } from '../validation/value.ts'
import { validateConditions } from './condition.ts'
import { isMandatoryLevel } from './mandatory.ts'

const keepsZero = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares'

export const validateLevel = ({ metadata: { name, annotations }, spec, status }: PriorityLevelConfiguration): FieldError[] => [
  ...(annotations?.[keepsZero] === undefined
    ? []
    : [forbiddenField('metadata.annotations', `annotation '${keepsZero}' is forbidden`)]),
  ...((name === 'exempt') === (spec.type === 'Exempt')
    ? []
    : [invalidValue('spec.type', spec.type ?? '', "must be 'Exempt' if and only if `name` is 'exempt'")]),
  ...byType(spec),
  ...(isMandatoryLevel(name, spec) === false
    ? [
        invalidValue(
          'spec',
          spec,
          name === 'exempt'
            ? "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"
            : `spec of '${name}' must equal the fixed value`,
        ),
      ]
    : []),
  ...validateConditions(status?.conditions),
]

export const validateLevelStatus = ({ status }: PriorityLevelConfiguration): FieldError[] =>
  validateConditions(status?.conditions)

const byType = ({ type, limited, exempt }: PriorityLevelConfigurationSpec): FieldError[] => {
  if (type === 'Exempt')
    return [
      ...(limited ? [forbiddenField('spec.limited', 'must be nil if the type is not Limited')] : []),
      ...(exempt ? validateExempt('spec.exempt', exempt) : []),
    ]
  if (type === 'Limited')
    return [
      ...(exempt ? [forbiddenField('spec.exempt', 'must be nil if the type is Limited')] : []),
      ...(limited
        ? validateLimited('spec.limited', limited)
        : [requiredValue('spec.limited', 'must not be empty when type is Limited')]),
    ]
  return oneOf('spec.type', type, ['Exempt', 'Limited'])
}

const shares = (path: string, value: number | null | undefined): FieldError[] =>
  (value ?? 0) < 0 ? [invalidValue(`${path}.nominalConcurrencyShares`, value, 'must be a non-negative integer')] : []

const lendable = (path: string, value: number | undefined): FieldError[] =>
  value !== undefined && (value < 0 || value > 100)
    ? [invalidValue(`${path}.lendablePercent`, value, 'must be between 0 and 100, inclusive')]
    : []

const validateExempt = (path: string, value: ExemptPriorityLevelConfiguration): FieldError[] => [
  ...shares(path, value.nominalConcurrencyShares),
  ...lendable(path, value.lendablePercent),
]

const validateLimited = (path: string, value: LimitedPriorityLevelConfiguration): FieldError[] => {
  const { limitResponse = { type: '' }, borrowingLimitPercent = 0 } = value
  return [
    ...shares(path, value.nominalConcurrencyShares),
    ...validateResponse(`${path}.limitResponse`, limitResponse),
    ...lendable(path, value.lendablePercent),
    ...(borrowingLimitPercent < 0
      ? [invalidValue(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer')]
      : []),
  ]
}

const validateResponse = (path: string, { type, queuing }: LimitResponse): FieldError[] => {
  if (type === 'Reject')
    return queuing ? [forbiddenField(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : []
  if (type !== 'Queue') return oneOf(`${path}.type`, type, ['Queue', 'Reject'])
  return queuing
    ? validateQueuing(`${path}.queuing`, queuing)
    : [requiredValue(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
}

const mostQueues = 10_000_000
/** as many bits as requests are dealt by */
const mostBits = 60

const validateQueuing = (
  path: string,
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration,
): FieldError[] => {
  const bits = Math.ceil(Math.log2(queues) * handSize)
  const hand = (detail: string) => [invalidValue(`${path}.handSize`, handSize, detail)]
  return [
    ...(queueLengthLimit <= 0 ? [invalidValue(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive')] : []),
    ...(queues <= 0
      ? [invalidValue(`${path}.queues`, queues, 'must be positive')]
      : queues > mostQueues
        ? [invalidValue(`${path}.queues`, queues, `must not be greater than ${mostQueues}`)]
        : []),
    ...(handSize <= 0
      ? hand('must be positive')
      : handSize > queues
        ? hand(`should not be greater than queues (${queues})`)
        : bits > mostBits
          ? hand(`required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${mostBits}`)
          : []),
  ]
}
