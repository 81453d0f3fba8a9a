import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Label, pathSegment } from '../../meta/names.ts'
import { parseQuantityValue } from '../../meta/quantity.ts'
import { validateContainerResourceName } from '../core/pod/validation/resource-amount.ts'
import type { V2CrossVersionObjectReference, V2MetricIdentifier, V2MetricSpec, V2MetricTarget } from '../generated/types.ts'
import { checked } from '../validation/value.ts'

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const targetTypes = ['Utilization', 'Value', 'AverageValue']

const segment = (path: string, value: string | undefined, missing = ''): FieldError[] =>
  value ? checked(path, value, (text) => pathSegment(text)) : [requiredValue(path, missing)]

/** `groups`: whether an apiVersion has to name one, or is not looked at. */
export const validateReference = (
  path: string,
  { kind, name, apiVersion = '' }: V2CrossVersionObjectReference,
  groups: 'required' | 'optional' | 'unchecked',
): FieldError[] => {
  const wrong = groups === 'unchecked' ? undefined : apiVersionError(apiVersion, groups === 'required')
  return [
    ...segment(`${path}.kind`, kind),
    ...segment(`${path}.name`, name),
    ...(wrong ? [invalidValue(`${path}.apiVersion`, apiVersion, wrong)] : []),
  ]
}

export const apiVersionError = (apiVersion: string, needsGroup: boolean): string | undefined => {
  const parts = apiVersion.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const group = parts.length === 2 ? parts[0] : ''
  return needsGroup && !group ? 'apiVersion must specify API group' : undefined
}

const positiveAmount = (path: string, value: string | number | undefined): FieldError[] =>
  value !== undefined && parseQuantityValue(value).nano <= 0n ? [invalidValue(path, value, 'must be positive')] : []

const validateTarget = (path: string, target: V2MetricTarget): FieldError[] => {
  const { type = '', value, averageValue, averageUtilization } = target
  return [
    ...(type ? [] : [requiredValue(`${path}.type`, 'must specify a metric target type')]),
    ...(targetTypes.includes(type)
      ? []
      : [invalidValue(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...positiveAmount(`${path}.value`, value),
    ...positiveAmount(`${path}.averageValue`, averageValue),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [invalidValue(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')]
      : []),
  ]
}

const validateIdentifier = (path: string, metric: V2MetricIdentifier | undefined): FieldError[] =>
  segment(`${path}.name`, metric?.name, 'must specify a metric name')

/** A raw value or a share of what was asked for. */
const validateUtilization = (path: string, target: V2MetricTarget): FieldError[] => {
  const { averageUtilization, averageValue } = target
  const neither = averageUtilization === undefined && averageValue === undefined
  const both = averageUtilization !== undefined && averageValue !== undefined
  return [
    ...validateTarget(path, target),
    ...(neither
      ? [requiredValue(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization')]
      : []),
    ...(both ? [forbiddenField(`${path}.averageValue`, 'may not set both a target raw value and a target utilization')] : []),
  ]
}

/** By field of a metric, in upstream's order. */
const sources: Readonly<Record<string, (path: string, metric: V2MetricSpec, unchecked: boolean) => FieldError[]>> = {
  object: (path, { object: source }, unchecked) => {
    if (!source) return []
    const target = source.target ?? {}
    return [
      ...validateReference(`${path}.describedObject`, source.describedObject ?? {}, unchecked ? 'unchecked' : 'optional'),
      ...validateIdentifier(`${path}.metric`, source.metric),
      ...validateTarget(`${path}.target`, target),
      ...(target.value === undefined && target.averageValue === undefined
        ? [requiredValue(`${path}.target.averageValue`, 'must set either a target value or averageValue')]
        : []),
    ]
  },
  external: (path, { external: source }) => {
    if (!source) return []
    const target = source.target ?? {}
    const { value, averageValue } = target
    return [
      ...validateIdentifier(`${path}.metric`, source.metric),
      ...validateTarget(`${path}.target`, target),
      ...(value === undefined && averageValue === undefined
        ? [requiredValue(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target')]
        : []),
      ...(value !== undefined && averageValue !== undefined
        ? [forbiddenField(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')]
        : []),
    ]
  },
  pods: (path, { pods: source }) => {
    if (!source) return []
    const target = source.target ?? {}
    return [
      ...validateIdentifier(`${path}.metric`, source.metric),
      ...validateTarget(`${path}.target`, target),
      ...(target.averageValue === undefined
        ? [requiredValue(`${path}.target.averageValue`, 'must specify a positive target averageValue')]
        : []),
    ]
  },
  resource: (path, { resource: source }) =>
    source
      ? [
          ...(source.name ? [] : [requiredValue(`${path}.name`, 'must specify a resource name')]),
          ...validateUtilization(`${path}.target`, source.target ?? {}),
        ]
      : [],
  containerResource: (path, { containerResource: source }) =>
    source
      ? [
          ...(source.name
            ? validateContainerResourceName(`${path}.name`, source.name)
            : [requiredValue(`${path}.name`, 'must specify a resource name')]),
          ...(source.container
            ? checked(`${path}.container`, source.container, (name) => dns1123Label(name))
            : [requiredValue(`${path}.container`, 'must specify a container')]),
          ...validateUtilization(`${path}.target`, source.target ?? {}),
        ]
      : [],
}

const fieldOf = (type: string) => `${type.charAt(0).toLowerCase()}${type.slice(1)}`

/** `unchecked`: objects may be named as they were named before. */
export const validateMetric = (path: string, metric: V2MetricSpec, unchecked: boolean): FieldError[] => {
  const { type = '' } = metric
  const isKnown = types.includes(type)
  const expected = isKnown ? fieldOf(type) : ''
  const present = Object.keys(sources).filter((field) => metric[field as keyof V2MetricSpec] !== undefined)
  const [first] = present
  return [
    ...(type ? [] : [requiredValue(`${path}.type`, 'must specify a metric source type')]),
    ...(isKnown ? [] : [notSupported(`${path}.type`, type, types)]),
    ...(first === undefined ? [] : (sources[first]?.(`${path}.${first}`, metric, unchecked) ?? [])),
    ...(isKnown && !present.includes(expected)
      ? [requiredValue(`${path}.${expected}`, 'must populate information for the given metric source')]
      : []),
    // once more, as upstream does
    ...(isKnown ? [] : [notSupported(`${path}.type`, type, types)]),
    ...(present.length === 1 ? [] : present.filter((field) => field !== expected)).map((field) =>
      forbiddenField(`${path}.${field}`, 'must populate the given metric source only'),
    ),
  ]
}
