import { duplicateValue, type FieldError, forbiddenField, invalidValue } from '../../meta/field-error.ts'
import { labelValue } from '../../meta/names.ts'
import { parseQuantityValue } from '../../meta/quantity.ts'
import type { Taint } from '../generated/types.ts'
import type { Node } from '../resource.ts'
import { parseCIDR, validCIDR } from '../validation/cidr.ts'
import { labelKey } from '../validation/label.ts'
import { createSeen, each, requiredOneOf } from '../validation/value.ts'
import { validateAmount } from './pod/validation/resource-amount.ts'
import { taintEffects } from './pod/validation/scheduling.ts'

export const validateNode = ({ spec, status }: Node): FieldError[] => {
  const families = (spec.podCIDRs ?? []).map((cidr) => parseCIDR(cidr)?.family)
  return [
    // upstream looks for them in the metadata
    ...validateTaints('metadata.taints', spec.taints),
    ...validateAmounts('status.capacity', status?.capacity),
    ...validateAmounts('status.allocatable', status?.allocatable),
    ...each('spec.podCIDRs', spec.podCIDRs, validCIDR),
    ...(new Set(families).size < families.length
      ? [invalidValue('spec.podCIDRs', spec.podCIDRs, 'may specify no more than one CIDR for each IP family')]
      : []),
  ]
}

export const validateNodeUpdate = ({ spec }: Node, { spec: old }: Node): FieldError[] => [
  ...(old.podCIDRs?.length &&
  (old.podCIDRs.length !== spec.podCIDRs?.length || old.podCIDRs.some((cidr, index) => cidr !== spec.podCIDRs?.[index]))
    ? [forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]
    : []),
  ...(old.providerID && old.providerID !== spec.providerID
    ? [forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid')]
    : []),
  ...((spec.externalID ?? '') === (old.externalID ?? '') ? [] : [forbiddenField('spec.externalID', 'may not be updated')]),
]

export const validateNodeStatus = ({ status }: Node): FieldError[] => {
  const seen = createSeen()
  return [
    ...validateAmounts('status.capacity', status?.capacity),
    ...validateAmounts('status.allocatable', status?.allocatable),
    ...declaredFeatures('status.declaredFeatures', status?.declaredFeatures ?? []),
    ...each('status.addresses', status?.addresses, (path, { type, address }) =>
      seen(`${type}/${address}`) ? [duplicateValue(path, { Type: type, Address: address })] : [],
    ),
  ]
}

const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/
const featureNameMaxBytes = 253

const declaredFeatures = (path: string, features: readonly string[]): FieldError[] =>
  each(path, features, (at, feature, index) => {
    const before = features[index - 1]
    const finding = featureFinding(feature)
    return [
      ...(finding ? [invalidValue(at, feature, `invalid feature name ${JSON.stringify(feature)}: ${finding}`)] : []),
      ...(feature === before ? [duplicateValue(at, feature)] : []),
      ...(before !== undefined && before > feature ? [invalidValue(at, feature, 'list must be sorted alphabetically')] : []),
    ]
  })

const featureFinding = (feature: string): string | undefined => {
  if (Buffer.byteLength(feature) > featureNameMaxBytes) return `must be no more than ${featureNameMaxBytes} characters`
  return featureName.test(feature)
    ? undefined
    : "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
}

const validateAmounts = (path: string, amounts: Record<string, string> | undefined): FieldError[] =>
  Object.entries(amounts ?? {}).flatMap(([name, text]) => validateAmount(`${path}.${name}`, name, parseQuantityValue(text)))

const validateTaints = (path: string, taints: readonly Taint[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each(path, taints, (taintPath, { key, value = '', effect }) => {
    const findings = labelValue(value)
    return [
      ...labelKey(`${taintPath}.key`, key),
      ...(findings.length > 0 ? [invalidValue(`${taintPath}.value`, value, findings.join(';'))] : []),
      ...requiredOneOf(`${taintPath}.effect`, effect, taintEffects),
      ...(seen(`${effect}/${key}`) ? [repeatedTaint(taintPath, { key, value, effect })] : []),
    ]
  })
}

const repeatedTaint = (path: string, { key, value, effect }: Taint): FieldError => {
  const error = duplicateValue(path, { Key: key, Value: value, Effect: effect, TimeAdded: null })
  return { ...error, message: `${error.message}: taints must be unique by key and effect pair` }
}
