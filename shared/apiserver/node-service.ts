import { methodNotAllowed } from './paths.ts'
import type { RequestInfo } from './router.ts'

/**
 * The node that `POST /apis/windlass.dev/v1/nodes/{name}/{service}` is for: what a server does for its nodes beside Kubernetes' own
 * resources. undefined: something else is asked for. Throws for another method.
 */
export const nodeServed = (info: RequestInfo, service: string): string | undefined => {
  if (!info.isResource || info.group !== 'windlass.dev' || info.resource !== 'nodes' || info.subresource !== service)
    return undefined
  if (!info.name) return undefined
  if (info.verb !== 'create') throw methodNotAllowed()
  return info.name
}
