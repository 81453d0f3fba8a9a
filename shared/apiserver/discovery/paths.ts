import { createHash } from 'node:crypto'
import type { RequestContext } from '../context.ts'
import { type DiscoveredKinds, discoveredKinds } from '../custom/discovered.ts'
import type { PathHandler } from '../paths.ts'
import { negotiate, plainForms } from '../represent/negotiate.ts'
import { respondJson, respondJsonBytes } from '../represent/respond.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { type AggregatedVersion, aggregatedDiscovery } from './aggregated.ts'
import { coreVersions, groupList, groupOf, groupsOf } from './group-list.ts'
import { resourceList } from './resource-list.ts'

const aggregatedPattern =
  /^application\/json;(?=.*\bg=apidiscovery\.k8s\.io\b)(?=.*\bas=APIGroupDiscoveryList\b).*\bv=(v2beta1|v2)\b/

/** The first clause decides, as clients list the aggregated forms before plain JSON. */
const aggregatedVersion = (request: ApiRequest): AggregatedVersion | undefined => {
  for (const clause of (request.header('accept') ?? '').split(',').map((text) => text.replaceAll(' ', ''))) {
    const match = aggregatedPattern.exec(clause)
    if (match) return match[1] as AggregatedVersion
    if (clause === 'application/json' || clause === '*/*') return undefined
  }
  return undefined
}

const respondAggregated = async (context: RequestContext, core: boolean, version: AggregatedVersion): Promise<ApiResponse> => {
  const { request, parts } = context
  const kinds: DiscoveredKinds = core ? parts.registry : await discoveredKinds(parts)
  const extensions = kinds.extensions && (await parts.extensions.discovery.of(kinds.extensions))
  const bytes = Buffer.from(JSON.stringify(aggregatedDiscovery(kinds, { version, core, extensions })))
  const etag = `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"`
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' }
  if (request.header('if-none-match') === etag) return { status: 304, headers, body: new Uint8Array() }
  const response = await respondJsonBytes(request, 200, { bytes })
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`
  return { ...response, headers: { ...response.headers, ...headers, 'content-type': type } }
}

const rootDocument = (registry: DiscoveredKinds) => ({
  paths: [
    '/api',
    '/apis',
    ...groupsOf(registry).flatMap(({ group, versions }) => [
      ...(group === '' ? [] : [`/apis/${group}`]),
      ...versions.map((version) => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`)),
    ]),
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ].sort(),
})

/** `/`, `/api`, `/apis` and the lists below them. */
export const discoveryPaths: PathHandler = async (context) => {
  const { request, info } = context
  if (info.path === '/' && request.method === 'GET') {
    return respondJson(request, 200, rootDocument(await discoveredKinds(context.parts)))
  }
  const [root, first, second, ...more] = info.path.split('/').filter(Boolean)
  if ((root !== 'api' && root !== 'apis') || more.length > 0 || request.method !== 'GET') return undefined
  if (first === undefined) {
    const version = aggregatedVersion(request)
    if (version) return respondAggregated(context, root === 'api', version)
  }
  const document = await documentAt(context, root, first, second)
  if (!document) return undefined
  const { media } = negotiate(request, plainForms)
  return respondJsonBytes(request, 200, { bytes: Buffer.from(JSON.stringify(document())), media })
}

const documentAt = async (
  { parts, request }: RequestContext,
  root: 'api' | 'apis',
  first: string | undefined,
  second: string | undefined,
) => {
  const registry: DiscoveredKinds = root === 'api' ? parts.registry : await discoveredKinds(parts)
  if (root === 'api') {
    if (first === undefined) return () => coreVersions(request.header('host') ?? '')
    if (second !== undefined || !registry.hasGroupVersion('', first)) return undefined
    return () => resourceList(registry, { group: '', version: first })
  }
  if (first === undefined) return () => groupList(registry)
  if (second === undefined) {
    const group = groupOf(registry, first)
    return group && (() => group)
  }
  if (!registry.hasGroupVersion(first, second)) return undefined
  return () => resourceList(registry, { group: first, version: second })
}
