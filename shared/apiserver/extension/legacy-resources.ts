import type { JsonObject } from '../../meta/json-value.ts'

interface Discovered {
  readonly resource: string
  readonly scope: 'Namespaced' | 'Cluster'
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string }
  readonly subresources?: object[]
}

const scopeOf = ({ namespaced }: JsonObject): Discovered['scope'] => (namespaced ? 'Namespaced' : 'Cluster')

/** Clients of some versions can't do without it. */
export const noKind = { group: '', version: '', kind: '' }

/** Of the same group and version as the list, where nothing else is said. */
const kindOf = ({ group, version, kind }: JsonObject): Discovered['responseKind'] => ({
  group: text(group),
  version: text(version),
  kind: text(kind),
})

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * The resources of an APIResourceList in the form of aggregated discovery. What is below a resource that is not listed itself, as servers of
 * custom metrics have it, gets one. Throws where scopes don't match, as upstream.
 */
export const legacyResources = (list: readonly JsonObject[]): unknown[] => {
  const parents = new Map<string, Discovered>()
  for (const one of list) {
    const name = text(one.name)
    if (name.includes('/')) continue
    const { singularName, verbs, shortNames, categories } = one
    parents.set(name, {
      ...{ resource: name, responseKind: kindOf(one), scope: scopeOf(one) },
      ...{ singularResource: text(singularName), verbs, shortNames, categories },
    } as Discovered)
  }
  for (const one of list) {
    const name = text(one.name)
    const slash = name.indexOf('/')
    if (slash < 0) continue
    const [main, below] = [name.slice(0, slash), name.slice(slash + 1)]
    const parent = parents.get(main) ?? { resource: main, scope: scopeOf(one), responseKind: noKind }
    if (parent.scope !== scopeOf(one)) {
      throw new Error(
        `Error: Parent ${main} (scope: ${parent.scope}) and subresource ${below} (scope: ${scopeOf(one)}) scope do not match`,
      )
    }
    const subresources = [
      ...(parent.subresources ?? []),
      { subresource: below, responseKind: one.kind ? kindOf(one) : noKind, verbs: one.verbs },
    ]
    parents.set(main, { ...parent, subresources })
  }
  return [...parents.values()]
}
