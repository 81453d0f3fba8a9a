import type { Client } from '../../shared/client/client.ts'
import { isReason } from '../../shared/meta/status.ts'
import { configMaps, secrets } from '../../shared/resources/resource.ts'
import { ConfigError } from './config-error.ts'

/** ConfigMaps and Secrets that pods name, read when they are needed: a new pod sees what was written before it. */
export interface ConfigSource {
  /** undefined when `optional` and not there; else throws ConfigError */
  configMap(namespace: string, name: string, optional?: boolean): Promise<ConfigData | undefined>
  secret(namespace: string, name: string, optional?: boolean): Promise<ConfigData | undefined>
}

export interface ConfigData {
  readonly type: string
  readonly data: ReadonlyMap<string, Buffer>
}

const decoded = (text: Record<string, string> | undefined, base64: Record<string, string> | undefined) =>
  new Map([
    ...Object.entries(text ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const),
    ...Object.entries(base64 ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const),
  ])

const orMissing = async <T>(kind: string, name: string, optional: boolean, read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read()
  } catch (cause) {
    if (!isReason(cause, 'NotFound')) throw cause
    if (optional) return undefined
    throw new ConfigError(`${kind} "${name}" not found`, { cause })
  }
}

export const createConfigSource = (client: Client): ConfigSource => ({
  configMap: (namespace, name, optional = false) =>
    orMissing('configmap', name, optional, async () => {
      const found = await client.get(configMaps, namespace, name)
      return { type: 'ConfigMap', data: decoded(found.data, found.binaryData) }
    }),
  secret: (namespace, name, optional = false) =>
    orMissing('secret', name, optional, async () => {
      const found = await client.get(secrets, namespace, name)
      return { type: found.type ?? 'Opaque', data: decoded(undefined, found.data) }
    }),
})
