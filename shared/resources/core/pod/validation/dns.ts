import { type FieldError, forbiddenField, invalidValue, requiredValue, tooLong } from '../../../../meta/field-error.ts'
import { dns1123Subdomain } from '../../../../meta/names.ts'
import type { HostAlias, PodDNSConfig, PodSpec } from '../../../generated/types.ts'
import { validIP } from '../../../validation/ip.ts'
import { checked, each, requiredOneOf } from '../../../validation/value.ts'

const maxNameservers = 3
const maxSearches = 32
const maxSearchCharacters = 2048
const maxHostnameLength = 64

export const validateDNS = (path: string, { dnsPolicy, dnsConfig }: PodSpec): FieldError[] => [
  ...requiredOneOf(`${path}.dnsPolicy`, dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
  ...validateConfig(`${path}.dnsConfig`, dnsConfig, dnsPolicy === 'None'),
]

const validateConfig = (path: string, config: PodDNSConfig | undefined, isAll: boolean): FieldError[] => {
  if (isAll && !config) return [requiredValue(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
  if (isAll && !config?.nameservers?.length)
    return [requiredValue(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  const { nameservers = [], searches = [], options } = config ?? {}
  return [
    ...(nameservers.length > maxNameservers
      ? [invalidValue(`${path}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`)]
      : []),
    ...each(`${path}.nameservers`, nameservers, validIP),
    ...(searches.length > maxSearches
      ? [invalidValue(`${path}.searches`, searches, `must not have more than ${maxSearches} search paths`)]
      : []),
    ...(searches.join(' ').length > maxSearchCharacters
      ? [
          invalidValue(
            `${path}.searches`,
            searches,
            `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`,
          ),
        ]
      : []),
    ...each(`${path}.searches`, searches, (searchPath, search) =>
      search === '.' ? [] : checked(searchPath, search.replace(/\.$/, ''), searchDomain),
    ),
    ...each(`${path}.options`, options, (optionPath, { name }) => (name ? [] : [requiredValue(optionPath, 'must not be empty')])),
  ]
}

const searchLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const searchFormat = `${searchLabel}(\\.${searchLabel})*`
const searchExpression = new RegExp(`^${searchFormat}$`)

/** A subdomain that may have underscores. */
const searchDomain = (value: string): string[] => [
  ...(value.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(searchExpression.test(value)
    ? []
    : [
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${searchFormat}')`,
      ]),
]

export const validateHostAliases = (path: string, aliases: readonly HostAlias[] | undefined): FieldError[] =>
  each(path, aliases, (aliasPath, { ip, hostnames }) => [
    ...validIP(`${aliasPath}.ip`, ip),
    ...each(`${aliasPath}.hostnames`, hostnames, (namePath, name) => checked(namePath, name, (value) => dns1123Subdomain(value))),
  ])

export const validateHostnameOverride = (path: string, spec: PodSpec): FieldError[] => {
  const { hostnameOverride } = spec
  if (hostnameOverride === undefined) return []
  return [
    ...(spec.setHostnameAsFQDN ? [forbiddenField(path, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(spec.hostNetwork ? [forbiddenField(path, 'may not be specified when hostNetwork is true')] : []),
    ...(hostnameOverride.length > maxHostnameLength ? [tooLong(path, maxHostnameLength)] : []),
    ...checked(path, hostnameOverride, (value) => dns1123Subdomain(value)),
  ]
}
