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

/** Runs functions as Lambda does: one event at a time in a process, as many processes as it takes. */
export class LambdaHost {
  readonly #options: HostOptions
  readonly #idle = new Map<string, FunctionProcess[]>()
  readonly #all = new Set<FunctionProcess>()
  /** arn → function */
  readonly #functions: ReadonlyMap<string, DeployedFunction>
  #closed = false

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

  async #take(fn: DeployedFunction): Promise<{ process: FunctionProcess; fresh: boolean }> {
    if (this.#closed) throw new FunctionError('the host is closed')
    const idle = this.#idle.get(fn.name) ?? []
    this.#idle.set(fn.name, idle)
    // The one that was used last: the others grow old.
    for (let process = idle.pop(); process; process = idle.pop()) {
      if (!process.ended) return { process, fresh: false }
      this.#all.delete(process)
    }
    const process = new FunctionProcess((line) => this.#options.onLog?.(fn, line))
    this.#all.add(process)
    try {
      await process.start({ ...fn, environment: { ...fn.environment, ...this.#options.environmentOf(fn) } })
    } catch (error) {
      this.#all.delete(process)
      process.kill()
      throw error
    }
    return { process, fresh: true }
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
