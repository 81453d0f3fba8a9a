import { setTimeout as delay } from 'node:timers/promises'
import type { ApiResponse } from '../../../shared/apiserver/request.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { StoreUnavailable } from '../../../shared/storage/store.ts'
import type { History, RecordedExpiry, RecordedList } from './history.ts'
import { getOf, podsOf } from './http-requests.ts'
import type { HttpOptions } from './http-watchers.ts'
import { markOf } from './marked-object.ts'
import { podName, type Scope } from './scope.ts'

interface ListAnswer {
  readonly reason?: string
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items: readonly KubeObject[]
}

const scopes: readonly Scope[] = [
  { resource: 'pods' },
  { resource: 'pods', namespace: 'default' },
  { resource: 'pods', namespace: 'default', side: 'left' },
  { resource: 'pods', side: 'right' },
  { resource: 'pods', namespace: 'default', name: 'p0' },
]

const now = () => Number(process.hrtime.bigint())

/** As kubectl and reflectors list: whole or by pages, by selectors, now or exactly as of a version seen before. */
export const listThroughHttp = async (options: HttpOptions): Promise<History> => {
  const { random, stop } = options
  const lists: RecordedList[] = []
  const expiries: RecordedExpiry[] = []
  const found: string[] = []
  let known: number | undefined
  while (!stop.aborted) {
    const scope = random.pick(scopes)
    const at = random.next() < 0.2 ? known : undefined
    const start = now()
    const through = `an HTTP list${at === undefined ? '' : ' of the past'}`
    try {
      const limit = random.next() < 0.5 ? 1 + random.below(3) : undefined
      const { answers, end } = await pagesOf(options, { scope, at, limit })
      const versions = answers.map(({ metadata }) => Number(metadata.resourceVersion))
      if (answers.at(-1)?.reason === 'Expired') {
        expiries.push({ at: at ?? versions[0] ?? Number.POSITIVE_INFINITY, end: now(), through })
        continue
      }
      const entries = answers.flatMap(({ items }) => items.map(listed))
      const [revision = 0] = versions
      known = revision
      if (new Set(versions).size > 1) found.push(`the pages of ${through} are of the versions ${versions}`)
      lists.push({ revision, entries, start, end, scope, through, ...(at === undefined ? {} : { past: true }) })
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
    await delay(random.below(40))
  }
  return { writes: [], reads: [], lists, watches: [], expiries, found }
}

const listed = (pod: KubeObject) => {
  const revision = Number(pod.metadata.resourceVersion)
  const name = podName(pod)
  return [name, revision, markOf(Buffer.from(JSON.stringify(pod)), revision)] as const
}

/** The answers, page by page, and when the first had come. */
const pagesOf = async (
  { handle, stop }: HttpOptions,
  { scope, at, limit }: { scope: Scope; at: number | undefined; limit: number | undefined },
): Promise<{ answers: ListAnswer[]; end: number }> => {
  const query = new URLSearchParams()
  if (limit !== undefined) query.set('limit', String(limit))
  if (scope.side !== undefined) query.set('labelSelector', `side=${scope.side}`)
  if (scope.name !== undefined) query.set('fieldSelector', `metadata.name=${scope.name}`)
  if (at !== undefined) {
    query.set('resourceVersion', String(at))
    query.set('resourceVersionMatch', 'Exact')
  }
  const answers: ListAnswer[] = []
  let end: number | undefined
  for (let more = true; more && answers.length < 50; ) {
    const { status, body } = await getOf(handle, { path: podsOf(scope.namespace), query, signal: stop })
    end ??= now()
    const answer = JSON.parse(await textOf(body)) as ListAnswer
    if (status >= 500) throw new StoreUnavailable(JSON.stringify(answer))
    if (status !== 200 && status !== 410) throw new Error(`a list was answered with ${JSON.stringify(answer)}`)
    answers.push(answer)
    const token = status === 200 ? answer.metadata.continue : undefined
    more = token !== undefined
    query.set('continue', token ?? '')
    query.delete('resourceVersion')
    query.delete('resourceVersionMatch')
  }
  return { answers, end: end! }
}

/** A long list comes in pieces. */
const textOf = async (body: ApiResponse['body']): Promise<string> => {
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
