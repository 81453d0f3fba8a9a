import type { ApiHandler, User } from '../apiserver/request.ts'
import { parseExactJson } from '../meta/exact-json.ts'
import { ApiError } from '../meta/status.ts'
import type { Client } from './client.ts'
import { createClient } from './rest-client.ts'

/** As upstream's parts call themselves: `kube-scheduler`. Fields that they write are theirs by this name. */
const userAgentOf = ({ name }: User) => name.replace(/^system:/, '')

const empty = new Uint8Array(0)
const answered = new Error('the request was answered')

/** Says when the caller has gone or has read the answer, as the end of a connection's exchange does; only who asks for it pays for it. */
class CallSignal {
  readonly #caller: AbortSignal | undefined
  readonly #leave = () => this.#controller?.abort(this.#caller?.reason)
  #controller: AbortController | undefined

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    this.#controller = new AbortController()
    if (this.#caller?.aborted) this.#leave()
    else this.#caller?.addEventListener('abort', this.#leave, { once: true })
    return this.#controller.signal
  }

  readonly end = (): void => {
    this.#caller?.removeEventListener('abort', this.#leave)
    this.#controller?.abort(answered)
  }
}

/** A client that calls the API server's library as `user`, with the whole pipeline but no connection; what it got it can write again without loss. */
export const createInProcessClient = (handle: ApiHandler, user: User): Client =>
  createClient(async ({ method, url, contentType, body = empty, signal }) => {
    const question = url.indexOf('?')
    const call = new CallSignal(signal)
    try {
      const response = await handle({
        method,
        path: question < 0 ? url : url.slice(0, question),
        query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
        header: (name) =>
          name === 'content-type'
            ? contentType
            : name === 'accept'
              ? 'application/json'
              : name === 'user-agent'
                ? userAgentOf(user)
                : undefined,
        body: async (limit) => {
          if (body.length > limit) {
            throw new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
          }
          return body
        },
        get signal() {
          return call.signal
        },
        peer: user,
      })
      if (!(response.body instanceof Uint8Array)) return { ...response, body: read(response.body, call.end) }
      call.end()
      return response
    } catch (error) {
      call.end()
      throw error
    }
  }, parseExactJson)

/** Chunks as they come, through no promise more. */
const read = <T>(body: AsyncIterable<T>, ended: () => void): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => {
    const chunks = body[Symbol.asyncIterator]()
    return {
      next: () => {
        const next = chunks.next()
        next.then(({ done }) => done && ended(), ended)
        return next
      },
      return: () => {
        ended()
        return chunks.return?.() ?? Promise.resolve({ done: true, value: undefined })
      },
    }
  },
})
