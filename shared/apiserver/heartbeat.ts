import { badRequest } from '../meta/status.ts'
import { measuredAt, type NodeUsage, readNodeUsage } from '../resources/metrics/node-usage.ts'
import type { Heartbeats } from '../storage/heartbeats.ts'
import { nodeServed } from './node-service.ts'
import type { PathHandler } from './paths.ts'
import { respondJson, successStatus } from './represent/respond.ts'
import type { ApiRequest } from './request.ts'

/** Of hundreds of containers, with room. */
const mostBytes = 1 << 20

/** `POST /apis/windlass.dev/v1/nodes/{name}/heartbeat`: a node says that it lives, and maybe what it uses, outside the log. */
export const createHeartbeatPath =
  (heartbeats: Heartbeats): PathHandler =>
  async ({ info, request, parts }) => {
    const node = nodeServed(info, 'heartbeat')
    if (node === undefined) return undefined
    const usage = await usageIn(request)
    const nowMs = parts.clock.now()
    await heartbeats.record(new Map([[node, nowMs]]))
    if (usage) await heartbeats.recordUsage(new Map([[node, measuredAt(usage, nowMs)]]))
    return respondJson(request, 200, successStatus(undefined))
  }

const usageIn = async (request: Pick<ApiRequest, 'body'>): Promise<NodeUsage | undefined> => {
  const bytes = await request.body(mostBytes)
  if (bytes.length === 0) return undefined
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(bytes).toString())
  } catch (error) {
    throw badRequest(`a heartbeat's body is no JSON: ${(error as Error).message}`)
  }
  if (typeof body !== 'object' || body === null || !('usage' in body)) return undefined
  const usage = readNodeUsage(body.usage)
  if (!usage) throw badRequest("a heartbeat's usage is not of the shape that agents send")
  return usage
}
