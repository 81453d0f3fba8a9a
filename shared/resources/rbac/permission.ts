import type { PolicyRule } from './policy-rule.ts'

/** A rule of one verb on one thing: what rules are compared by. */
export type Permission =
  | {
      readonly path: undefined
      readonly verb: string
      readonly group: string
      /** with its subresource: `pods/log` */
      readonly resource: string
      /** undefined: all */
      readonly name: string | undefined
    }
  | { readonly path: string; readonly verb: string; readonly group?: never; readonly resource?: never; readonly name?: never }

/** How many `permissionsOf` gives, without making them. */
export const countPermissions = ({
  verbs = [],
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): number =>
  verbs.length * (apiGroups.length * resources.length * Math.max(1, resourceNames.length) + nonResourceURLs.length)

export function* permissionsOf(rule: PolicyRule): Generator<Permission> {
  const { verbs = [], apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] } = rule
  const names = resourceNames?.length ? resourceNames : [undefined]
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) for (const name of names) yield { path: undefined, verb, group, resource, name }
  for (const path of nonResourceURLs) for (const verb of verbs) yield { path, verb }
}

export const ruleOf = ({ path, verb, group, resource, name }: Permission) => ({
  ...(path === undefined ? { apiGroups: [group], resources: [resource] } : { nonResourceURLs: [path] }),
  ...(name === undefined ? {} : { resourceNames: [name] }),
  verbs: [verb],
})

/** Upstream's short form, one text for each thing with all its verbs, sorted: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}` */
export const describePermissions = (permissions: Iterable<Permission>): string[] => {
  const verbsOf = new Map<string, string[]>()
  for (const permission of permissions) {
    const { path, verb, group, resource, name } = permission
    // Paths are never put together.
    const what =
      path === undefined
        ? `{APIGroups:${quoted([group])}, Resources:${quoted([resource])}${name === undefined ? '' : `, ResourceNames:${quoted([name])}`}, Verbs:`
        : `{NonResourceURLs:${quoted([path])}, Verbs:${quoted([verb])}`
    const verbs = verbsOf.get(what)
    if (path !== undefined) verbsOf.set(what, [])
    else if (verbs) verbs.push(verb)
    else verbsOf.set(what, [verb])
  }
  return [...verbsOf].map(([what, verbs]) => (verbs.length > 0 ? `${what}${quoted(verbs)}}` : `${what}}`)).sort()
}

/** As Go prints strings: `["a" "b"]`. */
export const quoted = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
