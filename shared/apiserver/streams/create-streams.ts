import type { SubresourceHandlers } from '../subresources/subresource.ts'
import { podLog } from './log.ts'
import type { NodeConnector } from './node-connector.ts'
import { proxy } from './proxy.ts'
import { podPortForward, podProcess } from './session.ts'

/** The subresources that lead to a node's agent or into the cluster's network, by name; for ApiServerOptions.subresources. */
export const createStreams = ({ connector }: { connector: NodeConnector }): Readonly<Record<string, SubresourceHandlers>> => ({
  log: podLog(connector),
  exec: podProcess(connector, 'exec'),
  attach: podProcess(connector, 'attach'),
  portforward: podPortForward(connector),
  proxy: proxy(connector),
})
