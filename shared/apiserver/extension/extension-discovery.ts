import { isJsonObject, type JsonObject } from '../../meta/json-value.ts'
import type { Clock } from '../../platform/clock.ts'
import { type FrontProxy, remoteHeaders } from '../../reach/front-proxy.ts'
import type { Reach } from '../../reach/reach.ts'
import { extensionTarget, isAvailable } from './extension-target.ts'
import type { ExtensionService, ExtensionVersion } from './extension-version.ts'
import { KeptAnswers } from './kept-answers.ts'
import { legacyResources, noKind } from './legacy-resources.ts'

const answerWithinMs = 5000
const mostBytes = 8 * 1024 * 1024
const asker = { name: 'system:kube-aggregator', groups: ['system:masters'] }
const aggregated = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
)

/** As a version stands in the document that tells of all groups. */
export interface ExtensionResources {
  readonly resources: readonly unknown[]
  /** Stale: its server could not be asked, and this is what it said before */
  readonly freshness: 'Current' | 'Stale'
}

export interface ExtensionDiscoveryOptions {
  readonly reach: Reach
  readonly frontProxy: FrontProxy | undefined
  readonly doubt: (service: ExtensionService) => Promise<void>
  readonly clock: Clock
}

/** What extension servers tell of their versions, each asked once a minute at most, and only when somebody wants to know. */
export class ExtensionDiscovery {
  readonly #options: ExtensionDiscoveryOptions
  readonly #resources: KeptAnswers<ExtensionResources>
  /** where a server has the OpenAPI of a version; undefined: nowhere */
  readonly #documents: KeptAnswers<string | undefined>

  constructor(options: ExtensionDiscoveryOptions) {
    this.#options = options
    this.#resources = new KeptAnswers(options.clock)
    this.#documents = new KeptAnswers(options.clock)
  }

  async of(versions: readonly ExtensionVersion[]): Promise<ReadonlyMap<ExtensionVersion, ExtensionResources>> {
    this.#resources.forgetAllBut(namesOf(versions))
    return new Map(await Promise.all(versions.map(async (one) => [one, await this.#resourcesOf(one)] as const)))
  }

  /** Where their OpenAPI documents are, by the name that the index has for them. */
  async documents(versions: readonly ExtensionVersion[]): Promise<Readonly<Record<string, string>>> {
    this.#documents.forgetAllBut(namesOf(versions))
    const found = await Promise.all(versions.map(async (one) => [nameOf(one), await this.#documentOf(one)] as const))
    return Object.fromEntries(found.filter((one): one is readonly [string, string] => one[1] !== undefined))
  }

  #resourcesOf(one: ExtensionVersion): Promise<ExtensionResources> {
    return this.#resources.of(one.service, async (last) => {
      const before = await last
      try {
        return { resources: await this.#asked(one.service, () => this.#ask(one)), freshness: 'Current' }
      } catch {
        return { resources: before?.resources ?? [], freshness: 'Stale' }
      }
    })
  }

  #documentOf(one: ExtensionVersion): Promise<string | undefined> {
    return this.#documents.of(one.service, async (last) => {
      const before = await last
      try {
        const { status, value: index } = await this.#asked(one.service, () =>
          this.#get(one.service, '/openapi/v3', 'application/json'),
        )
        if (status >= 500) return before
        const entry = isJsonObject(index?.paths) ? index.paths[nameOf(one)] : undefined
        const url = isJsonObject(entry) ? entry.serverRelativeURL : undefined
        return typeof url === 'string' ? url : undefined
      } catch {
        return before
      }
    })
  }

  async #asked<T>(service: ExtensionService, ask: () => Promise<T>): Promise<T> {
    try {
      if (!isAvailable(service)) throw new Error('service unavailable')
      return await ask()
    } catch (error) {
      await this.#options.doubt(service)
      throw error
    }
  }

  async #ask({ group, version, service }: ExtensionVersion): Promise<readonly unknown[]> {
    const { status, value: all } = await this.#get(service, '/apis', aggregated.join(','))
    if (status === 503) throw new Error('status 503')
    if (all?.kind === 'APIGroupDiscoveryList' && Array.isArray(all.items)) {
      const found = (all.items as JsonObject[]).find(({ metadata }) => isJsonObject(metadata) && metadata.name === group)
      const versions = (found?.versions ?? []) as JsonObject[]
      return withKinds((versions.find((one) => one.version === version)?.resources ?? []) as JsonObject[])
    }
    const { value: old } = await this.#get(service, `/apis/${group}/${version}`, 'application/json')
    if (!old || !Array.isArray(old.resources)) throw new Error('no list of resources')
    return legacyResources(old.resources as JsonObject[])
  }

  /** `value`: of an answer that is one */
  async #get(service: ExtensionService, path: string, accept: string): Promise<{ status: number; value?: JsonObject }> {
    const { reach, frontProxy } = this.#options
    const { target, tls } = await extensionTarget(service, frontProxy)
    const signal = AbortSignal.timeout(answerWithinMs)
    const headers = { accept, ...remoteHeaders(asker) }
    const { status, body } = await reach.request(target, { method: 'GET', path, headers, tls, signal })
    const chunks: Uint8Array[] = []
    let length = 0
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        length += chunk.byteLength
        if (length > mostBytes) throw new Error(`the answer is larger than ${mostBytes} bytes`)
        chunks.push(chunk)
      }
    } finally {
      body.destroy()
    }
    if (status !== 200) return { status }
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return isJsonObject(value) ? { status, value } : { status }
  }
}

const namesOf = (versions: readonly ExtensionVersion[]) => new Set(versions.map(({ service }) => service.metadata.name))

const nameOf = ({ group, version }: ExtensionVersion) => `apis/${group}/${version}`

const withKinds = (resources: readonly JsonObject[]): JsonObject[] =>
  resources.map((one) => ({
    ...one,
    responseKind: one.responseKind ?? noKind,
    ...(Array.isArray(one.subresources) && { subresources: withKinds(one.subresources as JsonObject[]) }),
  }))
