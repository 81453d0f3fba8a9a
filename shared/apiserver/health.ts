import { Buffer } from 'node:buffer'
import type { ApiServerParts } from './context.ts'
import type { PathHandler } from './paths.ts'
import type { ApiResponse } from './request.ts'

const plain = (status: number, text: string): ApiResponse => ({
  status,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache, private',
  },
  body: Buffer.from(text),
})

const paths = new Set(['/healthz', '/livez', '/readyz'])

/** Anybody may ask, as often as they like, and each look at a store costs. */
const rememberedMs = 3000

interface Seen {
  readonly untilMs: number
  readonly revision: Promise<unknown>
}
const seen = new WeakMap<object, Seen>()

const lookAtStore = ({ store, clock }: Pick<ApiServerParts, 'store' | 'clock'>): Promise<unknown> => {
  const known = seen.get(store)
  const nowMs = clock.now()
  if (known && nowMs < known.untilMs && known.untilMs <= nowMs + rememberedMs) return known.revision
  const revision = store.revision()
  seen.set(store, { untilMs: nowMs + rememberedMs, revision })
  return revision
}

/** `ok` while the store answers, or did seconds ago; with ?verbose the checks by name. */
export const healthPaths: PathHandler = async ({ info, request, parts }) => {
  if (!paths.has(info.path)) return undefined
  const checks: [string, () => Promise<unknown>][] = [
    ['ping', async () => undefined],
    ['store', () => lookAtStore(parts)],
  ]
  const lines: string[] = []
  let failed = false
  for (const [name, check] of checks) {
    try {
      await check()
      lines.push(`[+]${name} ok`)
    } catch (error) {
      failed = true
      parts.log.error('health check failed', { check: name, error })
      lines.push(`[-]${name} failed: reason withheld`)
    }
  }
  const verdict = `${info.path.slice(1)} check ${failed ? 'failed' : 'passed'}`
  if (failed) return plain(500, `${lines.join('\n')}\n${verdict}\n`)
  return plain(200, request.query.has('verbose') ? `${lines.join('\n')}\n${verdict}\n` : 'ok')
}
