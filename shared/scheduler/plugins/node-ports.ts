import { type FilterPlugin, resolvable } from '../plugin.ts'
import type { HostPort } from '../pod-info.ts'

const rejection = resolvable("node(s) didn't have free ports for the requested pod ports")

export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  filter: ({ hostPorts }) =>
    hostPorts.length
      ? {
          check: ({ usedPorts }) =>
            hostPorts.some((port) => usedPorts.some((used) => conflicts(port, used))) ? rejection : undefined,
        }
      : undefined,
}

const conflicts = (a: HostPort, b: HostPort) =>
  a.port === b.port && a.protocol === b.protocol && (a.hostIP === b.hostIP || a.hostIP === '0.0.0.0' || b.hostIP === '0.0.0.0')
