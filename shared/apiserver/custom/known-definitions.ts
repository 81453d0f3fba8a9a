import { setMaxListeners } from 'node:events'
import { resourceName } from '../../meta/object.ts'
import type { CustomResourceDefinition } from '../../resources/apiextensions/resource.ts'
import { customResourceDefinitions } from '../../resources/resource.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import { decodeStored } from '../objects/encode.ts'
import { type CrdSummary, summaryOf } from './summary.ts'

const resource = resourceName(customResourceDefinitions.group, customResourceDefinitions.resource)

export interface KnownDefinition {
  readonly revision: number
  readonly summary: CrdSummary
  /** aborts when its schemas or itself are no more */
  readonly ended: AbortSignal
}

interface Held extends KnownDefinition {
  readonly ending: AbortController
}

/** What a change that came while something was read says of it; undefined: it is gone. */
interface Noted {
  readonly revision: number
  readonly value: Uint8Array | undefined
}

/**
 * CustomResourceDefinitions up to a position in the log: those that were asked for, or all once somebody wants all. A process that serves one kind
 * reads one definition.
 */
export class KnownDefinitions {
  readonly #store: Pick<Store, 'get' | 'list'>
  readonly #held = new Map<string, Held>()
  /** reads under way, and what came meanwhile */
  readonly #reading = new Map<string, { count: number; noted: Noted | undefined }>()
  #early: Map<string, Noted> | undefined
  #listing: Promise<void> | undefined
  #listed = false
  #version = 0

  constructor(store: Pick<Store, 'get' | 'list'>, tail: Pick<LogTail, 'listen'>) {
    this.#store = store
    tail.listen({
      changes: (changes) => {
        for (const { key, type, revision, value } of changes) {
          if (key.resource === resource) this.#note(key.name, { revision, value: type === 'deleted' ? undefined : value })
        }
      },
      reset: () => this.#forget(),
    })
  }

  /** another one after each change */
  get version(): number {
    return this.#version
  }

  known(name: string): KnownDefinition | undefined {
    return this.#held.get(name)
  }

  /** Out of the store, as it is now; undefined: there is none. */
  async read(name: string): Promise<CustomResourceDefinition | undefined> {
    const reading = this.#reading.get(name) ?? { count: 0, noted: undefined }
    reading.count++
    this.#reading.set(name, reading)
    try {
      const entry = await this.#store.get({ resource, namespace: '', name })
      const { noted } = reading
      const newest = noted && (!entry || noted.revision > entry.revision) ? noted : entry
      const crd = newest?.value && (decodeStored(newest.value) as CustomResourceDefinition)
      if (crd) this.#hold(name, newest.revision, crd)
      return crd
    } finally {
      if (--reading.count === 0) this.#reading.delete(name)
    }
  }

  /** All of them, of which the first time takes a list. */
  async all(): Promise<KnownDefinition[]> {
    while (!this.#listed) {
      this.#listing ??= this.#list().finally(() => {
        this.#listing = undefined
      })
      await this.#listing
    }
    return [...this.#held.values()]
  }

  async #list(): Promise<void> {
    const early = new Map<string, Noted>()
    this.#early = early
    const { entries } = await this.#store.list(resource)
    if (this.#early !== early) return
    for (const { key, revision, value } of entries)
      this.#hold(key.name, revision, decodeStored(value) as CustomResourceDefinition)
    this.#early = undefined
    this.#listed = true
    for (const [name, noted] of early) this.#apply(name, noted)
  }

  #note(name: string, noted: Noted): void {
    this.#version++
    const reading = this.#reading.get(name)
    if (reading) reading.noted = noted
    this.#early?.set(name, noted)
    if (this.#listed || this.#held.has(name)) this.#apply(name, noted)
  }

  #apply(name: string, { revision, value }: Noted): void {
    const held = this.#held.get(name)
    if (held && held.revision >= revision) return
    if (value) this.#hold(name, revision, decodeStored(value) as CustomResourceDefinition)
    else {
      held?.ending.abort()
      this.#held.delete(name)
    }
  }

  #hold(name: string, revision: number, crd: CustomResourceDefinition): void {
    const held = this.#held.get(name)
    if (held && held.revision >= revision) return
    const summary = summaryOf(crd)
    const same = held?.summary.generation === summary.generation
    if (held && !same) held.ending.abort()
    const ending = held && same ? held.ending : new AbortController()
    // One for each watch of it.
    if (!same) setMaxListeners(0, ending.signal)
    this.#held.set(name, { revision, summary, ending, ended: ending.signal })
  }

  /** History was lost: nobody knows what became of them. */
  #forget(): void {
    this.#version++
    for (const { ending } of this.#held.values()) ending.abort()
    this.#held.clear()
    this.#listed = false
    this.#early = undefined
  }
}
