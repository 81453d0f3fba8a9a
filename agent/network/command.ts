import { spawn } from 'node:child_process'

/** Runs a program without a shell, feeds it `input` and resolves to what it printed. Throws `CommandError`. */
export type Run = (command: string, args: readonly string[], input?: string) => Promise<string>

export class CommandError extends Error {
  /** undefined: the program could not be started */
  readonly exitCode: number | undefined
  readonly stderr: string

  constructor(options: { command: string; exitCode?: number | undefined; stderr: string; cause?: unknown }) {
    const { command, exitCode, stderr, cause } = options
    super(`"${command}" failed: ${stderr.trim() || `exit code ${exitCode}`}`, { cause })
    this.name = 'CommandError'
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

/** `prefix` goes before every command, e.g. `['ip', 'netns', 'exec', 'machine-2']`. */
export const createRun =
  (prefix: readonly string[] = []): Run =>
  (command, args, input) => {
    const [program = command, ...rest] = [...prefix, command, ...args]
    const shown = [command, ...args].join(' ')
    return new Promise((resolve, reject) => {
      const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] })
      const output: Buffer[] = []
      const errors: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
      child.on('error', (cause) => {
        const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
        reject(new CommandError({ command: shown, stderr: missing ? `program ${program} not found` : cause.message, cause }))
      })
      child.on('close', (code) => {
        if (code === 0) resolve(Buffer.concat(output).toString())
        else reject(new CommandError({ command: shown, exitCode: code ?? -1, stderr: Buffer.concat(errors).toString() }))
      })
      // a program that ends before it has read everything says why by its exit code
      child.stdin.on('error', (error) => errors.push(Buffer.from(`${error.message}\n`)))
      child.stdin.end(input ?? '')
    })
  }

/** For commands that undo something: what is gone already is no error. */
export const ignoring = async (promise: Promise<unknown>, pattern: RegExp) => {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof CommandError && pattern.test(error.stderr))) throw error
  }
}

export const gone = /No such file|Cannot find device|No such process|does a matching rule exist|No such device|does not exist/
