import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Status } from '../../shared/meta/status.ts'
import type { StreamSession } from '../runtime/runtime.ts'

export interface TerminalSize {
  /** columns */
  readonly width: number
  /** rows */
  readonly height: number
}

/** A client's ends of an exec or attach, whatever the protocol that carries them. */
export interface RemoteStreams {
  readonly stdin?: Readable | undefined
  readonly stdout?: Writable | undefined
  readonly stderr?: Writable | undefined
  /** calls back for each new size of the client's terminal */
  readonly onResize: (listener: (size: TerminalSize) => void) => void
  /** Tells how it ended and closes the connection. Never rejects. */
  finish(status: Status): Promise<void>
  /** aborts when the client has gone */
  readonly signal: AbortSignal
}

export interface RemoteCommandOptions {
  readonly streams: RemoteStreams
  readonly session: StreamSession
  /** of an exec; an attach ends with success */
  readonly exitCode?: Promise<number> | undefined
}

/** Connects a client with a process until the process's outputs have ended. */
export const serveRemoteCommand = async ({ streams, session, exitCode }: RemoteCommandOptions): Promise<void> => {
  // When the outputs fail nobody waits for it.
  exitCode?.catch(() => undefined)
  const gone = () => session.close()
  streams.signal.addEventListener('abort', gone)
  streams.onResize(({ width, height }) => session.resize(width, height).catch(() => undefined))
  // The process may end without reading all of its input: that is no error.
  if (streams.stdin) pipeline(streams.stdin, session.stdin).catch(() => undefined)
  else if (exitCode) session.stdin.end()
  try {
    await Promise.all([copy(session.stdout, streams.stdout), copy(session.stderr, streams.stderr)])
    await streams.finish(exitStatus(exitCode ? await exitCode : 0))
  } catch (error) {
    if (!streams.signal.aborted) await streams.finish(failureStatus(error))
  } finally {
    streams.signal.removeEventListener('abort', gone)
    session.close()
  }
}

const copy = async (source: Readable, target: Writable | undefined): Promise<void> => {
  if (target) return pipeline(source, target, { end: false })
  source.resume()
  return new Promise((resolve) => {
    source.once('end', resolve)
    source.once('close', resolve)
  })
}

const base = { kind: 'Status', apiVersion: 'v1', metadata: {} } as const

export const exitStatus = (code: number): Status =>
  code === 0
    ? { ...base, status: 'Success' }
    : {
        ...base,
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      }

export const failureStatus = (error: unknown): Status => ({
  ...base,
  status: 'Failure',
  reason: 'InternalError',
  message: `Internal error occurred: ${error instanceof Error ? error.message : error}`,
  code: 500,
})

/** How protocols before the fourth version tell it: the message of a failure, nothing of a success. */
export const plainStatus = ({ status, message = '' }: Status): string => (status === 'Success' ? '' : message)
