/** One request to an API server, and what a real one answered. */
export interface FactRequest {
  readonly method: string
  readonly url: string
  readonly accept?: string
  readonly contentType?: string
  readonly body?: unknown
}

export interface Fact {
  readonly code: number
  /** of the answer's Content-Type, without parameters but `as` */
  readonly type: string
  readonly kind?: string
  readonly reason?: string
  readonly message?: string
  /** the number of each */
  readonly finalizers?: number
  readonly owners?: number
}

/** What a client sees of an answer, less what is another each time. */
export const factOf = (code: number, contentType: string, text: string): Fact => {
  const type = contentType.split(';')[0] ?? ''
  const first = text.split('\n')[0] ?? ''
  if (type === 'application/yaml') return { code, type, kind: /^kind: (.+)$/m.exec(text)?.[1] ?? '' }
  if (type !== 'application/json') return { code, type }
  const value = read(text) ?? read(first)
  const { kind, reason, message, metadata, type: event, object } = value ?? {}
  if (event && object?.kind) return { code, type, kind: `${event} ${object.kind}` }
  return {
    code,
    type,
    ...(kind && { kind }),
    ...(reason && { reason }),
    ...(message && { message: steady(message) }),
    ...countsOf(metadata),
  }
}

interface Answered {
  kind?: string
  reason?: string
  message?: string
  metadata?: { finalizers?: unknown[]; ownerReferences?: unknown[] }
  type?: string
  object?: { kind?: string }
}

const countsOf = ({ finalizers, ownerReferences: owners }: NonNullable<Answered['metadata']> = {}) => ({
  ...(finalizers && { finalizers: finalizers.length }),
  ...(owners && { owners: owners.length }),
})

const read = (text: string): Answered | undefined => {
  try {
    return JSON.parse(text) as Answered
  } catch {
    return undefined
  }
}

const steady = (message: string) =>
  message
    .replaceAll(/current: \d+/g, 'current: N')
    .replaceAll(/\(\d+ > \d+\)/g, '(N > M)')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/(the ResourceVersion in record )\(\d+\)/, '$1(N)')
    // the whole object, or a patch as Go prints it
    .replace(/(patch: Invalid value: )"(?:[^"\\]|\\.)*"/, '$1…')

const containers = [{ name: 'c', image: 'i' }]
const labels = { app: 'facts' }

/** What stands there before the first request. */
export const setUp: readonly FactRequest[] = [
  { method: 'POST', url: '/api/v1/namespaces', body: { metadata: { name: 'facts' } } },
  { method: 'POST', url: '/api/v1/namespaces/facts/serviceaccounts', body: { metadata: { name: 'default' } } },
  { method: 'POST', url: '/api/v1/namespaces/facts/serviceaccounts', body: { metadata: { name: 'account' } } },
  { method: 'POST', url: '/api/v1/namespaces/facts/configmaps', body: { metadata: { name: 'c', labels }, data: { a: 'b' } } },
  { method: 'POST', url: '/api/v1/namespaces/facts/configmaps', body: { metadata: { name: 'd' } } },
  {
    method: 'POST',
    url: '/api/v1/namespaces/facts/services',
    body: { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
  },
  { method: 'POST', url: '/api/v1/namespaces/facts/pods', body: { metadata: { name: 'p' }, spec: { containers } } },
  {
    method: 'POST',
    url: '/apis/apps/v1/namespaces/facts/deployments',
    body: {
      metadata: { name: 'd' },
      spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
  },
]
