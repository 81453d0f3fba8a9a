import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface FunctionCode {
  readonly name: string
  /** unpacked */
  readonly directory: string
  readonly handler: string
  readonly memoryMiB: number
  readonly environment: Readonly<Record<string, string>>
}

export class FunctionError extends Error {
  override readonly name = 'FunctionError'
}

/** What a function answers, piece by piece; what it answers whole is one piece. */
export interface Answer {
  readonly contentType: string
  readonly body: IncomingMessage
}

interface Invocation {
  readonly id: string
  readonly event: unknown
  readonly deadlineMs: number
  readonly answered: (answer: Answer) => void
  readonly failed: (error: Error) => void
}

const runtime = process.env.WINDLASS_RIC ?? fileURLToPath(new URL('runtime.ts', import.meta.url))

/** One execution environment: a process that works on one event at a time, and does not run at all between events. */
export class FunctionProcess {
  readonly #server = createServer((request, response) => this.#serve(request, response))
  readonly #onLog: (line: string) => void
  #child: ChildProcess | undefined
  #current: Invocation | undefined
  #waiting: ServerResponse | undefined
  #ready = Promise.withResolvers<void>()
  #ended = false
  #name = ''

  constructor(onLog: (line: string) => void) {
    this.#onLog = onLog
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }
  get ended(): boolean {
    return this.#ended
  }

  async start({ name, directory, handler, memoryMiB, environment }: FunctionCode): Promise<void> {
    this.#name = name
    // A process that stands still keeps its connections, and an answer takes as long as it takes.
    Object.assign(this.#server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 })
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const child = spawn(process.execPath, [`--max-old-space-size=${Math.floor(memoryMiB * 0.9)}`, runtime, handler], {
      cwd: directory,
      env: {
        ...environment,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: '1',
        PATH: '/usr/bin:/bin',
        TZ: ':UTC',
        LAMBDA_TASK_ROOT: directory,
        _HANDLER: handler,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line) this.#onLog(line)
      })
    }
    child.once('exit', (code, signal) => {
      this.#ended = true
      const error = new FunctionError(`the process ended with ${signal ?? code}`)
      this.#onLog(error.message)
      this.#ready.reject(error)
      this.#current?.failed(error)
      this.#current = undefined
      this.#server.closeAllConnections()
      this.#server.close()
    })
    await this.#ready.promise
  }

  /** Answers as soon as the answer begins. */
  invoke(event: unknown, deadlineMs: number): Promise<Answer> {
    if (this.#ended) return Promise.reject(new FunctionError('the process has ended'))
    return new Promise((answered, failed) => {
      this.#current = { id: crypto.randomUUID(), event, deadlineMs, answered, failed }
      this.#hand()
    })
  }

  /** How long processors have worked for it. */
  cpuMs(): number {
    return this.#child?.pid === undefined || this.#ended ? 0 : cpuMsOf(this.#child.pid)
  }

  /** Resolves when the next event could be handed over. */
  async idle(): Promise<void> {
    await this.#ready.promise
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  #hand(): void {
    const response = this.#waiting
    const invocation = this.#current
    if (!response || !invocation) return
    this.#waiting = undefined
    this.#ready = Promise.withResolvers()
    this.#ready.promise.catch(() => undefined)
    this.#child?.kill('SIGCONT')
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:us-east-1:000000000000:function:${this.#name}`,
    })
    response.end(JSON.stringify(invocation.event))
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const [, , action = '', , result = ''] = (request.url ?? '').split('/').slice(1)
    if (action === 'invocation' && request.method === 'GET') {
      this.#waiting = response
      // Nothing runs in a process that waits.
      this.#child?.kill('SIGSTOP')
      this.#ready.resolve()
      return
    }
    const invocation = this.#current
    this.#current = undefined
    request.once('end', () => response.writeHead(202).end())
    if (result === 'response' && invocation) {
      invocation.answered({ contentType: request.headers['content-type'] ?? '', body: request })
      return
    }
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.once('end', () => {
      const error = new FunctionError(Buffer.concat(parts).toString())
      if (action === 'init') this.#ready.reject(error)
      invocation?.failed(error)
    })
  }
}

/** of all threads; 0 when there is no such process any more */
const cpuMsOf = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
      0,
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH') return 0
    throw error
  }
}
