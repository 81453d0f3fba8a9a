import type { SchemaTable } from '../../meta/schema.ts'
import type { Clock } from '../../platform/clock.ts'
import { type CustomKind, customKind } from '../../resources/apiextensions/custom/custom-kind.ts'
import type { CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'
import { createLogAge } from '../../storage/log-age.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import type { ServedKind } from '../registry.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { type ConversionCalls, convertByWebhook } from './conversion-webhook.ts'
import { Conversions } from './conversions.ts'
import { type KnownDefinition, KnownDefinitions } from './known-definitions.ts'
import type { CrdSummary } from './summary.ts'

/** What was changed may be served as it was this long in a process that heard nothing of it. */
const maxAgeMs = 2000
/** of definitions as they are stored; what is made of them is some times as much */
const mostKeptBytes = 16 * 1024 * 1024

export interface CustomKinds {
  /** What answers a path that is no built-in kind's. Whoever is told that there is none has looked into the store. */
  find(info: Pick<ResourceRequestInfo, 'group' | 'version' | 'resource'>): Promise<ServedKind | undefined>
  /** All that discovery tells of, with everything that was acknowledged before the call. */
  established(): Promise<Established>
  /** Undefined: it has gone. */
  kindOf(name: string): Promise<CustomKind | undefined>
}

export interface Established {
  readonly summaries: readonly CrdSummary[]
  /** another one after each change */
  readonly version: number
}

export interface CustomKindsOptions {
  readonly store: Pick<Store, 'get' | 'list'>
  /** what definitions can't take the place of */
  readonly isBuiltIn: (resource: string) => boolean
  readonly logTail: LogTail
  readonly schemas: SchemaTable
  readonly clock: Clock
  /** to conversion webhooks */
  readonly calls: ConversionCalls
}

export const createCustomKinds = ({ store, isBuiltIn, logTail, schemas, clock, calls }: CustomKindsOptions): CustomKinds => {
  const definitions = new KnownDefinitions(store, logTail)
  const age = createLogAge(clock)
  const made = new MadeKinds((crd) => customKind(crd, schemas))
  const serve = async (
    known: KnownDefinition,
    { version, resource }: { version: string; resource: string },
  ): Promise<ServedKind | undefined> => {
    const { summary, ended } = known
    if (!isServed(summary, version) || summary.names.plural !== resource) return undefined
    const kind = await kindOf(known)
    if (!kind) return undefined
    const conversions = kind.webhook && new Conversions(convertByWebhook(kind.webhook, calls), known.summary.generation)
    const definition = conversions ? kind.bind(version, conversions.convert) : kind.definitions.get(version)
    return definition && { definition, servedAs: undefined, schemas: kind.schemas, ended, conversions }
  }
  const kindOf = async ({ summary }: KnownDefinition): Promise<CustomKind | undefined> => {
    const kept = made.get(summary)
    if (kept) return kept
    const crd = await definitions.read(summary.name)
    const now = definitions.known(summary.name)
    return crd && now && made.make(now.summary, crd)
  }
  return {
    find: async ({ group, version, resource }) => {
      // Groups of the community's own have names without a dot, and are built in.
      if (!group.includes('.')) return undefined
      const name = `${resource}.${group}`
      if (isBuiltIn(name)) return undefined
      if (definitions.known(name)) {
        if (!age.isWithin(maxAgeMs)) await age.during(() => logTail.catchUp())
        const known = definitions.known(name)
        const served = known && (await serve(known, { version, resource }))
        if (served) return served
      }
      await definitions.read(name)
      const known = definitions.known(name)
      return known && serve(known, { version, resource })
    },
    established: async () => {
      await age.during(() => logTail.catchUp())
      const all = await definitions.all()
      return {
        summaries: all.map(({ summary }) => summary).filter(({ established, name }) => established && !isBuiltIn(name)),
        version: definitions.version,
      }
    },
    kindOf: async (name) => {
      const known = definitions.known(name)
      return known && kindOf(known)
    },
  }
}

const isServed = ({ accepted, established, versions }: CrdSummary, version: string): boolean =>
  (accepted || established) && versions.some(({ name }) => name === version)

/** By uid and generation, and what else they depend on; the longest unused go first. */
class MadeKinds {
  readonly #make: (crd: CustomResourceDefinition) => CustomKind
  readonly #kept = new Map<string, { readonly kind: CustomKind; readonly bytes: number }>()
  #bytes = 0

  constructor(make: (crd: CustomResourceDefinition) => CustomKind) {
    this.#make = make
  }

  get(summary: CrdSummary): CustomKind | undefined {
    const key = keyOf(summary)
    const found = this.#kept.get(key)
    if (!found) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, found)
    return found.kind
  }

  make(summary: CrdSummary, crd: CustomResourceDefinition): CustomKind {
    const key = keyOf(summary)
    const kind = this.#make(crd)
    const bytes = JSON.stringify(crd.spec).length
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.set(key, { kind, bytes })
    this.#bytes += bytes
    for (const [oldest, one] of this.#kept) {
      if (this.#bytes <= mostKeptBytes || oldest === key) break
      this.#kept.delete(oldest)
      this.#bytes -= one.bytes
    }
    return kind
  }
}

const keyOf = ({ generation, names, terminating }: CrdSummary) => `${generation} ${terminating} ${JSON.stringify(names)}`
