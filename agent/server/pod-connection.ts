import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { readySandbox } from '../pod-worker/pod-state.ts'
import type { Target } from './container-target.ts'

const program = fileURLToPath(new URL('netns-connector.ts', import.meta.url))

/**
 * Connects to a port of a pod: at its address if something listens there, else at 127.0.0.1 inside its network namespace, by a
 * small process in there that hands the connected socket over.
 */
export const connectToPod = async ({ pod, runtime }: Target, port: number): Promise<Socket> => {
  const address = pod.spec.hostNetwork ? '127.0.0.1' : pod.status?.podIP
  const netns = readySandbox(runtime)?.netns
  if (!address) throw new Error('the pod has no address')
  try {
    return await connectTo(address, port)
  } catch (error) {
    if (!netns) throw error
    return connectInside(netns, port)
  }
}

const connectTo = (host: string, port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, timeout: 5000 })
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve(socket)
    })
    socket.once('timeout', () => socket.destroy(new Error(`dial tcp4 ${host}:${port}: i/o timeout`)))
    socket.on('error', reject)
  })

const connectInside = (netns: string, port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const child: ChildProcess = spawn('nsenter', [`--net=${netns}`, process.execPath, program, String(port)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('error', reject)
    child.once('exit', () => reject(new Error('the connection helper ended')))
    child.once('message', (message: { error?: string }, handle) => {
      if (handle) resolve(handle as Socket)
      else reject(new Error(`failed to connect to localhost:${port} inside namespace: ${message.error}`))
    })
  })
