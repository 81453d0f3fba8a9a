import type { ContainerRuntime } from '../runtime/runtime.ts'

export interface CommandResult {
  readonly exitCode: number
  /** both streams, at most 10 KiB */
  readonly output: string
  readonly timedOut: boolean
}

const longestOutput = 10 * 1024

/** Runs a command in a container to its end; kills it when the time is over or the signal aborts. */
export const runCommand = async (
  runtime: ContainerRuntime,
  containerId: string,
  options: { command: readonly string[]; timeoutMs?: number | undefined; signal?: AbortSignal | undefined },
): Promise<CommandResult> => {
  const { command, timeoutMs, signal } = options
  const session = await runtime.exec(containerId, { command, stdin: false, stdout: true, stderr: true, tty: false })
  const chunks: Buffer[] = []
  let length = 0
  const collect = (chunk: Buffer) => {
    if (length < longestOutput) chunks.push(chunk.subarray(0, longestOutput - length))
    length += chunk.length
  }
  session.stdout.on('data', collect)
  session.stderr.on('data', collect)
  let timedOut = false
  const kill = () => {
    timedOut = true
    session.kill().catch(() => session.close())
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs)
  signal?.addEventListener('abort', kill)
  try {
    const exitCode = await session.exitCode
    return { exitCode, output: Buffer.concat(chunks).toString('utf8'), timedOut }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', kill)
  }
}
