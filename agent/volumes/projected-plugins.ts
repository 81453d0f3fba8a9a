import { mkdir } from 'node:fs/promises'
import type { VolumeProjection } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { Folder } from '../files/folder.ts'
import { type VolumeFile, writeAtomically } from './atomic-writer.ts'
import { mountTmpfs } from './mount.ts'
import { nestedMountPoints } from './nested-mount-points.ts'
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
    const { pod, volume, dir } = request
    const mountPoints = nestedMountPoints(pod, volume.name)
    await writeAtomically({ dir, files, mountPoints, fsGroup: pod.spec.securityContext?.fsGroup })
  }
  return {
    kind,
    readOnly: true,
    refresh,
    forget: options.forget,
    mount: async (request) => {
      await mkdir(request.dir, { recursive: true })
      if (options.memory) await mountTmpfs(request.dir, 'mode=1777')
      await setOwner(request, options.memory ? 0o1777 : 0o777)
      await refresh(request)
      return request.dir
    },
  }
}

/** As an emptyDir's: containers see these modes, though they can write nothing here. */
const setOwner = async ({ pod, dir }: VolumeRequest, mode: number) => {
  const fsGroup = pod.spec.securityContext?.fsGroup
  await using folder = await Folder.open(dir)
  await folder.handle.chown(0, fsGroup ?? 0)
  await folder.handle.chmod(fsGroup === undefined ? mode : mode | 0o2000)
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
      const { sources, defaultMode: mode = defaultMode } = volume.projected!
      const parts = await Promise.all((sources ?? []).map((source) => projectionFiles(context, pod, source, mode)))
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
    // Only its owner reads a token: the one user of the pod, or its group.
    const uid = commonUser(pod)
    const restricted = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined
    const file = { content: Buffer.from(token), mode: restricted ? 0o600 : mode, uid }
    return new Map([[path, file]])
  }
  throw new Error(`projected source ${Object.keys(source)[0]} is not supported by this agent`)
}

/** The user that all containers run as, if they all say so. */
const commonUser = ({ spec }: Pod): number | undefined => {
  const { initContainers = [], containers, ephemeralContainers = [] } = spec
  const users = new Set(
    [...initContainers, ...containers, ...ephemeralContainers].map(
      ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
    ),
  )
  return users.size === 1 ? [...users][0] : undefined
}
