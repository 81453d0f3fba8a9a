import { DecodeError } from '../../meta/decode/json.ts'
import { decode, parse } from '../../meta/decode.ts'
import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import { ApiError } from '../../meta/status.ts'
import { type AuditPolicy, type AuditPolicyRule, auditLevels, auditStages } from './policy.ts'

const string = { type: 'string' } as const
const strings = { type: 'array', items: string } as const
const boolean = { type: 'boolean' } as const

/** What a policy file may say. What it says besides is told, and counts for nothing, as with a real API server. */
const schemas: SchemaTable = {
  Policy: {
    type: 'object',
    properties: {
      apiVersion: string,
      kind: string,
      metadata: { preserveUnknownFields: true },
      rules: { type: 'array', items: { ref: 'PolicyRule' } },
      omitStages: strings,
      omitManagedFields: boolean,
    },
  },
  PolicyRule: {
    type: 'object',
    properties: {
      level: string,
      users: strings,
      userGroups: strings,
      verbs: strings,
      resources: { type: 'array', items: { ref: 'GroupResources' } },
      namespaces: strings,
      nonResourceURLs: strings,
      omitStages: strings,
      omitManagedFields: boolean,
    },
  },
  GroupResources: { type: 'object', properties: { group: string, resources: strings, resourceNames: strings } },
}
const group = 'audit.k8s.io'
const contentType = 'application/yaml'

/** What is wrong with a policy, in upstream's words. */
export class AuditPolicyError extends Error {
  override readonly name = 'AuditPolicyError'
}

/** Throws AuditPolicyError. `warnings`: fields that it has not. */
export const readPolicy = (bytes: Uint8Array): { readonly policy: AuditPolicy; readonly warnings: readonly string[] } => {
  const { object: policy, warnings } = decoded(bytes)
  const errors = validatePolicy(policy).map(({ field, message }) => `${field}: ${message}`)
  if (errors.length > 0) throw new AuditPolicyError(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
  if (!policy.rules?.length) throw new AuditPolicyError('loaded illegal policy with 0 rules')
  return { policy, warnings }
}

const decoded = (bytes: Uint8Array) => {
  try {
    const { value } = parse(bytes, { contentType, kind: 'Policy', strict: false })
    checkType((value ?? {}) as { apiVersion?: unknown; kind?: unknown })
    return decode<AuditPolicy>(bytes, { contentType, schema: 'Policy', schemas })
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof DecodeError)) throw error
    throw new AuditPolicyError(`failed decoding: ${error.message}`, { cause: error })
  }
}

const checkType = ({ apiVersion, kind }: { apiVersion?: unknown; kind?: unknown }): void => {
  if (!apiVersion && !kind) throw new AuditPolicyError(`unknown group version field ${group}/__internal, Kind=Policy in policy`)
  if (apiVersion === `${group}/v1` && kind === 'Policy') return
  throw new DecodeError(`no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')}`)
}

const validatePolicy = ({ omitStages, rules = [] }: AuditPolicy): FieldError[] => [
  ...stages('omitStages', omitStages),
  ...rules.flatMap((rule, index) => validateRule(`rules[${index}]`, rule)),
]

const validateRule = (path: string, { level, nonResourceURLs = [], resources = [], ...rule }: AuditPolicyRule): FieldError[] => [
  ...(!level
    ? [requiredValue(`${path}.level`)]
    : auditLevels.includes(level)
      ? []
      : [notSupported(`${path}.level`, level, auditLevels)]),
  ...nonResourceURLs.flatMap((url, index) => validateUrl(`${path}.nonResourceURLs[${index}]`, url)),
  ...resources.flatMap((one) => validateResources(`${path}.resources`, one)),
  ...stages(`${path}.omitStages`, rule.omitStages),
  ...(nonResourceURLs.length > 0 && (resources.length > 0 || rule.namespaces?.length)
    ? [
        invalidValue(
          `${path}.nonResourceURLs`,
          nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      ]
    : []),
]

const validateUrl = (path: string, url: string): FieldError[] =>
  url === '*'
    ? []
    : [
        ...(url.startsWith('/') ? [] : [invalidValue(path, url, "non-resource URL rules must begin with a '/' character")]),
        ...(url.slice(0, -1).includes('*')
          ? [invalidValue(path, url, "non-resource URL wildcards '*' must be the final character of the rule")]
          : []),
      ]

const validateResources = (
  path: string,
  { group: name, resources, resourceNames }: NonNullable<AuditPolicyRule['resources']>[number],
): FieldError[] => {
  const wrong = name ? dns1123Subdomain(name) : []
  return [
    ...(wrong.length > 0 ? [invalidValue(`${path}.group`, name, wrong.join(','))] : []),
    ...(resourceNames?.length && !resources?.length
      ? [invalidValue(`${path}.resourceNames`, resourceNames, 'using resourceNames requires at least one resource')]
      : []),
  ]
}

const stages = (path: string, omitStages: readonly string[] = []): FieldError[] =>
  omitStages.flatMap((stage, index) =>
    (auditStages as readonly string[]).includes(stage)
      ? []
      : [invalidValue(`${path}[${index}]`, stage, `allowed stages are ${auditStages.join(',')}`)],
  )
