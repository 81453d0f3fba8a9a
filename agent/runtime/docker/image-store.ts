import type Docker from 'dockerode'
import type { PullOptions, RuntimeImage } from '../runtime.ts'
import { engineCall, engineError } from './engine-error.ts'

export const inspectImage = async (docker: Docker, reference: string): Promise<RuntimeImage | undefined> => {
  const info = await engineCall(() => docker.getImage(reference).inspect(), [404])
  if (!info) return undefined
  return {
    id: info.RepoDigests?.[0] ?? info.Id,
    names: [...(info.RepoDigests ?? []), ...(info.RepoTags ?? [])],
    sizeBytes: info.Size,
    user: info.Config?.User ?? '',
  }
}

export const listImages = async (docker: Docker): Promise<RuntimeImage[]> => {
  const images = (await engineCall(() => docker.listImages()))!
  return images.map((image) => ({
    id: image.Id,
    names: [...(image.RepoDigests ?? []), ...(image.RepoTags ?? [])].filter((name) => !name.includes('<none>')),
    sizeBytes: image.Size,
    user: '',
  }))
}

export const pullImage = async (docker: Docker, reference: string, options: PullOptions): Promise<RuntimeImage> => {
  const { signal, credentials } = options
  const authconfig = credentials && {
    username: credentials.username,
    password: credentials.password,
    serveraddress: credentials.server,
  }
  const progress = (await engineCall(() =>
    docker.pull(reference, { abortSignal: signal, ...(authconfig ? { authconfig } : {}) }),
  ))!
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(engineError(error)) : resolve())),
  )
  const image = await inspectImage(docker, reference)
  if (!image) throw engineError(new Error(`image "${reference}" is not there after it was pulled`))
  return image
}
