import type { ApiRequest } from '../request.ts'
import type { RequestInfo, ResourceRequestInfo } from '../router.ts'

const bytesPerSeat = 100_000
const objectsPerSeat = 100
/** of lists whose size is remembered */
const mostKnown = 10_000

/** How many seats requests take: a list as many as its last answer was long, everything else one. */
export class Widths {
  readonly #bytes = new Map<string, number>()

  of(info: RequestInfo, request: Pick<ApiRequest, 'query'>): number {
    if (!info.isResource || info.name !== '' || !beginsWithList(info, request)) return 1
    const bytes = this.#bytes.get(keyOf(info))
    if (bytes === undefined) return 1
    const limit = Number(request.query.get('limit') ?? 0)
    const seats = Math.ceil(bytes / bytesPerSeat)
    return Math.max(1, limit > 0 ? Math.min(seats, Math.ceil(limit / objectsPerSeat)) : seats)
  }

  /** What came of a list, or of that with which a watch begins. One that stands for a part says nothing of the whole. */
  note(info: RequestInfo, request: Pick<ApiRequest, 'query'>, bytes: number): void {
    if (!info.isResource || info.name !== '' || !beginsWithList(info, request)) return
    const { query } = request
    if (query.has('limit') || query.has('labelSelector') || query.has('fieldSelector')) return
    const key = keyOf(info)
    if (bytes <= bytesPerSeat) this.#bytes.delete(key)
    else if (this.#bytes.size < mostKnown || this.#bytes.has(key)) this.#bytes.set(key, bytes)
  }
}

const keyOf = ({ group, resource, namespace }: ResourceRequestInfo) => `${group}/${resource}/${namespace}`

/** A watch does, unless it goes on from a place in the log. */
const beginsWithList = ({ verb }: ResourceRequestInfo, { query }: Pick<ApiRequest, 'query'>): boolean => {
  if (verb === 'list') return true
  if (verb !== 'watch') return false
  const version = query.get('resourceVersion') ?? ''
  return query.get('sendInitialEvents') === 'true' || version === '' || version === '0'
}
