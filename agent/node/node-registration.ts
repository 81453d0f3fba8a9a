import type { Client } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import { type Clock, timestamp } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { NodeStatus } from '../../shared/resources/generated/types.ts'
import { type Node, nodes } from '../../shared/resources/resource.ts'
import type { AgentEvents } from '../event-recorder.ts'
import type { UsageReporter } from '../usage/usage-reporter.ts'
import { type NodeHealth, nodeConditions, sameConditions } from './conditions.ts'
import { ensureNode, type NodeIdentity } from './ensure-node.ts'
import type { HeartbeatSink } from './heartbeat-sink.ts'

export interface NodeRegistrationOptions {
  readonly client: Client
  /** this node's own object */
  readonly node: Pick<Informer<Node>, 'onChange'>
  readonly identity: NodeIdentity
  readonly heartbeats: HeartbeatSink
  /** all but conditions; it is asked for whenever the status is looked at */
  readonly status: () => Promise<Omit<NodeStatus, 'conditions'>>
  readonly health: () => Promise<NodeHealth>
  /** what heartbeats bring along */
  readonly usage: Pick<UsageReporter, 'news' | 'told'>
  readonly events: AgentEvents
  readonly clock: Clock
  readonly log: Logger
  readonly heartbeatMs?: number | undefined
  /** how often a status is written that has not changed; default: every 5 minutes */
  readonly statusEveryMs?: number | undefined
}

const fullStatusMs = 5 * 60_000
const retryMs = 1000

/** Keeps the node's object: makes it, says every ten seconds that the node lives, and writes its status when that changes. */
export class NodeRegistration {
  readonly #options: NodeRegistrationOptions
  readonly #stopped = new AbortController()
  #current: Node | undefined
  #writtenAt = 0
  /** what was asked for last, and what the server made of it: it writes quantities its own way, and leaves out empty lists */
  #answered: { readonly asked: string; readonly status: NodeStatus } | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: NodeRegistrationOptions) {
    this.#options = options
  }

  /** Resolves when the node is registered and its first status is written; goes on until `stop`. */
  async start(): Promise<void> {
    const { node, clock, log, events, heartbeats, heartbeatMs = 10_000 } = this.#options
    const { name } = this.#options.identity
    this.#current = await this.#retrying(() => this.#register())
    events.node(this.#current, { type: 'Normal', reason: 'Starting', message: 'Starting kubelet.' })
    await this.#retrying(() => this.#beat())
    await this.#retrying(() => this.#writeStatus())
    const unfollow = node.onChange((object) => {
      if (object?.metadata.name !== name) return
      this.#current = object
      this.#queueStatus()
    })
    this.#stopped.signal.addEventListener('abort', unfollow)
    const beats = async () => {
      while (!this.#stopped.signal.aborted) {
        await clock.sleep(heartbeats.delayMs(clock.now(), heartbeatMs), this.#stopped.signal)
        if (this.#stopped.signal.aborted) return
        await this.#beat().catch((error: unknown) => log.warn('heartbeat can not be sent', { node: name, error: textOf(error) }))
        this.#queueStatus()
      }
    }
    void beats()
  }

  stop(): void {
    this.#stopped.abort()
  }

  async #retrying<T>(call: () => Promise<T>): Promise<T> {
    const { clock, log, identity } = this.#options
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (this.#stopped.signal.aborted) throw error
        log.warn('node can not be registered, trying again', { node: identity.name, error: textOf(error) })
        await clock.sleep(retryMs, this.#stopped.signal)
      }
    }
  }

  async #register(): Promise<Node> {
    const { client, identity, status } = this.#options
    return ensureNode({
      client,
      identity,
      status: async () => ({ ...(await status()), conditions: await this.#conditions([]) }),
    })
  }

  async #beat() {
    const { heartbeats, identity, usage, log } = this.#options
    // Whoever can't measure lives all the same.
    const news = await usage.news().catch((error: unknown) => log.warn('usage can not be measured', { error: textOf(error) }))
    await heartbeats.beat(identity.name, news ?? undefined)
    if (news) usage.told(news)
  }

  #queueStatus() {
    const { log, identity } = this.#options
    this.#writing = this.#writing
      .then(() => this.#writeStatus())
      .catch((error: unknown) => log.warn('node status can not be written', { node: identity.name, error: textOf(error) }))
  }

  async #conditions(previous: NonNullable<NodeStatus['conditions']>) {
    const { health, clock } = this.#options
    return nodeConditions(await health(), previous, timestamp(clock.now()))
  }

  async #writeStatus() {
    const { client, status, clock, events, statusEveryMs = fullStatusMs } = this.#options
    const { name } = this.#options.identity
    const before = this.#current?.status ?? {}
    const conditions = await this.#conditions(before.conditions ?? [])
    const wanted = await status()
    const own = new Set(conditions.map(({ type }) => type))
    const known = (before.conditions ?? []).filter(({ type }) => own.has(type))
    const asked = JSON.stringify(wanted)
    const expected: NodeStatus = this.#answered?.asked === asked ? this.#answered.status : wanted
    const fields = Object.keys(wanted) as (keyof typeof wanted)[]
    const changed = !sameConditions(known, conditions) || fields.some((key) => !covers(before[key], expected[key]))
    if (!changed && clock.now() - this.#writtenAt < statusEveryMs) return
    const body = { status: { ...wanted, conditions } }
    const updated = await client.patch(nodes, '', name, { type: 'strategic', body }, { subresource: 'status' })
    this.#current = updated
    this.#writtenAt = clock.now()
    this.#answered = { asked, status: updated.status ?? {} }
    const ready = (list: typeof conditions) => list.find(({ type }) => type === 'Ready')?.status
    if (ready(known) === ready(conditions)) return
    const reason = ready(conditions) === 'True' ? 'NodeReady' : 'NodeNotReady'
    events.node(updated, { type: 'Normal', reason, message: `Node ${name} status is now: ${reason}` })
  }
}

/** Whether all of `wanted` stands in `have`; a list has to be the same. */
const covers = (have: unknown, wanted: unknown): boolean => {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted))
    return JSON.stringify(have) === JSON.stringify(wanted)
  return Object.entries(wanted).every(([key, value]) => covers((have as Record<string, unknown> | undefined)?.[key], value))
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
