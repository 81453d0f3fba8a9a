import { apiVersionOf, type KubeList, type KubeObject } from '../meta/object.ts'
import { ApiError, type Status, type StatusReason } from '../meta/status.ts'
import type { Client, DeleteOptions, ListQuery, Patch, Resource, WatchEvent, WatchQuery } from './client.ts'
import type { Transport, TransportRequest } from './transport.ts'

const patchTypes: Record<Patch['type'], string> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
}

/** The one implementation of Client; what differs is the transport. Answers are parsed by `parseAnswer`. */
export const createClient = (transport: Transport, parseAnswer: (text: string) => unknown = JSON.parse): Client => {
  const call = async (request: TransportRequest): Promise<unknown> => {
    const response = await transport(request)
    const text = await readText(response.body)
    if (response.status >= 400) throw errorOf(response.status, text)
    return text === '' ? undefined : parseAnswer(text)
  }
  const send = (method: TransportRequest['method'], url: string, body: unknown, contentType = 'application/json') =>
    call({ method, url, contentType, body: Buffer.from(JSON.stringify(body)) })

  return {
    get: async <T extends KubeObject>(
      resource: Resource<T>,
      namespace: string,
      name: string,
      options?: { subresource?: string | undefined },
    ) => (await call({ method: 'GET', url: objectUrl(resource, namespace, name, options?.subresource) })) as T,

    read: (url: string) => call({ method: 'GET', url }),

    list: async <T extends KubeObject>(resource: Resource<T>, options: ListQuery = {}) =>
      (await call({ method: 'GET', url: collectionUrl(resource, options.namespace) + queryOf(options) })) as KubeList<T>,

    create: async <T extends KubeObject>(resource: Resource<T>, object: T, options?: { dryRun?: boolean | undefined }) =>
      (await send(
        'POST',
        `${collectionUrl(resource, object.metadata.namespace)}${options?.dryRun ? '?dryRun=All' : ''}`,
        typed(resource, object),
      )) as T,

    update: async <T extends KubeObject>(resource: Resource<T>, object: T, options?: { subresource?: string | undefined }) =>
      (await send(
        'PUT',
        objectUrl(resource, object.metadata.namespace, object.metadata.name, options?.subresource),
        typed(resource, object),
      )) as T,

    patch: async <T extends KubeObject>(
      resource: Resource<T>,
      namespace: string,
      name: string,
      patch: Patch,
      options?: { subresource?: string | undefined },
    ) =>
      (await send('PATCH', objectUrl(resource, namespace, name, options?.subresource), patch.body, patchTypes[patch.type])) as T,

    delete: async (resource: Resource, namespace: string, name: string, options: DeleteOptions = {}) => {
      await send('DELETE', objectUrl(resource, namespace, name), { apiVersion: 'v1', kind: 'DeleteOptions', ...options })
    },

    createSubresource: (resource: Resource, namespace: string, name: string, subresource: string, body: unknown) =>
      send('POST', objectUrl(resource, namespace, name, subresource), body),

    watch: <T extends KubeObject>(resource: Resource<T>, options: WatchQuery) => watchEvents<T>(transport, resource, options),
  }
}

async function* watchEvents<T>(transport: Transport, resource: Resource, options: WatchQuery): AsyncIterable<WatchEvent<T>> {
  const url = collectionUrl(resource, options.namespace) + queryOf(options, { watch: 'true' })
  const response = await transport({ method: 'GET', url, signal: options.signal })
  if (response.status >= 400) throw errorOf(response.status, await readText(response.body))
  const chunks = response.body instanceof Uint8Array ? [response.body] : response.body
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    let buffer: Buffer =
      rest.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([rest, chunk])
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10)) {
      const event = JSON.parse(buffer.toString('utf8', 0, end)) as WatchEvent<T> | { type: 'ERROR'; object: Status }
      buffer = buffer.subarray(end + 1)
      if (event.type === 'ERROR') throw errorOfStatus(event.object.code ?? 500, event.object)
      yield event
    }
    rest = buffer
  }
}

const collectionUrl = (resource: Resource, namespace?: string) => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  return resource.namespaced && namespace
    ? `${root}/namespaces/${namespace}/${resource.resource}`
    : `${root}/${resource.resource}`
}

const objectUrl = (resource: Resource, namespace: string | undefined, name: string, subresource?: string) =>
  `${collectionUrl(resource, namespace)}/${encodeURIComponent(name)}${subresource ? `/${subresource}` : ''}`

const queryOf = (options: ListQuery & { allowWatchBookmarks?: boolean | undefined }, more: Record<string, string> = {}) => {
  const query = new URLSearchParams(more)
  for (const key of ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'allowWatchBookmarks'] as const) {
    const value = options[key]
    if (value !== undefined) query.set(key, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

const typed = (resource: Resource, object: KubeObject) =>
  object.kind === undefined || object.apiVersion === undefined
    ? { ...object, apiVersion: apiVersionOf(resource.group, resource.version), kind: resource.kind }
    : object

const readText = async (body: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> => {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const errorOf = (code: number, text: string): ApiError => {
  try {
    const status = JSON.parse(text) as Partial<Status>
    if (status.kind === 'Status') return errorOfStatus(code, status)
    return new ApiError('InternalError', text, { code })
  } catch (cause) {
    return new ApiError('InternalError', `the server answered ${code}: ${text.slice(0, 500)}`, { code, cause })
  }
}

const errorOfStatus = (code: number, status: Partial<Status>) =>
  new ApiError((status.reason as StatusReason | undefined) ?? 'InternalError', status.message ?? `the server answered ${code}`, {
    code,
    ...(status.details ? { details: status.details } : {}),
  })
