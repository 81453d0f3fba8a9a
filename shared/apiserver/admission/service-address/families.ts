import { type FieldError, invalid, invalidValue } from '../../../meta/field-error.ts'
import { validateClusterIPs } from '../../../resources/core/service/cluster-ip.ts'
import type { Service } from '../../../resources/resource.ts'
import { headless } from './cluster-ip.ts'

/**
 * Settles which families a Service's addresses are of, on a cluster that has IPv4 only, and throws what is wrong with them: upstream does so
 * before it looks at the rest.
 */
export const settleFamilies = (service: Service, old: Service | undefined): void => {
  const { spec } = service
  if (spec.type === 'ExternalName') return
  spec.ipFamilyPolicy ??= old?.spec.ipFamilyPolicy ?? (isSelectorless(service) ? 'RequireDualStack' : 'SingleStack')
  refuse(service, validateClusterIPs(service))
  refuse(service, [...(old ? releaseSecond(service, old) : []), ...checkSingle(service)])
  if (isSelectorless(service)) {
    if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4']
    if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack')
      spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4']
    return
  }
  refuse(service, checkCluster(service))
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4']
}

const isSelectorless = ({ spec }: Service) => spec.clusterIP === headless && Object.keys(spec.selector ?? {}).length === 0

const refuse = ({ metadata }: Service, errors: FieldError[]): void => {
  if (errors.length > 0) throw invalid('', 'Service', metadata.name, errors)
}

const secondFields = [
  { field: 'clusterIPs', what: 'cluster IP' },
  { field: 'ipFamilies', what: 'IP family' },
] as const

/** Who turns to one family lets the second of what he left alone go; who leaves the second out must turn to one. */
const releaseSecond = (service: Service, old: Service): FieldError[] =>
  secondFields.flatMap(({ field, what }) => {
    const [now, before] = [service.spec[field] ?? [], old.spec[field] ?? []]
    if (service.spec.ipFamilyPolicy === 'SingleStack') {
      if (now.length > 1 && now.join() === before.join()) service.spec[field] = now.slice(0, 1)
      return []
    }
    return now.length < before.length && now.length > 0
      ? [
          invalidValue(
            'spec.ipFamilyPolicy',
            service.spec.ipFamilyPolicy,
            `must be 'SingleStack' to release the secondary ${what}`,
          ),
        ]
      : []
  })

const checkSingle = ({ spec: { ipFamilyPolicy, clusterIPs, ipFamilies } }: Service): FieldError[] => {
  const tooMany = (what: string) =>
    invalidValue(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    )
  const ofOtherFamily = (clusterIPs ?? []).flatMap((address, index) =>
    address.includes(':') && ipFamilies?.[index] === undefined
      ? [invalidValue(`spec.clusterIPs[${index}]`, clusterIPs, 'IPv6 is not configured on this cluster')]
      : [],
  )
  if (ipFamilyPolicy !== 'SingleStack') return ofOtherFamily
  return [
    ...(clusterIPs?.length === 2 ? [tooMany('cluster IPs')] : []),
    ...(ipFamilies?.length === 2 ? [tooMany('IP families')] : []),
    ...ofOtherFamily,
  ]
}

const checkCluster = ({ spec: { ipFamilyPolicy, ipFamilies } }: Service): FieldError[] => [
  ...(ipFamilyPolicy === 'RequireDualStack'
    ? [invalidValue('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services')]
    : []),
  ...(ipFamilies ?? []).flatMap((family, index) =>
    family === 'IPv4' ? [] : [invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
  ),
]
