import type { Pod } from '../../shared/resources/resource.ts'
import type { ConfigSource } from '../container/config-source.ts'
import type { PullOptions } from '../runtime/runtime.ts'

interface AuthEntry {
  readonly username?: string
  readonly password?: string
  readonly auth?: string
}

/** The first credentials for a registry among a pod's imagePullSecrets; undefined: none. */
export const pullCredentials = async (pod: Pod, registry: string, source: ConfigSource): Promise<PullOptions['credentials']> => {
  for (const { name } of pod.spec.imagePullSecrets ?? []) {
    if (!name) continue
    const secret = await source.secret(pod.metadata.namespace ?? '', name, true)
    const text = secret?.data.get('.dockerconfigjson') ?? secret?.data.get('.dockercfg')
    if (!text) continue
    const parsed = JSON.parse(text.toString('utf8')) as { auths?: Record<string, AuthEntry> } & Record<string, AuthEntry>
    for (const [server, entry] of Object.entries<AuthEntry>(parsed.auths ?? parsed)) {
      if (hostOf(server) === registry) return { server, ...userOf(entry) }
    }
  }
  return undefined
}

const hostOf = (server: string) => {
  const host = server.replace(/^https?:\/\//, '').split('/')[0]
  return host === 'index.docker.io' ? 'docker.io' : host
}

const userOf = ({ username, password, auth }: AuthEntry) => {
  if (username !== undefined) return { username, password: password ?? '' }
  const decoded = Buffer.from(auth ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}
