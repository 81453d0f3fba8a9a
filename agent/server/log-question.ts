import type { Readable } from 'node:stream'
import { badRequest } from '../../shared/meta/status.ts'
import { findPod, loggedContainer, type TargetSource } from './container-target.ts'

/** Whose log is asked for, and which of it. */
export interface LogQuestion {
  readonly source: TargetSource
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly query: URLSearchParams
}

/** Throws ApiError for what makes no sense or is not there. `limit` is in bytes. */
export const openLogs = async (question: LogQuestion): Promise<{ logs: Readable; limit: number | undefined }> => {
  const { source, namespace, pod, container, query } = question
  const target = findPod(source, namespace, pod)
  const { id } = loggedContainer(target, container, flag(query, 'previous'))
  const sinceSeconds = integer(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const since = sinceSeconds !== undefined ? Date.now() - sinceSeconds * 1000 : sinceTime ? timeOf(sinceTime) : undefined
  const logs = await source.runtime.logs(id, {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    tailLines: integer(query, 'tailLines'),
    since: since === undefined ? undefined : Math.max(0, since),
  })
  return { logs, limit: integer(query, 'limitBytes') }
}

const timeOf = (text: string): number => {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw badRequest(`invalid value ${JSON.stringify(text)} for sinceTime`)
  return ms
}

const integer = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/.test(text)) throw badRequest(`invalid value "${text}" for ${name}`)
  return Number(text)
}

const flag = (query: URLSearchParams, name: string) => ['true', '1'].includes(query.get(name) ?? '')

export const limitBytes = (limit = Number.POSITIVE_INFINITY) =>
  async function* (source: AsyncIterable<Buffer>) {
    let left = limit
    for await (const chunk of source) {
      yield chunk.subarray(0, Math.min(left, chunk.length))
      left -= chunk.length
      if (left <= 0) return
    }
  }
