import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
  readonly timeoutSeconds?: number
  readonly environment?: Readonly<Record<string, string>>
}

/** The user's own kubectl on one kubeconfig. */
export class Kubectl {
  readonly #kubeconfig: string
  readonly #background = new Set<ChildProcess>()

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig
  }

  async run(args: readonly string[], { input, timeoutSeconds = 120, environment }: RunOptions = {}): Promise<Outcome> {
    const child = spawn('kubectl', ['--context', 'windlass', ...args], {
      env: { ...process.env, KUBECONFIG: this.#kubeconfig, ...environment },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    child.stdin?.end(input)
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000)
    let stdout = ''
    let stderr = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout += chunk
    })
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    const code = await new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
    clearTimeout(timer)
    return { code, stdout, stderr }
  }

  /** What the command printed. Throws with its words when it fails. */
  async ok(...args: string[]): Promise<string> {
    return output(args, await this.run(args))
  }

  /** The same with a manifest on standard input: `withInput(text, 'apply', '-f', '-')`. */
  async withInput(input: string, ...args: string[]): Promise<string> {
    return output(args, await this.run(args, { input }))
  }

  apply(...objects: object[]): Promise<string> {
    return this.withInput(objects.map((object) => JSON.stringify(object)).join('\n'), 'apply', '-f', '-')
  }

  /** What a command that must fail said. */
  async fails(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args)
    if (code === 0) throw new Error(`kubectl ${args.join(' ')} should have failed, and said: ${stdout}`)
    return stderr
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.ok(...args, '-o', 'json')) as T
  }

  /** One field of an object by kubectl's own JSONPath. */
  field(path: string, ...args: string[]): Promise<string> {
    return this.ok('get', ...args, '-o', `jsonpath={${path}}`)
  }

  /** A command that goes on, and what it has printed so far. */
  start(...args: string[]): { output(): string; stop(): Promise<void> } {
    const child = spawn('kubectl', ['--context', 'windlass', ...args], {
      env: { ...process.env, KUBECONFIG: this.#kubeconfig },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#background.add(child)
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    let printed = ''
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk
      })
    }
    return {
      output: () => printed,
      stop: () => {
        this.#background.delete(child)
        child.kill()
        return closed
      },
    }
  }

  close(): void {
    for (const child of this.#background) child.kill()
  }
}

const output = (args: readonly string[], { code, stdout, stderr }: Outcome): string => {
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return stdout
}

export interface Wait<T> {
  readonly ask: () => Promise<T> | T
  readonly wanted: (value: T) => boolean
  readonly seconds?: number
  readonly pauseMilliseconds?: number
}

/** Asks again until the answer is as wanted; a failing ask is an answer not wanted. Throws with the last answer. */
export async function eventually<T>(what: string, { ask, wanted, seconds = 60, pauseMilliseconds = 200 }: Wait<T>): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    let last: unknown
    try {
      const value = await ask()
      if (wanted(value)) return value
      last = value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${seconds} s; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`)
    }
    await delay(pauseMilliseconds)
  }
}
