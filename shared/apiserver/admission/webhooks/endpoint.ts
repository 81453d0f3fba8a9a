import { Buffer } from 'node:buffer'
import { posix } from 'node:path'
import type { ReachTarget } from '../../../reach/reach.ts'
import type * as wire from '../../../resources/generated/types.ts'

/** Where and how a webhook is called. */
export interface Endpoint {
  readonly target: ReachTarget
  readonly serverName: string
  readonly authorities: string | undefined
  /** value of the header Host */
  readonly host: string
  readonly path: string
}

type ClientConfig = wire.AdmissionregistrationV1WebhookClientConfig

const httpsPort = 443

/** Throws an Error where the configuration leads nowhere. */
export const endpointOf = ({ url, service, caBundle }: ClientConfig): Endpoint => {
  const authorities = caBundle ? Buffer.from(caBundle, 'base64').toString() : undefined
  if (service) {
    const { namespace, name, path, port = httpsPort } = service
    const serverName = `${name}.${namespace}.svc`
    const target = { service: { namespace, name, port } }
    return { target, serverName, authorities, host: `${serverName}:${port}`, path: cleaned(path) }
  }
  if (!url) throw new Error('webhook configuration must have either service or URL')
  const { hostname, host, port, pathname } = new URL(url)
  const serverName = hostname.replace(/^\[|\]$/g, '')
  const target = { host: serverName, port: port ? Number(port) : httpsPort }
  return { target, serverName, authorities, host: shownHost(url, host), path: cleaned(pathname) }
}

/** As it stands there: a port that is said is shown, though it is the usual one. */
const shownHost = (url: string, host: string): string => /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? host

const cleaned = (path = ''): string => {
  const joined = posix.join('/', path)
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined
}
