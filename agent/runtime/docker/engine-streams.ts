import { type Duplex, PassThrough, Readable, Writable } from 'node:stream'
import type Docker from 'dockerode'
import {
  type ExecOptions,
  type ExecSession,
  type LogOptions,
  RuntimeError,
  type StreamOptions,
  type StreamSession,
} from '../runtime.ts'
import { engineCall } from './engine-error.ts'
import { joinFrames, splitFrames } from './frames.ts'

const sessionOf = (connection: Duplex, tty: boolean): Omit<StreamSession, 'resize'> & { ended: Promise<void> } => {
  connection.on('error', () => connection.destroy())
  if (!tty) return { stdin: connection, ...splitFrames(connection), close: () => connection.destroy() }
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  stderr.end()
  const ended = new Promise<void>((resolve) => connection.once('close', resolve))
  connection.pipe(stdout)
  connection.once('close', () => stdout.end())
  return { stdin: connection, stdout, stderr, ended, close: () => connection.destroy() }
}

export const execInContainer = async (docker: Docker, id: string, options: ExecOptions): Promise<ExecSession> => {
  const { command, stdin, stdout, stderr, tty } = options
  const attached = { AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr && !tty, Tty: tty }
  const exec = (await engineCall(() => docker.getContainer(id).exec({ Cmd: [...command], ...attached })))!
  const connection = (await engineCall(() => exec.start({ hijack: true, stdin: true, Tty: tty })))!
  const session = sessionOf(connection, tty)
  const exitCode = session.ended.then(async () => {
    // Outputs may end a moment before the engine knows the exit code.
    for (let attempt = 0; ; attempt++) {
      const { Running: running, ExitCode: code } = (await engineCall(() => exec.inspect()))!
      if (!running || attempt === 100) return code ?? 137
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  return {
    ...session,
    exitCode,
    resize: async (width, height) => void (await engineCall(() => exec.resize({ w: width, h: height }), [404, 409])),
    kill: async () => {
      const { Running: running, Pid: pid } = (await engineCall(() => exec.inspect()))!
      if (running && pid > 0) process.kill(pid, 'SIGKILL')
      session.close()
    },
  }
}

/** The engine ends an attachment's outputs with its input, unless the container's own input ends with it: outputs are to go on. */
const withoutEnd = (target: Writable): Writable =>
  new Writable({ write: (chunk, encoding, done) => void target.write(chunk, encoding, done) })

export const attachToContainer = async (docker: Docker, id: string, options: StreamOptions): Promise<StreamSession> => {
  const container = docker.getContainer(id)
  const { stdin, stdout, stderr } = options
  const { Config: config } = (await engineCall(() => container.inspect()))!
  const connection = (await engineCall(() => container.attach({ stream: true, hijack: true, stdin, stdout, stderr })))! as Duplex
  const session = sessionOf(connection, options.tty)
  // The engine would hold on to an attachment that came too late, for a next start that never comes. Nothing was handed over yet.
  const { State: state } = (await engineCall(() => container.inspect()))!
  if (!state.Running) {
    session.close()
    throw new RuntimeError('container is in CONTAINER_EXITED state')
  }
  return {
    ...session,
    stdin: config.StdinOnce ? connection : withoutEnd(connection),
    resize: async (width, height) => void (await engineCall(() => container.resize({ w: width, h: height }), [404, 409])),
  }
}

export const containerLogs = async (docker: Docker, id: string, options: LogOptions): Promise<Readable> => {
  const { Config: config } = (await engineCall(() => docker.getContainer(id).inspect()))!
  const query = new URLSearchParams({ stdout: '1', stderr: '1' })
  if (options.follow) query.set('follow', '1')
  if (options.timestamps) query.set('timestamps', '1')
  if (options.tailLines !== undefined) query.set('tail', String(options.tailLines))
  if (options.since !== undefined) query.set('since', (options.since / 1000).toFixed(3))
  const source = await engineCall(
    () =>
      new Promise<Readable>((resolve, reject) => {
        // docker-modem takes the last character of a path with a query away.
        const call = { path: `/containers/${id}/logs?${query}&`, method: 'GET', isStream: true, statusCodes: { 200: true } }
        docker.modem.dial(call, (error, stream) => (error ? reject(error) : resolve(stream as Readable)))
      }),
  )
  if (config.Tty) return source!
  const joined = Readable.from(joinFrames(source!, options.timestamps), { objectMode: false })
  joined.once('close', () => source!.destroy())
  return joined
}
