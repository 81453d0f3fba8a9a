import { resourceName } from '../../meta/object.ts'
import type { Clock } from '../../platform/clock.ts'
import type { FrontProxy } from '../../reach/front-proxy.ts'
import type { Reach } from '../../reach/reach.ts'
import { apiServiceName } from '../../resources/apiregistration/priorities.ts'
import type { APIService } from '../../resources/apiregistration/resource.ts'
import { apiServices } from '../../resources/resource.ts'
import type { CurrentObjects } from '../../storage/current-objects.ts'
import type { Store } from '../../storage/store.ts'
import { decodeStored } from '../objects/encode.ts'
import { ExtensionDiscovery } from './extension-discovery.ts'
import type { ExtensionService, ExtensionVersion } from './extension-version.ts'

/** What was changed may be served as it was this long in a process that heard nothing of it. */
const maxAgeMs = 2000

/** Versions of groups that other servers answer for: what APIServices say, up to a position in the log. */
export interface Extensions {
  /** Who answers a path; undefined: this server does, for what is built in whatever anybody says. Whoever is told so has looked into the store. */
  at(path: string): Promise<ExtensionService | undefined>
  /** All of them, with everything that was acknowledged before the call. */
  versions(): Promise<readonly ExtensionVersion[]>
  /** What their servers tell of them, of the last minute. */
  readonly discovery: ExtensionDiscovery
  readonly frontProxy: FrontProxy | undefined
  /** Says that one could not be reached, or is asked for while it is held to be unavailable. */
  doubt(service: ExtensionService): Promise<void>
}

export interface ExtensionsOptions {
  readonly currentObjects: CurrentObjects
  readonly store: Pick<Store, 'get'>
  readonly isBuiltIn: (group: string, version: string) => boolean
  readonly frontProxy: FrontProxy | undefined
  /** of an APIService, by its name */
  readonly onDoubt?: ((name: string) => Promise<void>) | undefined
  readonly reach: Reach
  readonly clock: Clock
}

const versionPath = /^\/apis\/([^/]+)\/([^/]+)(?:\/|$)/

export const createExtensions = (options: ExtensionsOptions): Extensions => {
  const { currentObjects, store, isBuiltIn, frontProxy, onDoubt } = options
  const doubt: Extensions['doubt'] = async ({ metadata }) => onDoubt?.(metadata.name)
  const discovery = new ExtensionDiscovery({ ...options, doubt })
  return {
    frontProxy,
    doubt,
    discovery,
    at: async (path) => {
      const [, group = '', version = ''] = versionPath.exec(path) ?? []
      // Groups of the community's own are built in, but for those that others are meant to serve.
      if (!group.includes('.') || isBuiltIn(group, version)) return undefined
      const name = apiServiceName(group, version)
      const known = await currentObjects.reader(maxAgeMs).get(apiServices, '', name)
      if (known) return asExtension(known)
      const entry = await store.get({ resource: resourceName(apiServices.group, apiServices.resource), namespace: '', name })
      return entry && asExtension(decodeStored(entry.value) as APIService)
    },
    versions: async () => {
      const all = await currentObjects.reader(0).list(apiServices)
      return all.flatMap((service) => {
        const { group = '', version = '', groupPriorityMinimum, versionPriority } = service.spec
        const extension = asExtension(service)
        if (!extension || group === '' || isBuiltIn(group, version)) return []
        return [{ group, version, groupPriority: groupPriorityMinimum, versionPriority, service: extension }]
      })
    },
  }
}

const asExtension = (service: APIService): ExtensionService | undefined =>
  service.spec.service ? (service as ExtensionService) : undefined
