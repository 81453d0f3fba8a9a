import type { CustomKinds } from './custom/custom-kinds.ts'
import type { Registry, ServedKind } from './registry.ts'

/** Resources by the kind of their objects. */
export interface KindFinder {
  /** Undefined: nothing of that kind is served; whoever is told so has what was acknowledged before the call. */
  find(kind: { readonly group: string; readonly version: string; readonly kind: string }): Promise<ServedKind | undefined>
}

export const createKindFinder = ({ registry, customKinds }: { registry: Registry; customKinds: CustomKinds }): KindFinder => {
  const builtIn = new Map(registry.definitions.map(({ group, version, kind, plural }) => [`${group}/${version}/${kind}`, plural]))
  /** resources of custom kinds that were found once */
  const known = new Map<string, string>()
  return {
    find: async ({ group, version, kind }) => {
      const key = `${group}/${version}/${kind}`
      const plural = builtIn.get(key)
      if (plural !== undefined) return registry.find(group, version, plural)
      const before = known.get(key)
      const served = before === undefined ? undefined : await customKinds.find({ group, version, resource: before })
      if (served?.definition.kind === kind) return served
      known.delete(key)
      const { summaries } = await customKinds.established()
      const found = summaries.find((one) => one.group === group && one.names.kind === kind)
      if (!found) return undefined
      const resource = found.names.plural
      const now = await customKinds.find({ group, version, resource })
      if (now) known.set(key, resource)
      return now
    },
  }
}
