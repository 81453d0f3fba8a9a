import { parseExactJson } from '../../meta/exact-json.ts'
import type { KubeObject } from '../../meta/object.ts'

/** Texts of objects as texts of the same objects in another version, in their order. Throws ApiError. */
export type FetchConverted = (texts: readonly string[], apiVersion: string) => Promise<readonly string[]>

/** What nobody has fetched yet: whoever looks again after `Conversions` has fetched it finds it. */
class ConversionMissing extends Error {
  override readonly name = 'ConversionMissing'
  readonly text: string
  readonly apiVersion: string

  constructor(text: string, apiVersion: string) {
    super(`a conversion to ${apiVersion} was not waited for`)
    this.text = text
    this.apiVersion = apiVersion
  }
}

/** Converted texts by what they were made of. */
type Made = ReadonlyMap<string, string>

/** One object is seldom needed in more forms than it has versions. */
const mostRounds = 100

/**
 * What a webhook made of objects, for one request. Everything that decides about objects is a pure function of what it is given, and
 * waits for nothing: it looks, here it is found what was missing and fetched, and it looks again.
 */
export class Conversions {
  readonly #fetch: FetchConverted
  readonly #made = new Map<string, string>()

  /** another one where the same objects may be converted otherwise */
  readonly origin: string

  constructor(fetch: FetchConverted, origin: string) {
    this.#fetch = fetch
    this.origin = origin
  }

  /** Another object. Within `ready` and `whenReady` only. */
  readonly convert = (object: KubeObject, apiVersion: string): KubeObject => {
    // By a revision it is no other object.
    const { resourceVersion, ...metadata } = object.metadata
    const text = JSON.stringify({ ...object, metadata })
    const made = this.#made.get(keyOf(text, apiVersion))
    if (made === undefined) throw new ConversionMissing(text, apiVersion)
    const converted = parseExactJson(made) as KubeObject
    if (resourceVersion !== undefined) converted.metadata = { resourceVersion, ...converted.metadata }
    return converted
  }

  /** Fetches what all of these need, together; tells what came. */
  async ready(looks: Iterable<() => unknown>): Promise<Made> {
    const missing = new Map<string, Map<string, ConversionMissing>>()
    for (const look of looks) {
      try {
        look()
      } catch (error) {
        if (!(error instanceof ConversionMissing)) throw error
        const { text, apiVersion } = error
        missing.set(apiVersion, (missing.get(apiVersion) ?? new Map()).set(text, error))
      }
    }
    const made = new Map<string, string>()
    for (const [apiVersion, texts] of missing) {
      for (const [key, text] of await this.#fetchAll([...texts.keys()], apiVersion)) made.set(key, text)
    }
    return made
  }

  /** As `ready`, of something that others look at too: `once` keeps what the first of them fetches. What fails is tried anew by each. */
  async readyOnce(once: (make: () => Promise<Made>) => Promise<Made>, looks: readonly (() => unknown)[]): Promise<void> {
    const made = await once(() => this.ready(looks)).catch(() => this.ready(looks))
    for (const [key, text] of made) this.#made.set(key, text)
  }

  /** What a look comes to, which is taken again for each conversion that it needs: it has no effects before the last. */
  async whenReady<T>(look: () => T | Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      try {
        return await look()
      } catch (error) {
        if (!(error instanceof ConversionMissing) || round === mostRounds) throw error
        await this.#fetchAll([error.text], error.apiVersion)
      }
    }
  }

  /** For who goes on for long. */
  forget(): void {
    this.#made.clear()
  }

  async #fetchAll(texts: readonly string[], apiVersion: string): Promise<Made> {
    const converted = await this.#fetch(texts, apiVersion)
    const made = new Map(texts.map((text, index) => [keyOf(text, apiVersion), converted[index]!]))
    for (const [key, text] of made) this.#made.set(key, text)
    return made
  }
}

const keyOf = (text: string, apiVersion: string) => `${apiVersion} ${text}`
