import type { Client } from '../shared/client/client.ts'
import { isReason } from '../shared/meta/status.ts'
import type { Clock } from '../shared/platform/clock.ts'
import { timestamp } from '../shared/platform/clock.ts'
import type { Logger } from '../shared/platform/log.ts'
import { type Event, events, type Node, type PersistentVolume, type Pod } from '../shared/resources/resource.ts'

/** Tells of what happens on this node as Events. Never fails: what can't be written is logged. */
export interface AgentEvents {
  pod(pod: Pod, event: AgentEvent): void
  node(node: Node, event: AgentEvent): void
  volume(volume: PersistentVolume, event: AgentEvent): void
}

export interface AgentEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** `spec.containers{name}` */
  readonly fieldPath?: string | undefined
}

export interface EventRecorderOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly nodeName: string
}

const remembered = 2000
const mostAttempts = 5

/** Repeats of one event raise its count instead of making another. Events are written one after the other, in order. */
export class EventRecorder implements AgentEvents {
  readonly #options: EventRecorderOptions
  readonly #written = new Map<string, { name: string; namespace: string; count: number }>()
  #queue: Promise<void> = Promise.resolve()

  constructor(options: EventRecorderOptions) {
    this.#options = options
  }

  pod(pod: Pod, event: AgentEvent): void {
    const { name, namespace = '', uid, resourceVersion } = pod.metadata
    this.#enqueue({ kind: 'Pod', apiVersion: 'v1', name, namespace, uid, resourceVersion }, event)
  }

  node(node: Node, event: AgentEvent): void {
    this.#enqueue({ kind: 'Node', name: node.metadata.name, uid: node.metadata.name }, event)
  }

  volume({ metadata }: PersistentVolume, event: AgentEvent): void {
    const { name, uid } = metadata
    this.#enqueue({ kind: 'PersistentVolume', apiVersion: 'v1', name, uid }, event)
  }

  /** Resolves when all that was recorded has been written. */
  flush(): Promise<void> {
    return this.#queue
  }

  #enqueue(regarding: Event['involvedObject'], event: AgentEvent) {
    const now = this.#options.clock.now()
    this.#queue = this.#queue.then(() => this.#write(regarding, event, now))
  }

  async #write(regarding: Event['involvedObject'], event: AgentEvent, now: number) {
    const { log, clock } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#count(regarding, event, now)
        return
      } catch (error) {
        if (isReason(error, 'ServiceUnavailable') && attempt < mostAttempts) await clock.sleep(attempt * 500)
        else {
          const { reason, message } = event
          log.warn('event can not be written', { reason, message, error: error instanceof Error ? error.message : error })
          return
        }
      }
    }
  }

  async #count(regarding: Event['involvedObject'], event: AgentEvent, now: number) {
    const key = [regarding.kind, regarding.uid, event.fieldPath, event.type, event.reason, event.message].join('\0')
    const before = this.#written.get(key)
    if (!before) return this.#create(key, { regarding, event, now })
    const body = { count: before.count + 1, lastTimestamp: timestamp(now) }
    try {
      await this.#options.client.patch(events, before.namespace, before.name, { type: 'merge', body })
      before.count++
    } catch (error) {
      // Events expire.
      if (!isReason(error, 'NotFound')) throw error
      await this.#create(key, { regarding, event, now })
    }
  }

  async #create(key: string, told: { regarding: Event['involvedObject']; event: AgentEvent; now: number }) {
    const { client, nodeName } = this.#options
    const { regarding, now } = told
    const { type, reason, message, fieldPath } = told.event
    const namespace = regarding.namespace || 'default'
    const name = `${regarding.name}.${(BigInt(now) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16)}`
    await client.create(events, {
      metadata: { name, namespace },
      involvedObject: { ...regarding, ...(fieldPath ? { fieldPath } : {}) },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: timestamp(now),
      lastTimestamp: timestamp(now),
      source: { component: 'kubelet', host: nodeName },
      reportingComponent: 'kubelet',
      reportingInstance: nodeName,
    })
    this.#remember(key, { name, namespace, count: 1 })
  }

  #remember(key: string, value: { name: string; namespace: string; count: number }) {
    this.#written.delete(key)
    this.#written.set(key, value)
    if (this.#written.size > remembered) this.#written.delete(this.#written.keys().next().value!)
  }
}
