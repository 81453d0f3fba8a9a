import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What went otherwise than a reader of the chapter would expect. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected'
}

export interface Step {
  readonly title: string
  run(terminal: Terminal): Promise<void>
}

export interface TerminalOptions {
  readonly context: string
  /** @default kubectl's own */
  readonly kubeconfig?: string
  /** of the requests that a client makes during a rollout; @default none may fail */
  readonly failingShare?: number
  write(text: string): void
}

/** Types kubectl commands as a user would, shows each with its answer, and says when something is not as expected. */
export class Terminal {
  readonly #options: TerminalOptions
  readonly #running = new Set<ChildProcess>()

  constructor(options: TerminalOptions) {
    this.#options = options
  }

  get failingShare(): number {
    return this.#options.failingShare ?? 0
  }

  title(text: string): void {
    this.#options.write(`\n── ${text} ${'─'.repeat(Math.max(2, 100 - text.length))}\n\n`)
  }

  note(text: string): void {
    this.#options.write(`# ${text}\n`)
  }

  /** Shows the command and its answer, and gives what it printed. Throws Unexpected when it fails. */
  async kubectl(...args: string[]): Promise<string> {
    this.#options.write(`$ kubectl ${args.map(quoted).join(' ')}\n`)
    const { code, output } = await this.#run(args, (text) => this.#options.write(text))
    this.#options.write('\n')
    if (code !== 0) throw new Unexpected(`kubectl ${args.join(' ')} ended with ${code}`)
    return output
  }

  /** Asks without showing: for what a reader would see by eye. */
  async ask(...args: string[]): Promise<string> {
    const { code, output, answer } = await this.#run(args, () => undefined)
    if (code !== 0) throw new Unexpected(`kubectl ${args.join(' ')} ended with ${code}: ${output.trim()}`)
    return answer.trim()
  }

  /** A command that stays until the terminal is closed. Resolves with the first match in what it prints. */
  background(pattern: RegExp, ...args: string[]): Promise<{ match: RegExpExecArray; stop(): void }> {
    this.#options.write(`$ kubectl ${args.map(quoted).join(' ')} &\n`)
    const child = this.#spawn(args)
    return new Promise((resolve, reject) => {
      let output = ''
      const read = (chunk: Buffer) => {
        output += chunk
        const match = pattern.exec(output)
        if (match === null) return
        this.#options.write(`${match[0]}\n\n`)
        resolve({ match, stop: () => void child.kill() })
      }
      child.stdout!.on('data', read)
      child.stderr!.on('data', read)
      child.once('exit', (code) => reject(new Unexpected(`kubectl ${args.join(' ')} ended with ${code}: ${output}`)))
    })
  }

  expect(holds: boolean, what: string): void {
    if (!holds) throw new Unexpected(`expected ${what}`)
  }

  /** Asks again until the answer is as wanted, for at most a minute or so many seconds. */
  async until<T>(what: string, ask: () => Promise<T>, wanted: (value: T) => boolean, seconds = 60): Promise<T> {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      const value = await ask()
      if (wanted(value)) return value
      if (Date.now() > deadline) throw new Unexpected(`expected ${what}, got ${JSON.stringify(value)}`)
      await delay(300)
    }
  }

  close(): void {
    for (const child of this.#running) child.kill()
  }

  #spawn(args: readonly string[]): ChildProcess {
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    const { context, kubeconfig } = this.#options
    const access = ['--context', context, ...(kubeconfig ? ['--kubeconfig', kubeconfig] : [])]
    const child = spawn('kubectl', [...access, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    return child
  }

  #run(args: readonly string[], show: (text: string) => void): Promise<{ code: number | null; output: string; answer: string }> {
    return new Promise((resolve, reject) => {
      const child = this.#spawn(args)
      let output = ''
      let answer = ''
      const read = (chunk: Buffer) => {
        output += chunk
        show(String(chunk))
      }
      child.stdout!.on('data', (chunk: Buffer) => {
        answer += chunk
        read(chunk)
      })
      child.stderr!.on('data', read)
      child.once('error', (cause) => reject(new Unexpected(`kubectl can't be started: ${cause.message}`, { cause })))
      child.once('close', (code) => resolve({ code, output, answer }))
    })
  }
}

const quoted = (arg: string) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)
