import type { AnswerPart, AnswerSink } from '../../shared/answers/answers.ts'
import { ApiError, internalError } from '../../shared/meta/status.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { PodCall, Question } from '../../shared/queue/mailboxes.ts'
import type { TargetSource } from '../server/container-target.ts'
import { locationOf } from '../server/location.ts'
import { limitBytes, openLogs } from '../server/log-question.ts'
import { type Batch, inBatches } from './batches.ts'
import { callPod, type PodCallerOptions } from './call-pod.ts'

export interface AnswererOptions {
  readonly source: TargetSource
  readonly sink: AnswerSink
  /** how pods of this node are called; their list is the source's */
  readonly caller: Omit<PodCallerOptions, 'pods'>
  readonly clock: Clock
  readonly log: Logger
}

interface Running {
  untilMs: number
  readonly abort: AbortController
  /** Looks at `untilMs` anew. */
  wake(): void
}

const mostRemembered = 1000
/** A timer that is told a longer time than it can count fires at once. */
const longestWaitMs = 3_600_000

interface Opened {
  readonly status: number
  readonly headers?: AnswerPart['headers']
  readonly cookies?: AnswerPart['cookies']
  readonly batches: AsyncIterable<Batch>
}

/** Answers what the API server asks by letter: logs, and what pods say to its calls. Letters come more than once; a question is answered once. */
export class Answerer {
  readonly #options: AnswererOptions
  readonly #running = new Map<string, Running>()
  readonly #answered = new Set<string>()
  #stopped = false

  constructor(options: AnswererOptions) {
    this.#options = options
  }

  take(question: Question): void {
    const { clock, log } = this.#options
    if (!isQuestion(question)) return void log.warn('a question is none', { fields: Object.keys(question) })
    const known = this.#running.get(question.id)
    if (known) {
      // Letters overtake one another: one that ends it counts, else the latest time.
      known.untilMs = question.untilMs === 0 ? 0 : known.untilMs && Math.max(known.untilMs, question.untilMs)
      known.wake()
      return
    }
    if (this.#stopped || this.#answered.has(question.id) || question.untilMs <= clock.now()) return
    this.#remember(question.id)
    const running = this.#begin(question)
    this.#answer(question, running.abort.signal)
      .catch((error: unknown) => {
        if (!running.abort.signal.aborted) log.warn('a question can not be answered', { path: question.path, error })
      })
      .finally(() => {
        running.abort.abort()
        this.#running.delete(question.id)
      })
  }

  stop(): void {
    this.#stopped = true
    for (const { abort } of this.#running.values()) abort.abort()
  }

  #begin({ id, untilMs }: Question): Running {
    const { clock } = this.#options
    const abort = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const wake = () => {
      clearTimeout(timer)
      const leftMs = running.untilMs - clock.now()
      if (leftMs <= 0) abort.abort()
      else timer = setTimeout(wake, Math.min(leftMs, longestWaitMs))
    }
    const running: Running = { untilMs, abort, wake }
    abort.signal.addEventListener('abort', () => clearTimeout(timer))
    this.#running.set(id, running)
    wake()
    return running
  }

  async #answer(question: Question, signal: AbortSignal) {
    const { sink } = this.#options
    let number = 0
    const put = async (part: AnswerPart) => {
      signal.throwIfAborted()
      await sink.put(question, number++, part)
    }
    let opened: Opened
    try {
      opened = question.call
        ? await this.#call({ ...question, call: question.call }, signal)
        : await this.#log(question.path, signal)
    } catch (error) {
      if (question.call) return this.#sayFailed(question, [0, 0], error)
      const status = error instanceof ApiError ? error : internalError(error)
      return put({ status: status.code, data: Buffer.from(JSON.stringify(status.toStatus())), last: true })
    }
    const { batches, ...first } = opened
    let sure = 0
    try {
      for await (const { data, last } of batches) {
        await put({ ...(sure === 0 && first), data, last })
        sure = number
      }
    } catch (error) {
      if (!signal.aborted) await this.#sayFailed(question, [sure, number], error)
      throw error
    }
  }

  /** The part that may or may not be there is one to be read, and so is the one behind it. */
  async #sayFailed(question: Question, [sure, next]: readonly [number, number], error: unknown) {
    const data = Buffer.from(error instanceof Error ? error.message : String(error))
    for (let number = sure; number <= next; number++)
      await this.#options.sink.put(question, number, { ...(number === 0 && { status: 200 }), data, last: true, failed: true })
  }

  async #call(question: Question & { readonly call: PodCall }, signal: AbortSignal): Promise<Opened> {
    const { source, caller } = this.#options
    const { status, headers, cookies, body } = await callPod({ ...caller, pods: source.pods }, question, signal)
    signal.addEventListener('abort', () => body.destroy())
    return { status, headers, cookies, batches: inBatches(body) }
  }

  async #log(path: string, signal: AbortSignal): Promise<Opened> {
    const { source } = this.#options
    const { location, segments } = locationOf(path)
    const { pathname, searchParams: query } = location
    const [kind, namespace = '', pod = '', container = ''] = segments
    if (kind !== 'containerLogs') throw new ApiError('NotFound', `the kubelet does not serve "${pathname}"`)
    const { logs, limit } = await openLogs({ source, namespace, pod, container, query })
    signal.addEventListener('abort', () => logs.destroy())
    return { status: 200, batches: inBatches(limitBytes(limit)(logs)) }
  }

  #remember(id: string) {
    this.#answered.add(id)
    if (this.#answered.size > mostRemembered) this.#answered.delete(this.#answered.values().next().value!)
  }
}

/** Letters come from outside. */
const isQuestion = ({ id, key, path, untilMs, call }: Question): boolean =>
  [id, key, path].every((text) => typeof text === 'string') && Number.isFinite(untilMs) && (call === undefined || isCall(call))

const isCall = (call: PodCall): boolean => {
  const { address, method, tls, headers, body = '', bodyParts = 1 } = call ?? {}
  const texts = [address?.host, method, tls?.serverName, body]
  return (
    texts.every((text) => typeof text === 'string') && typeof headers === 'object' && isSmall(address?.port) && isSmall(bodyParts)
  )
}

const isSmall = (number: number | undefined): boolean => Number.isInteger(number) && number! > 0 && number! < 65_536
