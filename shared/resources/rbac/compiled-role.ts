import type { Permission } from './permission.ts'
import type { PolicyRule } from './policy-rule.ts'

/** What somebody wants to do; `subresource` and `name` are '' where there is none. */
type Access =
  | { readonly isResource: false; readonly verb: string; readonly path: string }
  | ({ readonly isResource: true } & Record<'verb' | 'group' | 'resource' | 'subresource' | 'name', string>)

/** undefined: all of them (`*`, or no names given) */
type Wanted = ReadonlySet<string> | undefined

interface ResourceGrant {
  readonly verbs: Wanted
  readonly groups: Wanted
  names: Set<string> | undefined
}

interface PathGrant {
  readonly verbs: Wanted
  /** what stands before a trailing `*` */
  readonly prefixes: readonly string[]
}

const wanted = (values: readonly string[] | undefined = []): Wanted => (values.includes('*') ? undefined : new Set(values))
const has = (values: Wanted, value: string) => values === undefined || values.has(value)

/**
 * A role's rules, looked up by what is asked for: the number of rules about other things costs nothing. Takes memory in proportion to the rules
 * as they are written, never to their products (groups × resources × verbs × names), which a small role can make huge.
 */
export class CompiledRole {
  /** by `pods`, `pods/log`, `*\/scale` or `*` */
  readonly #byResource = new Map<string, ResourceGrant[]>()
  readonly #byPath = new Map<string, PathGrant[]>()
  readonly #byPrefix: PathGrant[] = []

  constructor(rules: readonly PolicyRule[]) {
    // Many rules that differ in their names only are one: a role may well name ten thousand objects.
    const named = new Map<string, ResourceGrant>()
    for (const rule of rules) {
      if (rule.resources?.length) this.#addResources(rule, rule.resources, named)
      if (rule.nonResourceURLs?.length) this.#addPaths(rule.verbs, rule.nonResourceURLs)
    }
  }

  allows(info: Access): boolean {
    if (!info.isResource) return this.#allowsPath(info.verb, info.path)
    const { resource, subresource } = info
    if (subresource === '') return this.#allowsResource(resource, info) || this.#allowsResource('*', info)
    return (
      this.#allowsResource(`${resource}/${subresource}`, info) ||
      this.#allowsResource(`*/${subresource}`, info) ||
      this.#allowsResource('*', info)
    )
  }

  /** Whether a rule of this role gives all that the permission does; `*` is covered by `*` only. */
  covers({ path, verb, group, resource, name }: Permission): boolean {
    if (path !== undefined) return this.#allowsPath(verb, path)
    const slash = resource.indexOf('/')
    const keys = slash < 0 ? [resource, '*'] : [resource, `*${resource.slice(slash)}`, '*']
    const covers = ({ names, verbs, groups }: ResourceGrant) =>
      (name === undefined ? names === undefined : has(names, name)) && has(verbs, verb) && has(groups, group)
    return keys.some((key) => this.#byResource.get(key)?.some(covers))
  }

  #allowsResource(key: string, { verb, group, name }: Extract<Access, { isResource: true }>): boolean {
    const grants = this.#byResource.get(key)
    if (!grants) return false
    for (const grant of grants) if (has(grant.names, name) && has(grant.verbs, verb) && has(grant.groups, group)) return true
    return false
  }

  #allowsPath(verb: string, path: string): boolean {
    if (this.#byPath.get(path)?.some(({ verbs }) => has(verbs, verb))) return true
    return this.#byPrefix.some(({ verbs, prefixes }) => has(verbs, verb) && prefixes.some((prefix) => path.startsWith(prefix)))
  }

  #addResources(rule: PolicyRule, resources: readonly string[], named: Map<string, ResourceGrant>): void {
    const { verbs, apiGroups = [], resourceNames = [] } = rule
    const signature = resourceNames.length > 0 ? JSON.stringify([verbs, apiGroups, resources]) : undefined
    const known = signature === undefined ? undefined : named.get(signature)
    if (known) {
      for (const name of resourceNames) known.names!.add(name)
      return
    }
    const names = resourceNames.length > 0 ? new Set(resourceNames) : undefined
    const grant: ResourceGrant = { verbs: wanted(verbs), groups: wanted(apiGroups), names }
    if (signature !== undefined) named.set(signature, grant)
    for (const resource of new Set(resources)) addTo(this.#byResource, resource, grant)
  }

  #addPaths(verbs: readonly string[], paths: readonly string[]): void {
    const prefixes = paths.filter((path) => path.endsWith('*')).map((path) => path.replace(/\*+$/, ''))
    const grant: PathGrant = { verbs: wanted(verbs), prefixes }
    for (const path of new Set(paths)) addTo(this.#byPath, path, grant)
    if (prefixes.length > 0) this.#byPrefix.push(grant)
  }
}

const addTo = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}
