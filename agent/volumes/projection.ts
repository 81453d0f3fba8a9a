import type {
  ConfigMapProjection,
  DownwardAPIVolumeFile,
  KeyToPath,
  SecretProjection,
} from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ConfigData, ConfigSource } from '../container/config-source.ts'
import { containerOf, type DownwardInput, fieldValue, resourceValue } from '../container/downward.ts'
import type { VolumeFile } from './atomic-writer.ts'

/** Reads what volumes show. */
export interface ProjectionContext {
  readonly config: ConfigSource
  readonly hostIP: string
  readonly allocatable: Readonly<Record<string, string>>
  readonly token: TokenSource
}

export interface TokenSource {
  /** A token for the pod's service account, kept until it is time for a new one. */
  get(pod: Pod, request: { audience?: string | undefined; expirationSeconds: number }): Promise<string>
  forget(uid: string): void
}

export type Files = Map<string, VolumeFile>

const keyFiles = (
  { data }: ConfigData,
  items: readonly KeyToPath[] | undefined,
  options: { mode: number; optional: boolean; missing: (key: string) => string },
): Files => {
  const { mode, optional, missing } = options
  if (!items?.length) return new Map([...data].map(([key, content]) => [key, { content, mode }]))
  const files: Files = new Map()
  for (const item of items) {
    const content = data.get(item.key)
    if (content) files.set(item.path, { content, mode: item.mode ?? mode })
    else if (!optional) throw new Error(missing(item.key))
  }
  return files
}

type Source<T> = Pick<T, Extract<'name' | 'items' | 'optional', keyof T>>

export const configMapFiles = async (
  { config }: ProjectionContext,
  pod: Pod,
  { name = '', items, optional = false }: Source<ConfigMapProjection>,
  mode: number,
): Promise<Files> => {
  const found = await config.configMap(pod.metadata.namespace ?? '', name, optional)
  return found
    ? keyFiles(found, items, { mode, optional, missing: (key) => `configmap references non-existent config key: ${key}` })
    : new Map()
}

export const secretFiles = async (
  { config }: ProjectionContext,
  pod: Pod,
  { name = '', items, optional = false }: Source<SecretProjection>,
  mode: number,
): Promise<Files> => {
  const found = await config.secret(pod.metadata.namespace ?? '', name, optional)
  return found
    ? keyFiles(found, items, { mode, optional, missing: (key) => `references non-existent secret key: ${key}` })
    : new Map()
}

export const downwardFiles = (
  { hostIP, allocatable }: ProjectionContext,
  pod: Pod,
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
): Files => {
  const input: DownwardInput = { pod, podIP: pod.status?.podIP, hostIP, allocatable }
  return new Map(
    items.map((item) => {
      const { fieldRef, resourceFieldRef } = item
      const text = fieldRef
        ? fieldValue(input, fieldRef.fieldPath)
        : resourceValue(input, resourceFieldRef!, containerOf(pod, resourceFieldRef?.containerName))
      return [item.path, { content: Buffer.from(text), mode: item.mode ?? mode }]
    }),
  )
}
