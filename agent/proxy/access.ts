import { createHash } from 'node:crypto'
import type { Upstream } from '../../shared/client/upstream.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { WatchedResource } from './watch-request.ts'

/** Whether whoever has these credentials may watch. Rejects when it can't be found out. */
export type MayWatch = (authorization: string, resource: WatchedResource) => Promise<boolean>

const keptMs = 60_000
const mostKept = 1000

/** Asks the API in the asker's own name, once a minute for the same question: a shared watch must not show what its own would not. */
export const createMayWatch = ({ upstream, clock }: { upstream: Upstream; clock: Clock }): MayWatch => {
  const known = new Map<string, { readonly answer: Promise<boolean>; readonly atMs: number }>()

  const ask = async (authorization: string, resource: WatchedResource): Promise<boolean> => {
    const spec = { resourceAttributes: { verb: 'watch', ...resource } }
    const response = await upstream.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'windlass-agent' },
      body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }),
      signal: AbortSignal.timeout(15_000),
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of response) chunks.push(chunk as Uint8Array)
    if (response.statusCode !== 201 && response.statusCode !== 200) return false
    const { status } = JSON.parse(Buffer.concat(chunks).toString()) as { status?: { allowed?: boolean } }
    return status?.allowed === true
  }

  return (authorization, resource) => {
    const key = createHash('sha256')
      .update(`${authorization}\n${JSON.stringify(resource)}`)
      .digest('base64')
    const before = known.get(key)
    if (before && clock.now() - before.atMs < keptMs) return before.answer
    if (known.size >= mostKept) known.clear()
    const answer = ask(authorization, resource)
    known.set(key, { answer, atMs: clock.now() })
    answer.catch(() => known.delete(key))
    return answer
  }
}
