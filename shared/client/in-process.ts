import type { ApiHandler, User } from '../apiserver/request.ts'
import { parseExactJson } from '../meta/exact-json.ts'
import { ApiError } from '../meta/status.ts'
import type { Client } from './client.ts'
import { createClient } from './rest-client.ts'

/** As upstream's parts call themselves: `kube-scheduler`. Fields that they write are theirs by this name. */
const userAgentOf = ({ name }: User) => name.replace(/^system:/, '')

const empty = new Uint8Array(0)

/** A client that calls the API server's library as `user`, with the whole pipeline but no connection; what it got it can write again without loss. */
export const createInProcessClient = (handle: ApiHandler, user: User): Client =>
  createClient(async ({ method, url, contentType, body = empty, signal }) => {
    const question = url.indexOf('?')
    return handle({
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
      signal: signal ?? new AbortController().signal,
      peer: user,
    })
  }, parseExactJson)
