import type { Heartbeats } from '../storage/heartbeats.ts'
import { methodNotAllowed, type PathHandler } from './paths.ts'
import { respondJson, successStatus } from './represent/respond.ts'

/** `POST /apis/windlass.dev/v1/nodes/{name}/heartbeat`: a node says that it lives, outside the log. */
export const createHeartbeatPath =
  (heartbeats: Heartbeats): PathHandler =>
  async ({ info, request, parts }) => {
    const isHeartbeat =
      info.isResource && info.group === 'windlass.dev' && info.resource === 'nodes' && info.subresource === 'heartbeat'
    if (!isHeartbeat || !info.name) return undefined
    if (info.verb !== 'create') throw methodNotAllowed()
    await heartbeats.record(info.name, parts.clock.now())
    return respondJson(request, 200, successStatus(undefined))
  }
