import type { Container } from '../../../../resources/generated/types.ts'
import { type Check, type Checked, containersOf, containersText, plural, quoted, sorted } from '../check.ts'

interface Handler {
  readonly httpGet?: { readonly host?: string | undefined } | undefined
  readonly tcpSocket?: { readonly host?: string | undefined } | undefined
}

const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] => {
  const handlers: (Handler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ]
  return handlers
    .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
    .filter((host): host is string => Boolean(host))
}

const check = ({ spec }: Checked) => {
  const found = containersOf(spec).filter((container) => hostsOf(container).length > 0)
  if (found.length === 0) return undefined
  const hosts = sorted(found.flatMap(hostsOf))
  const names = sorted(found.map(({ name }) => name))
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${plural(names.length, 'uses', 'use')} ${plural(hosts.length, 'probe or lifecycle host', 'probe or lifecycle hosts')} ${quoted(hosts)}`,
  }
}

/** The host field is restricted in probes and lifecycle handlers: a node would knock wherever the pod says. */
export const hostProbesAndHostLifecycle: Check = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ from: 34, check }],
}
