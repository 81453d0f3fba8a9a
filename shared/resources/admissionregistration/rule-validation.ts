import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { each, optionalOneOf } from '../validation/value.ts'

/** Of a webhook or a policy. */
export interface Rule {
  readonly operations?: readonly string[] | null | undefined
  readonly apiGroups?: readonly string[] | null | undefined
  readonly apiVersions?: readonly string[] | null | undefined
  readonly resources?: readonly string[] | null | undefined
  readonly scope?: string | undefined
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const scopes = ['*', 'Cluster', 'Namespaced']

/** Findings about a rule that speaks of subresources too; `allowed`: other operations than all. */
export const validateRule = (path: string, rule: Rule, allowed: readonly string[] = operations): FieldError[] => [
  ...listFindings(`${path}.operations`, rule.operations, 'operations'),
  ...each(`${path}.operations`, rule.operations, (at, one) => (allowed.includes(one) ? [] : [notSupported(at, one, allowed)])),
  ...listFindings(`${path}.apiGroups`, rule.apiGroups, 'API groups'),
  ...listFindings(`${path}.apiVersions`, rule.apiVersions, 'API versions'),
  ...each(`${path}.apiVersions`, rule.apiVersions, (at, version) => (version === '' ? [requiredValue(at)] : [])),
  ...validateResources(`${path}.resources`, rule.resources ?? []),
  ...optionalOneOf(`${path}.scope`, rule.scope, scopes),
]

/** There is one, and who says all says nothing else. */
const listFindings = (path: string, values: readonly string[] | null | undefined, what: string): FieldError[] => {
  if (!values?.length) return [requiredValue(path)]
  if (values.length === 1 || !values.includes('*')) return []
  return [invalidValue(path, values, `if '*' is present, must not specify other ${what}`)]
}

const validateResources = (path: string, resources: readonly string[]): FieldError[] => {
  const errors: FieldError[] = resources.length > 0 ? [] : [requiredValue(path)]
  const [withAnySubresource, ofAnyResource] = [new Set<string>(), new Set<string>()]
  // as upstream has it: of those without a subresource the last decides
  let hasPlain = false
  for (const [index, named] of resources.entries()) {
    const at = `${path}[${index}]`
    if (named === '') {
      errors.push(requiredValue(at))
      continue
    }
    const slash = named.indexOf('/')
    if (slash < 0) {
      hasPlain = named !== '*'
      continue
    }
    const [main, sub] = [named.slice(0, slash), named.slice(slash + 1)]
    const covered = (by: string) => invalidValue(at, named, `if '${by}' is present, must not specify ${named}`)
    if (withAnySubresource.has(main)) errors.push(covered(`${main}/*`))
    if (ofAnyResource.has(sub)) errors.push(covered(`*/${sub}`))
    if (sub === '*') withAnySubresource.add(main)
    if (main === '*') ofAnyResource.add(sub)
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"))
  if (resources.includes('*') && hasPlain)
    errors.push(invalidValue(path, resources, "if '*' is present, must not specify other resources without subresources"))
  return errors
}
