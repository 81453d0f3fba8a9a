import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { createRun } from '../../../agent/network/command.ts'
import type { AwsCluster } from '../cluster.ts'
import { startInstanceServices } from './instance-services.ts'
import type { World } from './world.ts'

export interface RealInstanceOptions {
  readonly instanceId: string
  /** in the world's network */
  readonly address: string
  readonly docker: Docker
}

/** An instance on this machine: the shipped agent in a network namespace of its own, told what the template's user data tells it. */
export const startRealInstance = async (aws: AwsCluster, world: World, options: RealInstanceOptions) => {
  const { instanceId, address, docker } = options
  const { identity, environment, containerInstanceArn } = aws.addInstance(instanceId)
  const services = await startInstanceServices({ instanceId, privateAddress: address, containerInstanceArn, identity })
  const netns = await world.addMachine(address)
  const [metadata, endpoint, server] = await Promise.all([services.url, aws.edge.url, aws.gateway.url].map(world.expose))
  // Credentials come from the metadata service, as on an instance.
  const { AWS_ACCESS_KEY_ID: _key, AWS_SECRET_ACCESS_KEY: _secret, ...told } = environment
  const dataDir = join(aws.folder, instanceId)
  const run = createRun()
  const lines: string[] = []
  let child: ChildProcess | undefined
  let stopping = false
  let restarting: NodeJS.Timeout | undefined
  const start = () => {
    stopping = false
    // `ip netns exec` would hide the agent's mounts from the engine.
    child = spawn('nsenter', [`--net=/run/netns/${netns}`, process.execPath, 'agent/main.ts'], {
      env: {
        ...told,
        PATH: process.env.PATH,
        WINDLASS_SERVER: server,
        WINDLASS_ECS_AGENT_ENDPOINT: metadata,
        WINDLASS_DATA_DIR: dataDir,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata,
        AWS_ENDPOINT_URL: endpoint,
        NODE_EXTRA_CA_CERTS: join(aws.folder, 'ca.pem'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => lines.push(text.toString()))
    child.once('exit', (code, signal) => {
      if (stopping) return
      // As its unit says: Restart=always, RestartSec=5.
      lines.push(`the agent ended with ${signal ?? code}\n`)
      restarting = setTimeout(start, 5000)
    })
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    stopping = true
    clearTimeout(restarting)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  /** all that its agent has made and not removed */
  const containers = () => docker.listContainers({ all: true, filters: { label: [`windlass.dev/node=${instanceId}`] } })
  start()
  return {
    instanceId,
    netns,
    containerInstanceArn,
    log: () => lines.join(''),
    start,
    stop,
    containers,
    dispose: async () => {
      await stop('SIGKILL')
      for (const { Id } of await containers()) await docker.getContainer(Id).remove({ force: true })
      for (const target of mountsBelow(dataDir)) await run('umount', [target])
      await services.close()
    },
  }
}

/** The volumes of pods that were running at the end, the last mounted first. */
const mountsBelow = (directory: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${directory}/`))
    .reverse()

export type RealInstance = Awaited<ReturnType<typeof startRealInstance>>
