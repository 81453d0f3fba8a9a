import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import { anonymous } from '../authn/authenticator.ts'
import { isConnection } from '../long-running.ts'
import type { ObservedRequest } from '../observer.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import type { FlowControl } from './flow-control.ts'
import { createRefusals } from './refusals.ts'
import { tooManyRequests } from './seat.ts'
import { SeatedRequest } from './seated-request.ts'
import { type Transfer, Transfers } from './transfers.ts'
import { Widths } from './width.ts'

type Work = (request: ApiRequest) => Promise<ApiResponse>

/** Answers that are smaller are not worth the counting. */
const countedFromBytes = 16 * 1024

/** Does a request's work when it has a seat, and answers who gets none. */
export const takingTurns = (flowControl: FlowControl, chance: { readonly clock: Clock; readonly random: Random }) => {
  const widths = new Widths()
  const transfers = new Transfers()
  const refuse = createRefusals(chance)
  const receiving = (body: Transfer, user: string) => (bytes: number) => {
    body.add(bytes)
    if (transfers.isFull(user)) throw tooManyRequests()
  }
  return async (observed: ObservedRequest, work: Work): Promise<ApiResponse> => {
    const { request, info, user = anonymous } = observed
    if (isConnection(info)) return work(request)
    const width = widths.of(info, request)
    if ((request.bodyStream || isLong(info)) && transfers.isFull(user.name)) {
      observed.flowHeaders = flowControl.refuse({ user, info })
      return refuse(user.name, request.signal)
    }
    const entering = flowControl.enter({ user, info, width, isGone: () => request.isGone ?? request.signal.aborted })
    const { seat, headers } = entering instanceof Promise ? await entering : entering
    observed.flowHeaders = headers
    if (!seat) return refuse(user.name, request.signal)
    const body = request.bodyStream && transfers.begin(user.name)
    try {
      const response = await work(body ? new SeatedRequest(request, { seat, received: receiving(body, user.name) }) : request)
      const bytes = response.body instanceof Uint8Array ? response.body.byteLength : (response.size ?? 0)
      widths.note(info, request, bytes)
      if (bytes < countedFromBytes) return response
      const answer = transfers.begin(user.name)
      answer.add(bytes)
      whenGone(request.signal, answer.end)
      // What a watch begins with has been read when it is asked for more.
      return info.verb === 'watch' ? { ...response, body: atSecond(response.body, answer.end) } : response
    } finally {
      seat.end()
      body?.end()
    }
  }
}

/** What is answered may be much. */
const isLong = ({ isResource, verb }: RequestInfo) => isResource && (verb === 'list' || verb === 'watch')

const whenGone = (signal: AbortSignal, tell: () => void): void => {
  if (signal.aborted) tell()
  else signal.addEventListener('abort', tell, { once: true })
}

/** Chunks that tell when the second is asked for. They pass through no promise more. */
const atSecond = (body: ApiResponse['body'], tell: () => void): ApiResponse['body'] => {
  if (body instanceof Uint8Array) return body
  return {
    [Symbol.asyncIterator]: () => {
      const chunks = body[Symbol.asyncIterator]()
      let asked = 0
      return {
        next: () => {
          if (++asked === 2) tell()
          return chunks.next()
        },
        return: () => {
          tell()
          return chunks.return?.() ?? Promise.resolve({ done: true, value: undefined })
        },
      }
    },
  }
}
