import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { badRequest } from '../../shared/meta/status.ts'
import { findPod, loggedContainer, type TargetSource } from './container-target.ts'

export interface LogRequest {
  readonly source: TargetSource
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

const integer = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/.test(text)) throw badRequest(`invalid value "${text}" for ${name}`)
  return Number(text)
}

const flag = (query: URLSearchParams, name: string) => ['true', '1'].includes(query.get(name) ?? '')

/** GET /containerLogs/{namespace}/{pod}/{container}: lines as they were written, each flushed as it comes when following. */
export const serveLogs = async ({ source, namespace, pod, container, query, request, response }: LogRequest): Promise<void> => {
  const target = findPod(source, namespace, pod)
  const { id } = loggedContainer(target, container, flag(query, 'previous'))
  const sinceSeconds = integer(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const since = sinceSeconds !== undefined ? Date.now() - sinceSeconds * 1000 : sinceTime ? Date.parse(sinceTime) : undefined
  const logs = await source.runtime.logs(id, {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    tailLines: integer(query, 'tailLines'),
    since,
  })
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  request.once('close', () => logs.destroy())
  await pipeline(logs, limitBytes(integer(query, 'limitBytes')), response).catch((error: unknown) => {
    // The client has heard enough.
    if (!response.destroyed && !request.destroyed) throw error
  })
}

const limitBytes = (limit = Number.POSITIVE_INFINITY) =>
  async function* (source: AsyncIterable<Buffer>) {
    let left = limit
    for await (const chunk of source) {
      yield chunk.subarray(0, Math.min(left, chunk.length))
      left -= chunk.length
      if (left <= 0) return
    }
  }
