import { Buffer } from 'node:buffer'
import { ApiError } from '../../meta/status.ts'

/** Where a chunked list goes on: behind `after`, at `revision` (-1: at the latest, when the old one is gone). */
export interface ContinueToken {
  readonly revision: number
  readonly after: { readonly namespace: string; readonly name: string }
}

export const encodeContinueToken = ({ revision, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after.namespace}/${after.name}\0` })).toString(
    'base64url',
  )

export const decodeContinueToken = (text: string): ContinueToken => {
  const { rv, start } = parse(text)
  const slash = start.indexOf('/')
  if (start.includes('..')) throw wrong(start)
  if (!Number.isSafeInteger(rv) || rv < -1 || slash < 0 || !start.endsWith('\0')) throw wrong('invalid continue token')
  if (rv === 0) throw wrong('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  return { revision: rv, after: { namespace: start.slice(0, slash), name: start.slice(slash + 1, -1) } }
}

const wrong = (what: string, cause?: unknown) =>
  new ApiError('BadRequest', `invalid continue token: continue key is not valid: ${what}`, { cause })

const parse = (text: string): { rv: number; start: string } => {
  const digits = /^[\w-]*/.exec(text)![0].length
  // A last group of one digit holds no byte.
  if (digits < text.length || text.length % 4 === 1) {
    throw wrong(`illegal base64 data at input byte ${digits < text.length ? digits : digits - 1}`)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch (cause) {
    throw wrong('encoding error', cause)
  }
  const { v = '', rv = 0, start = '' } = (value ?? {}) as Record<string, unknown>
  if (v !== 'meta.k8s.io/v1') throw wrong(`server does not recognize this encoded version ${v}`)
  if (typeof rv !== 'number' || typeof start !== 'string') throw wrong('incorrect encoded continue key')
  return { rv, start }
}

/** The position is gone: the client may start over, or go on inconsistently with the token given. */
export const inconsistentContinue = (token: ContinueToken): ApiError =>
  new ApiError(
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { listMeta: { continue: encodeContinueToken({ ...token, revision: -1 }) } },
  )
