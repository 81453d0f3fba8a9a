import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Docker from 'dockerode'

const socketPath = (process.env.DOCKER_HOST ?? '/var/run/docker.sock').replace(/^unix:\/\//, '')
export const docker = new Docker({ socketPath })

/** Why tests with real containers can't run here, if they can't. */
export const missingEngine = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) return 'needs root'
  return docker.ping().then(
    () => undefined,
    () => 'needs a Docker engine',
  )
}

export const testImage = 'windlass-test/shell:1'
const programs = ['sh', 'sleep', 'cat', 'id', 'env', 'stty', 'head']

/** An image of this machine's own shell and a few programs, with the libraries they load: no registry is asked. */
export const makeTestImage = (): void => {
  const root = mkdtempSync(join(tmpdir(), 'windlass-image-'))
  const add = (path: string, target = path) => {
    mkdirSync(join(root, dirname(target)), { recursive: true })
    cpSync(realpathSync(path), join(root, target))
  }
  for (const program of programs) {
    const path = execFileSync('which', [program], { encoding: 'utf8' }).trim()
    add(path, `/bin/${program}`)
    const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
    for (const library of libraries.filter((each) => !each.endsWith(':'))) add(library)
  }
  mkdirSync(join(root, 'tmp'))
  const archive = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 1 << 28 })
  execFileSync('docker', ['-H', `unix://${socketPath}`, 'import', '-c', 'ENV PATH=/bin', '-', testImage], { input: archive })
  rmSync(root, { recursive: true, force: true })
}
