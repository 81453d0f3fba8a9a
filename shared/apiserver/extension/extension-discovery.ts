import { isJsonObject, type JsonObject } from '../../meta/json-value.ts'
import type { Clock } from '../../platform/clock.ts'
import { type FrontProxyIdentity, remoteHeaders } from '../../reach/front-proxy.ts'
import type { Reach } from '../../reach/reach.ts'
import { extensionTarget, isAvailable } from './extension-target.ts'
import type { ExtensionService, ExtensionVersion } from './extension-version.ts'

const keptMs = 60_000
const answerWithinMs = 5000
const mostBytes = 8 * 1024 * 1024
const asker = { name: 'system:kube-aggregator', groups: ['system:masters'] }
const aggregated = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
)

/** Where its server has the OpenAPI of a version, if it has it. */
type Described = string | undefined

/** As a version stands in the document that tells of all groups. */
export interface ExtensionResources {
  readonly resources: readonly unknown[]
  /** Stale: its server could not be asked, and this is what it said before */
  readonly freshness: 'Current' | 'Stale'
}

interface Kept {
  readonly atMs: number
  /** of the APIService */
  readonly revision: string
  readonly answer: Promise<{ readonly resources: ExtensionResources; readonly described: Described }>
}

export interface ExtensionDiscoveryOptions {
  readonly reach: Reach
  readonly frontProxy: FrontProxyIdentity | undefined
  readonly clock: Clock
}

/** What extension servers tell of their versions, each asked once a minute at most, and only when somebody wants to know. */
export class ExtensionDiscovery {
  readonly #options: ExtensionDiscoveryOptions
  readonly #kept = new Map<string, Kept>()
  readonly #last = new Map<string, { resources: readonly unknown[]; described: Described }>()

  constructor(options: ExtensionDiscoveryOptions) {
    this.#options = options
  }

  async of(versions: readonly ExtensionVersion[]): Promise<ReadonlyMap<ExtensionVersion, ExtensionResources>> {
    const names = new Set(versions.map(({ service }) => service.metadata.name))
    for (const name of this.#kept.keys()) if (!names.has(name)) this.#forget(name)
    return new Map(await Promise.all(versions.map(async (one) => [one, (await this.#answerOf(one)).resources] as const)))
  }

  /** Where their OpenAPI documents are, by the name that the index has for them. */
  async documents(versions: readonly ExtensionVersion[]): Promise<Readonly<Record<string, string>>> {
    const found = await Promise.all(versions.map(async (one) => [nameOf(one), (await this.#answerOf(one)).described] as const))
    return Object.fromEntries(found.filter((one): one is readonly [string, string] => one[1] !== undefined))
  }

  #forget(name: string): void {
    this.#kept.delete(name)
    this.#last.delete(name)
  }

  #answerOf(one: ExtensionVersion): Kept['answer'] {
    const { name, resourceVersion: revision = '' } = one.service.metadata
    const known = this.#kept.get(name)
    const now = this.#options.clock.now()
    if (known && known.revision === revision && now - known.atMs < keptMs) return known.answer
    const answer = this.#learn(one).then(
      (last) => {
        this.#last.set(name, last)
        return { described: last.described, resources: { resources: last.resources, freshness: 'Current' as const } }
      },
      () => {
        const { resources = [], described } = this.#last.get(name) ?? {}
        return { described, resources: { resources, freshness: 'Stale' as const } }
      },
    )
    this.#kept.set(name, { atMs: now, revision, answer })
    return answer
  }

  async #learn(one: ExtensionVersion): Promise<{ resources: readonly unknown[]; described: Described }> {
    const resources = await this.#ask(one)
    // Who has none is served all the same.
    const index = await this.#get(one.service, '/openapi/v3', 'application/json').catch(() => undefined)
    const entry = isJsonObject(index?.paths) ? index.paths[nameOf(one)] : undefined
    const url = isJsonObject(entry) ? entry.serverRelativeURL : undefined
    return { resources, described: typeof url === 'string' ? url : undefined }
  }

  async #ask({ group, version, service }: ExtensionVersion): Promise<readonly unknown[]> {
    if (!isAvailable(service)) throw new Error('service unavailable')
    const all = await this.#get(service, '/apis', aggregated.join(','))
    if (all?.kind === 'APIGroupDiscoveryList' && Array.isArray(all.items)) {
      const found = (all.items as JsonObject[]).find(({ metadata }) => isJsonObject(metadata) && metadata.name === group)
      const versions = (found?.versions ?? []) as JsonObject[]
      return (versions.find((one) => one.version === version)?.resources ?? []) as unknown[]
    }
    const old = await this.#get(service, `/apis/${group}/${version}`, 'application/json')
    if (!old || !Array.isArray(old.resources)) throw new Error('no list of resources')
    return discovered(old.resources as JsonObject[], { group, version })
  }

  /** Undefined: it has nothing like that. */
  async #get(service: ExtensionService, path: string, accept: string): Promise<JsonObject | undefined> {
    const { reach, frontProxy } = this.#options
    const { target, tls } = extensionTarget(service, frontProxy)
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
    if (status === 404 || status === 406) return undefined
    if (status !== 200) throw new Error(`status ${status}`)
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return isJsonObject(value) ? value : undefined
  }
}

const nameOf = ({ group, version }: ExtensionVersion) => `apis/${group}/${version}`

/** The old form of a list of resources in the new one. */
const discovered = (resources: readonly JsonObject[], own: { group: string; version: string }): unknown[] => {
  const entry = ({ group, version, kind }: JsonObject) => ({
    group: group || own.group,
    version: version || own.version,
    kind,
  })
  const main = resources.filter(({ name }) => !String(name).includes('/'))
  return main.map((one) => {
    const below = resources.filter(({ name }) => String(name).startsWith(`${one.name}/`))
    const { name, namespaced, singularName, verbs, shortNames, categories } = one
    return {
      ...{ resource: name, responseKind: entry(one), scope: namespaced ? 'Namespaced' : 'Cluster' },
      ...{ singularResource: singularName ?? '', verbs, shortNames, categories },
      ...(below.length > 0 && {
        subresources: below.map((sub) => ({
          subresource: String(sub.name).slice(String(name).length + 1),
          responseKind: entry(sub),
          verbs: sub.verbs,
        })),
      }),
    }
  })
}
