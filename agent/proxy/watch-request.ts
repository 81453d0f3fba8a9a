/** A watch that others may share. */
export interface WatchRequest {
  /** of all that ask for the same objects in the same form */
  readonly key: string
  /** with its selectors, without where it begins */
  readonly path: string
  readonly query: URLSearchParams
  readonly accept: string
  /** only changes after this are wanted */
  readonly after: number
  readonly bookmarks: boolean
  readonly timeoutSeconds: number | undefined
  readonly resource: WatchedResource
}

export interface WatchedResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

export interface IncomingWatch {
  readonly method: string
  readonly url: string
  readonly header: (name: string) => string | undefined
}

const selectors = ['labelSelector', 'fieldSelector'] as const
/** Others than who is asked for are nobody to share with, or a request that the API refuses. */
const impersonation = ['impersonate-user', 'impersonate-group', 'impersonate-uid']
/** Any other parameter asks for something of its own. */
const known = new Set<string>([...selectors, 'watch', 'resourceVersion', 'allowWatchBookmarks', 'timeoutSeconds', 'timeout'])

/** undefined: no watch, no URL (which the API itself refuses), or one that begins with what is there, or is answered in another form than JSON lines. Pure. */
export const watchRequest = ({ method, url, header }: IncomingWatch): WatchRequest | undefined => {
  const parsed = URL.parse(url, 'https://kubernetes')
  if (!parsed) return undefined
  const { pathname: path, searchParams } = parsed
  if (method !== 'GET' || !isTrue(searchParams.get('watch')) || impersonation.some(header)) return undefined
  if ([...searchParams.keys()].some((name) => !known.has(name))) return undefined
  const after = Number(searchParams.get('resourceVersion') ?? 0)
  const resource = resourceOf(path)
  const accept = jsonOf(header('accept'))
  if (!Number.isSafeInteger(after) || after <= 0 || !resource || accept === undefined) return undefined
  const query = new URLSearchParams()
  for (const name of selectors) {
    const value = searchParams.get(name)
    if (value) query.set(name, value)
  }
  const seconds = Number(searchParams.get('timeoutSeconds'))
  return {
    key: `${path}?${query} ${accept}`,
    path,
    query,
    accept,
    after,
    bookmarks: isTrue(searchParams.get('allowWatchBookmarks')),
    timeoutSeconds: seconds > 0 ? seconds : undefined,
    resource,
  }
}

const isTrue = (text: string | null) => text !== null && text !== 'false' && text !== '0'

/** Of the forms that the client takes, those in JSON: others are not separated by lines. undefined: it takes none. */
const jsonOf = (accept: string | undefined): string | undefined => {
  const forms = (accept ?? '*/*').split(',').map((form) => form.trim())
  const json = forms.filter((form) => form.startsWith('application/json') && !form.includes('protobuf'))
  if (json.length > 0) return json.join(',')
  return forms.some((form) => form.startsWith('*/*') || form.startsWith('application/*')) ? 'application/json' : undefined
}

const segmentsOf = (path: string): string[] => {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch (error) {
    if (error instanceof URIError) return []
    throw error
  }
}

const resourceOf = (path: string): WatchedResource | undefined => {
  const [root, ...rest] = segmentsOf(path)
  const [group, version, ...parts] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : []
  if (group === undefined || !version || parts.includes('') || parts[0] === 'watch') return undefined
  const scoped = parts[0] === 'namespaces' && parts.length > 2
  const [resource, name = '', ...more] = scoped ? parts.slice(2) : parts
  if (!resource || more.length > 0) return undefined
  return { group, version, resource, namespace: scoped ? parts[1]! : '', name }
}
