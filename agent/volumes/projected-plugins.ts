import { mkdir } from 'node:fs/promises'
import type { VolumeProjection } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { type VolumeFile, writeAtomically } from './atomic-writer.ts'
import { mountTmpfs } from './mount.ts'
import { configMapFiles, downwardFiles, type Files, type ProjectionContext, secretFiles } from './projection.ts'
import type { VolumeKind, VolumePlugin, VolumeRequest } from './volume.ts'

const defaultMode = 0o644
const defaultTokenSeconds = 3600

/** A volume whose files are computed: written at once when it is mounted, and again when they change. */
const computedPlugin = (
  kind: VolumeKind,
  options: {
    memory: boolean
    files: (request: VolumeRequest) => Promise<ReadonlyMap<string, VolumeFile>>
    forget?: (uid: string) => void
  },
): VolumePlugin => {
  const refresh = async (request: VolumeRequest) => {
    const files = await options.files(request)
    await writeAtomically({ dir: request.dir, files, fsGroup: request.pod.spec.securityContext?.fsGroup })
  }
  return {
    kind,
    readOnly: true,
    refresh,
    forget: options.forget,
    mount: async (request) => {
      await mkdir(request.dir, { recursive: true })
      if (options.memory) await mountTmpfs(request.dir, 'mode=0755')
      await refresh(request)
      return request.dir
    },
  }
}

/** configMap, secret, downwardAPI and projected volumes. Secrets and tokens stand in memory only. */
export const projectedPlugins = (context: ProjectionContext): VolumePlugin[] => [
  computedPlugin('configMap', {
    memory: false,
    files: ({ pod, volume }) => configMapFiles(context, pod, volume.configMap!, volume.configMap?.defaultMode ?? defaultMode),
  }),
  computedPlugin('secret', {
    memory: true,
    files: ({ pod, volume }) => {
      const { secretName, items, optional, defaultMode: mode = defaultMode } = volume.secret!
      return secretFiles(context, pod, { name: secretName, items, optional }, mode)
    },
  }),
  computedPlugin('downwardAPI', {
    memory: true,
    files: async ({ pod, volume }) =>
      downwardFiles(context, pod, volume.downwardAPI?.items ?? [], volume.downwardAPI?.defaultMode ?? defaultMode),
  }),
  computedPlugin('projected', {
    memory: true,
    forget: context.token.forget,
    files: async ({ pod, volume }) => {
      const { sources = [], defaultMode: mode = defaultMode } = volume.projected!
      const parts = await Promise.all(sources.map((source) => projectionFiles(context, pod, source, mode)))
      return new Map(parts.flatMap((files) => [...files]))
    },
  }),
]

const projectionFiles = async (context: ProjectionContext, pod: Pod, source: VolumeProjection, mode: number): Promise<Files> => {
  if (source.configMap) return configMapFiles(context, pod, source.configMap, mode)
  if (source.secret) return secretFiles(context, pod, source.secret, mode)
  if (source.downwardAPI) return downwardFiles(context, pod, source.downwardAPI.items ?? [], mode)
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds = defaultTokenSeconds, path } = source.serviceAccountToken
    const token = await context.token.get(pod, { audience, expirationSeconds })
    // Only its owner reads a token; a pod that runs as one user, or has a group, is that owner.
    const { runAsUser, fsGroup } = pod.spec.securityContext ?? {}
    const readers = fsGroup !== undefined ? 0o640 : 0o600
    const uid = runAsUser ?? commonUser(pod)
    const file = { content: Buffer.from(token), mode: uid === undefined && fsGroup === undefined ? mode : readers, uid }
    return new Map([[path, file]])
  }
  throw new Error(`projected source ${Object.keys(source)[0]} is not supported by this agent`)
}

/** The user that all containers run as, if they say so. */
const commonUser = (pod: Pod): number | undefined => {
  const users = new Set(pod.spec.containers.map(({ securityContext }) => securityContext?.runAsUser))
  return users.size === 1 ? [...users][0] : undefined
}
