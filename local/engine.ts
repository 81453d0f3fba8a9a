import { spawn, spawnSync } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { rotateHeldLog } from '../shared/platform/rotating-log.ts'
import { readEngineInfo, whyUnfit } from './engine-fitness.ts'

/** No Docker engine can be had; the message names the choices. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}

export interface Engine {
  readonly socket: string
  readonly version: string
  /** of the dockerd that we started */
  readonly pid: number | undefined
}

export interface EngineOptions {
  readonly logFile: string
  readonly tell: (line: string) => void
  readonly environment?: NodeJS.ProcessEnv
}

const defaultSocket = '/var/run/docker.sock'
const choices = `what you can do:
  - install and start Docker, then start again
  - run as root on Debian or Ubuntu: it is then installed for you
  - npm start -- --runtime simulated: the same cluster, where pods only seem to run`

const unfitChoices = `what you can do:
  - start the engine of the machine itself (packages docker.io or docker-ce), and name it: DOCKER_HOST=unix:///var/run/docker.sock
  - npm start -- --runtime simulated: the same cluster, where pods only seem to run`

/** The engine that answers; else an installed one is started; else, as root on Debian or Ubuntu, installed. Throws EngineError. */
export const findEngine = async (options: EngineOptions): Promise<Engine> => {
  const socket = engineSocket(options.environment)
  const running = await versionOf(socket)
  if (running) {
    const why = whyUnfit(await readEngineInfo(socket))
    if (why !== undefined) throw new EngineError(`the Docker engine at ${socket} can not be used: ${why}.\n${unfitChoices}`)
    return { socket, version: running, pid: undefined }
  }
  if (process.getuid?.() !== 0) {
    throw new EngineError(`no Docker engine answers at ${socket}, and starting one takes root.\n${choices}`)
  }
  if (!installed('dockerd')) await install(options)
  return start(options)
}

const installed = (program: string): boolean =>
  (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .some((folder) => existsSync(`${folder}/${program}`))

/** Throws EngineError when DOCKER_HOST names an engine elsewhere. */
export const engineSocket = (environment: NodeJS.ProcessEnv = process.env): string => {
  const host = environment.DOCKER_HOST
  if (!host) return defaultSocket
  if (!host.startsWith('unix://')) {
    throw new EngineError(
      `DOCKER_HOST is "${host}": only an engine on this machine (unix://…) can be used, the nodes share its kernel`,
    )
  }
  return host.slice('unix://'.length)
}

const versionOf = (socket: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const ask = request({ socketPath: socket, path: '/version', timeout: 3000 }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve(versionIn(text)))
    })
    ask.on('timeout', () => ask.destroy())
    ask.on('error', () => resolve(undefined))
    ask.end()
  })

const versionIn = (text: string): string | undefined => /"Version":"([^"]+)"/.exec(text)?.[1]

const install = async ({ tell }: EngineOptions) => {
  const release = existsSync('/etc/os-release') ? await readFile('/etc/os-release', 'utf8') : ''
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) {
    throw new EngineError(`no Docker engine is installed, and this is neither Debian nor Ubuntu.\n${choices}`)
  }
  tell('installing docker.io by apt (once) …')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['-q', 'update'],
    ['-q', 'install', '-y', '--no-install-recommends', 'docker.io', 'nftables', 'iproute2', 'iptables', 'conntrack'],
  ]) {
    const result = spawnSync('apt-get', args, { env: environment, encoding: 'utf8' })
    if (result.status !== 0) {
      throw new EngineError(
        `apt-get ${args.join(' ')} failed:\n${result.stderr.trim().split('\n').slice(-5).join('\n')}\n${choices}`,
      )
    }
  }
}

const start = async ({ logFile, tell }: EngineOptions): Promise<Engine> => {
  tell('starting the Docker engine …')
  rotateHeldLog({ path: logFile })
  const log = openSync(logFile, 'a')
  // Detached: containers must outlive a killed cluster process, and so must what keeps them.
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] })
  const gone = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code) => resolve(`dockerd ended with ${code}`))
  })
  child.unref()
  for (let attempt = 0; attempt < 300; attempt++) {
    const version = await versionOf(defaultSocket)
    if (version) return { socket: defaultSocket, version, pid: child.pid }
    const ended = await Promise.race([gone, sleep(100)])
    if (ended) throw new EngineError(`the Docker engine does not start: ${ended}; see ${logFile}.\n${choices}`)
  }
  throw new EngineError(`the Docker engine did not answer within 30 s; see ${logFile}.\n${choices}`)
}

/** Ends a dockerd that we started, if that process still is one. */
export const stopEngine = (pid: number): void => {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'dockerd') process.kill(pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
