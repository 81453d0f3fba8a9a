import { duplicateValue, type FieldError, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import type { Service } from '../../resource.ts'
import { ipFamily, validIP } from '../../validation/ip.ts'
import { createSeen, each, oneOf, optionalOneOf } from '../../validation/value.ts'
import { isHeadless } from './kind.ts'

const path = 'spec.clusterIPs'

export const validateClusterIPs = (service: Service): FieldError[] => {
  const { type, clusterIP, clusterIPs = [], ipFamilies, ipFamilyPolicy } = service.spec
  if (type === 'ExternalName') return []
  const seen = createSeen()
  const addressErrors = validateAddresses(clusterIPs)
  const errors = [
    ...validateFirst(clusterIP, clusterIPs),
    ...each('spec.ipFamilies', ipFamilies, (familyPath, family) => [
      ...oneOf(familyPath, family, ['IPv4', 'IPv6']),
      ...(seen(family) ? [duplicateValue(familyPath, family)] : []),
    ]),
    ...optionalOneOf('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
    ...addressErrors,
    ...(clusterIPs.length > 2 ? [invalidValue(path, clusterIPs, 'may only hold up to 2 values')] : []),
  ]
  return addressErrors.length > 0 ? errors : [...errors, ...validateFamilies(service)]
}

const validateFirst = (clusterIP: string | undefined, clusterIPs: readonly string[]): FieldError[] => {
  if (!clusterIP)
    return clusterIPs.length > 0 ? [invalidValue(path, clusterIPs, 'must be empty when `clusterIP` is not specified')] : []
  if (clusterIPs.length === 0) return [requiredValue(path)]
  return clusterIPs[0] === clusterIP ? [] : [invalidValue(path, clusterIPs, 'first value must match `clusterIP`')]
}

const validateAddresses = (clusterIPs: readonly string[]): FieldError[] =>
  each(path, clusterIPs, (ipPath, ip, index) => {
    if (index > 0 || ip !== 'None') return validIP(ipPath, ip)
    return clusterIPs.length > 1 ? [invalidValue(path, clusterIPs, "'None' must be the first and only value")] : []
  })

const validateFamilies = (service: Service): FieldError[] => {
  const { clusterIPs = [], ipFamilies = [] } = service.spec
  const actual = clusterIPs.map(ipFamily)
  return [
    ...(clusterIPs.length > 1 && new Set(actual).size === 1
      ? [invalidValue(path, clusterIPs, 'may specify no more than one IP for each IP family')]
      : []),
    ...(isHeadless(service)
      ? []
      : each(path, clusterIPs, (ipPath, ip, index) => {
          const wanted = ipFamilies[index]
          return (wanted === 'IPv4' || wanted === 'IPv6') && wanted !== actual[index]
            ? [invalidValue(ipPath, ip, `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``)]
            : []
        })),
  ]
}

/** A Service keeps its first address and family as long as it has any; the second may come and go. */
export const validateClusterIPUpdate = (service: Service, old: Service): FieldError[] => {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return []
  const isNowHeadless = isHeadless(service)
  const wasHeadless = isHeadless(old)
  return [
    ...(isNowHeadless && wasHeadless ? [] : validateKept(service, old, 'clusterIPs')),
    ...(isNowHeadless || wasHeadless ? [] : validateKept(service, old, 'ipFamilies')),
  ]
}

const words = {
  clusterIPs: { primary: 'primary clusterIP can not be unset', secondary: 'clusterIP' },
  ipFamilies: { primary: 'primary ipFamily can not be unset', secondary: 'ipFamily' },
} as const

const validateKept = ({ spec }: Service, { spec: old }: Service, field: keyof typeof words): FieldError[] => {
  const [now, before] = [spec[field] ?? [], old[field] ?? []]
  const first = `spec.${field}[0]`
  if (now.length === before.length)
    return before.flatMap((value, index) =>
      value === now[index]
        ? []
        : [invalidValue(field === 'clusterIPs' ? `spec.clusterIPs[${index}]` : first, now, 'may not change once set')],
    )
  const changedFirst =
    before.length > 0 && now.length > 0 && now[0] !== before[0] ? [invalidValue(first, now, 'may not change once set')] : []
  if (now.length > before.length) return changedFirst
  return [
    ...(spec.clusterIPs?.length ? [] : [invalidValue(first, spec[field] ?? null, words[field].primary)]),
    ...changedFirst,
    ...(now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack'
      ? [
          invalidValue(
            'spec.ipFamilyPolicy',
            spec.ipFamilyPolicy,
            `must be set to 'SingleStack' when releasing the secondary ${words[field].secondary}`,
          ),
        ]
      : []),
  ]
}
