import type { ContainerRuntime, ExecSession } from '../runtime/runtime.ts'

export interface CommandResult {
  readonly exitCode: number
  /** both streams, at most 10 KiB */
  readonly output: string
  readonly timedOut: boolean
}

const longestOutput = 10 * 1024

/** Runs a command in a container to its end; kills it when the time, of which its start is a part, is over or the signal aborts. */
export const runCommand = async (
  runtime: ContainerRuntime,
  containerId: string,
  options: { command: readonly string[]; timeoutMs?: number | undefined; signal?: AbortSignal | undefined },
): Promise<CommandResult> => {
  const { command, timeoutMs, signal } = options
  const chunks: Buffer[] = []
  let length = 0
  const collect = (chunk: Buffer) => {
    if (length < longestOutput) chunks.push(chunk.subarray(0, longestOutput - length))
    length += chunk.length
  }
  let session: ExecSession | undefined
  let timedOut = signal?.aborted ?? false
  const kill = () => {
    timedOut = true
    session?.kill().catch(() => session?.close())
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs)
  signal?.addEventListener('abort', kill)
  try {
    session = await runtime.exec(containerId, { command, stdin: false, stdout: true, stderr: true, tty: false })
    session.stdout.on('data', collect)
    session.stderr.on('data', collect)
    // Its time was over before it was there.
    if (timedOut) kill()
    const exitCode = await session.exitCode
    return { exitCode, output: Buffer.concat(chunks).toString('utf8'), timedOut }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', kill)
  }
}
