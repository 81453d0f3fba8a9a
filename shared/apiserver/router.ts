import { flagIn } from './objects/query-value.ts'
import type { ApiRequest } from './request.ts'

export type ResourceVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

const resourceVerbs: ReadonlySet<string> = new Set<ResourceVerb>([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
])
export const isResourceVerb = (verb: string): verb is ResourceVerb => resourceVerbs.has(verb)

/** Nobody requests these: whether a user may is asked by the way. */
export type AskedVerb = 'impersonate' | 'escalate' | 'bind' | 'approve' | 'sign' | 'request-serviceaccounts-token-audience'

/** What a path and method mean. */
export type RequestInfo = ResourceRequestInfo | PathRequestInfo

export interface PathRequestInfo {
  readonly isResource: false
  /** the method in lower case, as authorizers see it */
  readonly verb: string
  readonly path: string
}

export interface ResourceRequestInfo {
  readonly isResource: true
  readonly verb: ResourceVerb | AskedVerb
  readonly path: string
  readonly group: string
  readonly version: string
  readonly resource: string
  /** '' when the request names none */
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}

const methodVerbs: Readonly<Record<string, ResourceVerb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}
/** Under `/namespaces/{name}/` these belong to the namespace; everything else is a resource in it. */
const namespaceSubresources = new Set(['status', 'finalize'])

/** What stands behind a proxy may have OPTIONS too, which read. */
const proxied = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?(?:pods|services|nodes)\/[^/]+\/proxy(?:\/|$)/
const verbOf = (method: string, path: string): ResourceVerb | undefined => {
  if (Object.hasOwn(methodVerbs, method)) return methodVerbs[method]
  return method === 'OPTIONS' && proxied.test(path) ? 'get' : undefined
}

const decodeSegments = (path: string): string[] | undefined => {
  try {
    const segments = path.split('/').filter(Boolean)
    return path.includes('%') ? segments.map(decodeURIComponent) : segments
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

const metadataNamePattern = /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/

/** Upstream's rules for which path is a resource, as in apiserver's RequestInfoFactory. */
export const parseRequest = ({ method, path, query }: Pick<ApiRequest, 'method' | 'path' | 'query'>): RequestInfo => {
  const plain: PathRequestInfo = { isResource: false, verb: method.toLowerCase(), path }
  const segments = decodeSegments(path)
  const verbOfMethod = verbOf(method, path)
  if (!segments || !verbOfMethod || (segments[0] !== 'api' && segments[0] !== 'apis')) return plain
  const grouped = segments[0] === 'apis'
  const [group = '', version = ''] = grouped ? [segments[1], segments[2]] : ['', segments[1]]
  let rest = segments.slice(grouped ? 3 : 2)
  if (rest.length === 0) return plain

  let verb: ResourceVerb = verbOfMethod
  // The old paths of watches only read; with another method they name no resource that anyone has.
  if (rest[0] === 'watch' && rest.length > 1 && verbOfMethod === 'get') {
    verb = 'watch'
    rest = rest.slice(1)
  }
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? ''
    if (rest.length > 2 && !namespaceSubresources.has(rest[2] ?? '')) rest = rest.slice(2)
  }
  const [resource = '', pathName = '', subresource = ''] = rest
  let name = pathName
  if (name === '') {
    if (verb === 'get') verb = flagIn(query, 'watch') ? 'watch' : 'list'
    else if (verb === 'delete') verb = 'deletecollection'
  }
  if (name === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection')) {
    name = metadataNamePattern.exec(query.get('fieldSelector') ?? '')?.[1] ?? ''
  }
  return { isResource: true, verb, path, group, version, resource, subresource, namespace, name }
}
