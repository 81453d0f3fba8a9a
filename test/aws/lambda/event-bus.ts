import type { DeployedRule } from '../deploy/deployment.ts'
import { jsonCall } from '../emulator/call.ts'
import type { LambdaHost } from './host.ts'
import { fits } from './pattern.ts'
import { pause } from './queue-trigger.ts'

export interface BusEvent {
  readonly id: string
  readonly source: string
  readonly 'detail-type': string
  readonly detail: unknown
}

export interface EventBusOptions {
  readonly url: string
  readonly host: LambdaHost
  readonly rules: readonly DeployedRule[]
  /** how long what failed waits before it is tried again; @default 1 s, where Lambda waits for a minute and then two */
  readonly retryMs?: number
}

/** EventBridge: hands events to the functions whose rules they fit, and those that fail for good to the function's failure queue. */
export class EventBus {
  readonly #options: EventBusOptions
  readonly #ending = new AbortController()
  readonly #underway = new Set<Promise<void>>()

  constructor(options: EventBusOptions) {
    this.#options = options
  }

  put(event: BusEvent): void {
    const whole = {
      version: '0',
      account: '000000000000',
      region: 'us-east-1',
      resources: [],
      time: new Date().toISOString(),
      ...event,
    }
    for (const { pattern, targets } of this.#options.rules)
      if (pattern && fits(pattern, whole)) for (const { Arn } of targets) this.#begin(Arn, whole)
  }

  /** As schedules do, at this time. */
  async tick(timeMs: number): Promise<void> {
    const due = this.#options.rules.filter(({ schedule }) => schedule !== undefined)
    const time = new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z')
    const event = { id: crypto.randomUUID(), source: 'aws.events', 'detail-type': 'Scheduled Event', time, detail: {} }
    await Promise.all(due.flatMap(({ targets }) => targets.map(({ Arn }) => this.#begin(Arn, event))))
  }

  #begin(arn: string, event: unknown): Promise<void> {
    const work = this.#deliver(arn, event).finally(() => this.#underway.delete(work))
    this.#underway.add(work)
    return work
  }

  /** Lambda's own queue of asynchronous events: two more tries. */
  async #deliver(arn: string, event: unknown): Promise<void> {
    const { url, host, retryMs = 1000 } = this.#options
    const fn = host.functionOf(arn)
    for (let attempt = 0; attempt < 3; attempt++) {
      const failed = await host.invoke(fn, event).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failed === undefined) return
      await pause(retryMs * 2 ** attempt, this.#ending.signal)
      if (this.#ending.signal.aborted) return
    }
    const MessageBody = JSON.stringify({ requestContext: { condition: 'RetriesExhausted' }, requestPayload: event })
    if (fn.onFailure) await jsonCall(url, 'AmazonSQS.SendMessage', { QueueUrl: fn.onFailure, MessageBody })
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#underway)
  }
}
