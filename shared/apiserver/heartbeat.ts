import type { Heartbeats } from '../storage/heartbeats.ts'
import { nodeServed } from './node-service.ts'
import type { PathHandler } from './paths.ts'
import { respondJson, successStatus } from './represent/respond.ts'

/** `POST /apis/windlass.dev/v1/nodes/{name}/heartbeat`: a node says that it lives, outside the log. */
export const createHeartbeatPath =
  (heartbeats: Heartbeats): PathHandler =>
  async ({ info, request, parts }) => {
    const node = nodeServed(info, 'heartbeat')
    if (node === undefined) return undefined
    await heartbeats.record(new Map([[node, parts.clock.now()]]))
    return respondJson(request, 200, successStatus(undefined))
  }
