import { spawn } from 'node:child_process'
import Docker from 'dockerode'

export interface ImageBuild {
  readonly name: string
  /** folder that holds the Dockerfile and all it copies */
  readonly context: string
  /** says what the image was made from: the same digest is not built again */
  readonly digest: string
}

const digestLabel = 'windlass.example/digest'

/** The engine that DOCKER_HOST names, else the default socket: the one `npm start` uses. */
export const engine = new Docker()

export async function isBuilt(name: string, digest: string): Promise<boolean> {
  try {
    const { Config } = await engine.getImage(name).inspect()
    return Config.Labels?.[digestLabel] === digest
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false
    throw new Error(`no Docker engine answers (${String(error)}): start the cluster first`, { cause: error })
  }
}

/** Throws with the engine's own words when a step of the Dockerfile fails. */
export async function build({ name, context, digest }: ImageBuild): Promise<void> {
  const tar = spawn('tar', ['-C', context, '--owner=0', '--group=0', '--numeric-owner', '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await engine.buildImage(tar.stdout, { t: name, labels: { [digestLabel]: digest }, forcerm: true })
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(output, (error: Error | null, lines: { error?: string }[]) => {
      const failure = error?.message ?? lines.find((line) => line.error)?.error
      if (failure === undefined) resolve()
      else reject(new Error(`image ${name}: ${failure}`))
    })
  })
}
