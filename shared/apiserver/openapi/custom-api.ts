import { createHash } from 'node:crypto'
import type { JsonSchema } from '../../resources/apiextensions/json-schema.ts'
import type { KindDefinition } from '../../resources/definition.ts'
import type { DescriptionTable } from '../../resources/schemas.ts'
import type { ApiServerParts } from '../context.ts'
import { shownKind } from '../custom/discovered.ts'
import type { CrdSummary } from '../custom/summary.ts'
import { listKindOf } from '../registry.ts'
import { type CustomType, customTypes } from './custom-types.ts'

/** Kinds that definitions make, as of one position in the log. */
export interface CustomApi {
  /** another one after each change */
  readonly version: number
  /** where documents of extension servers are, by name; asks those servers */
  readonly elsewhere?: (() => Promise<Readonly<Record<string, string>>>) | undefined
  /** by the name of their document: `apis/stable.example.com/v1` */
  readonly documents: ReadonlyMap<string, CustomDocument>
}

export interface CustomDocument {
  readonly definitions: readonly KindDefinition[]
  /** of all that it depends on */
  readonly hash: string
  /** What OpenAPI shows of their types, by name. One that has gone meanwhile is left out. */
  readonly types: (descriptions: DescriptionTable) => Promise<ReadonlyMap<string, CustomType>>
}

const made = new WeakMap<ApiServerParts['customKinds'], CustomApi>()

export const customApi = async ({ customKinds }: Pick<ApiServerParts, 'customKinds'>): Promise<CustomApi> => {
  const { summaries, version } = await customKinds.established()
  const known = made.get(customKinds)
  if (known?.version === version) return known
  const shown = summaries.flatMap((summary) => summary.versions.map((one) => ({ summary, definition: shownKind(summary, one) })))
  const groups = Map.groupBy(shown, ({ definition: { group, version } }) => `apis/${group}/${version}`)
  const documents = new Map(
    [...groups].map(([name, members]): [string, CustomDocument] => [
      name,
      {
        definitions: members.map(({ definition }) => definition),
        hash: hashOf(members.map(({ summary }) => summary)),
        types: async (descriptions) => {
          const types = await Promise.all(members.map((member) => typesOf(member, { customKinds, descriptions })))
          return new Map(types.flat())
        },
      },
    ]),
  )
  const api = { version, documents }
  made.set(customKinds, api)
  return api
}

const hashOf = (summaries: readonly CrdSummary[]): string =>
  createHash('sha512').update(JSON.stringify(summaries)).digest('hex').toUpperCase()

const typesOf = async (
  { summary, definition }: { summary: CrdSummary; definition: KindDefinition },
  { customKinds, descriptions }: Pick<ApiServerParts, 'customKinds'> & { descriptions: DescriptionTable },
): Promise<[string, CustomType][]> => {
  const kind = await customKinds.kindOf(summary.name)
  const served = kind?.definitions.get(definition.version)
  if (!kind || !served) return []
  const { group, version, plural, schema: name } = definition
  return customTypes({
    schema: kind.schemas[name]?.structure as JsonSchema | undefined,
    kind: { group, version, kind: definition.kind },
    listKind: listKindOf(definition),
    plural,
    name,
    selectable: Object.keys(served.fieldSelectors ?? {}),
    descriptions,
  })
}
