import type { DeployedFunction } from '../deploy/deployment.ts'
import { type Answer, FunctionError, FunctionProcess } from './process.ts'

export interface HostOptions {
  readonly functions: readonly DeployedFunction[]
  /** what a function is told beside its own environment: credentials, endpoints */
  readonly environmentOf: (fn: DeployedFunction) => Readonly<Record<string, string>>
  readonly onUse?: (use: FunctionUse) => void
  readonly onLog?: (fn: DeployedFunction, line: string) => void
}

/** What one call of a function took. */
export interface FunctionUse {
  readonly fn: DeployedFunction
  /** from its event to its answer */
  readonly wallMs: number
  /** of that, how long a processor worked */
  readonly cpuMs: number
  /** processor time before the first event; 0: a warm process answered */
  readonly initCpuMs: number
}

export interface Invoked extends Answer {
  /** resolves when the function has done its work; rejects when it failed */
  readonly done: Promise<void>
}

/** Lambda has a processor for each start; this machine has few for all of them. */
const startedTogether = 2

/** Runs functions as Lambda does: one event at a time in a process, as many processes as it takes. */
export class LambdaHost {
  readonly #options: HostOptions
  readonly #idle = new Map<string, FunctionProcess[]>()
  readonly #all = new Set<FunctionProcess>()
  /** arn → function */
  readonly #functions: ReadonlyMap<string, DeployedFunction>
  #closed = false
  #starting = 0
  /** for a process that becomes free, or its turn to start one */
  readonly #waiting = new Set<() => void>()

  constructor(options: HostOptions) {
    this.#options = options
    this.#functions = new Map(options.functions.map((fn) => [fn.arn, fn]))
    process.once('exit', this.#killAll)
  }

  functionOf(arn: string): DeployedFunction {
    const fn = this.#functions.get(arn)
    if (!fn) throw new FunctionError(`there is no function ${arn}`)
    return fn
  }

  /** Answers whole. Rejects with FunctionError when the function throws, ends or takes too long. */
  async invoke(fn: DeployedFunction, event: unknown): Promise<unknown> {
    const { body, done } = await this.begin(fn, event)
    const parts: Buffer[] = []
    for await (const part of body) parts.push(part as Buffer)
    await done
    return JSON.parse(Buffer.concat(parts).toString() || 'null') as unknown
  }

  /** Answers as soon as the answer begins. */
  async begin(fn: DeployedFunction, event: unknown): Promise<Invoked> {
    const { process, fresh } = await this.#take(fn)
    const initCpuMs = process.cpuMs()
    const began = performance.now()
    const deadlineMs = Date.now() + fn.timeoutSeconds * 1000
    const timer = setTimeout(() => process.kill(), fn.timeoutSeconds * 1000)
    const used = () => {
      clearTimeout(timer)
      const cpuMs = Math.max(0, process.cpuMs() - initCpuMs)
      this.#options.onUse?.({ fn, wallMs: performance.now() - began, cpuMs, initCpuMs: fresh ? initCpuMs : 0 })
    }
    const free = () => {
      if (process.ended) this.#all.delete(process)
      else this.#idle.get(fn.name)?.push(process)
      this.#wake()
    }
    try {
      const answer = await process.invoke(event, deadlineMs)
      const done = process.idle().finally(used).then(free)
      done.catch(() => undefined)
      return { ...answer, done }
    } catch (error) {
      // A function that throws lives on.
      void process.idle().then(free, free)
      used()
      throw error
    }
  }

  /** A process that waits for an event; else a new one, unless one becomes free before its turn to start comes. */
  async #take(fn: DeployedFunction): Promise<{ process: FunctionProcess; fresh: boolean }> {
    for (;;) {
      if (this.#closed) throw new FunctionError('the host is closed')
      const free = this.#popIdle(fn)
      if (free) return { process: free, fresh: false }
      if (this.#starting < startedTogether) return { process: await this.#start(fn), fresh: true }
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** The one that was used last: the others grow old. */
  #popIdle({ name }: DeployedFunction): FunctionProcess | undefined {
    const idle = this.#idle.get(name) ?? []
    this.#idle.set(name, idle)
    for (let process = idle.pop(); process; process = idle.pop()) {
      if (!process.ended) return process
      this.#all.delete(process)
    }
    return undefined
  }

  async #start(fn: DeployedFunction): Promise<FunctionProcess> {
    const process = new FunctionProcess((line) => this.#options.onLog?.(fn, line))
    this.#all.add(process)
    this.#starting++
    try {
      await process.start({ ...fn, environment: { ...fn.environment, ...this.#options.environmentOf(fn) } })
      return process
    } catch (error) {
      this.#end(process)
      throw error
    } finally {
      this.#starting--
      this.#wake()
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  /** Ends processes that wait for events, as Lambda does after a while. */
  freeIdle(): void {
    for (const idle of this.#idle.values()) for (const process of idle.splice(0)) this.#end(process)
  }

  /** Kills one process in the midst of its work; false: none works. */
  killOne(pick: (count: number) => number): boolean {
    const idle = new Set([...this.#idle.values()].flat())
    const working = [...this.#all].filter((process) => !idle.has(process) && !process.ended)
    const process = working[pick(working.length)]
    process?.kill()
    return process !== undefined
  }

  close(): void {
    this.#closed = true
    this.#wake()
    process.off('exit', this.#killAll)
    this.#killAll()
  }

  readonly #killAll = () => {
    for (const each of this.#all) this.#end(each)
  }

  #end(process: FunctionProcess): void {
    this.#all.delete(process)
    process.kill()
  }
}
