import { modelName } from '../../resources/apiextensions/custom/custom-kind.ts'
import type { KindDefinition, Subresources } from '../../resources/definition.ts'
import type { ApiServerParts } from '../context.ts'
import type { ExtensionVersion } from '../extension/extension-version.ts'
import type { Registry } from '../registry.ts'
import type { CrdSummary, VersionSummary } from './summary.ts'

/** What is served, for those who tell of it. */
export type DiscoveredKinds = Pick<Registry, 'definitions' | 'hasGroupVersion'> & {
  /** what other servers answer for, in place of definitions of the same version */
  readonly extensions?: readonly ExtensionVersion[] | undefined
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const verbsOfEnding = ['delete', 'deletecollection', 'get', 'list', 'watch']

interface Made {
  readonly version: number
  readonly kinds: DiscoveredKinds
}

const made = new WeakMap<ApiServerParts['customKinds'], Made>()

/** Built-in kinds, and those that definitions make, as of now. */
export const discoveredKinds = async (
  parts: Pick<ApiServerParts, 'registry' | 'customKinds' | 'extensions'>,
): Promise<DiscoveredKinds> => {
  const [own, extensions] = await Promise.all([ownKinds(parts), parts.extensions.versions()])
  return extensions.length > 0 ? { ...own, extensions } : own
}

const ownKinds = async ({ registry, customKinds }: Pick<ApiServerParts, 'registry' | 'customKinds'>) => {
  const { summaries, version } = await customKinds.established()
  const known = made.get(customKinds)
  if (known?.version === version) return known.kinds
  const custom = summaries.flatMap((summary) => summary.versions.map((one) => shownKind(summary, one)))
  const groupVersions = new Set(custom.map((one) => `${one.group}/${one.version}`))
  const kinds: DiscoveredKinds = {
    definitions: [...registry.definitions, ...custom],
    hasGroupVersion: (group, name) => registry.hasGroupVersion(group, name) || groupVersions.has(`${group}/${name}`),
  }
  made.set(customKinds, { version, kinds })
  return kinds
}

/** As discovery and OpenAPI show it, which need no schema of it. */
export const shownKind = (summary: CrdSummary, { name, hasStatus, hasScale }: VersionSummary): KindDefinition => {
  const { group, names, namespaced, storage, terminating } = summary
  return {
    group,
    version: name,
    upstreamStores: `${group}/${storage}`,
    kind: names.kind,
    listKind: names.listKind,
    plural: names.plural,
    singular: names.singular ?? '',
    shortNames: names.shortNames ?? undefined,
    categories: names.categories ?? undefined,
    namespaced,
    schema: modelName(group, name, names.kind),
    custom: true,
    verbs: terminating ? verbsOfEnding : verbs,
    subresources: { status: hasStatus, scale: hasScale ? ({} as Subresources['scale']) : undefined },
  }
}
