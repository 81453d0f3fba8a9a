import type { DeployedMapping } from '../deploy/deployment.ts'
import type { MappingsOptions } from './mapping.ts'
import { pollQueue } from './queue-trigger.ts'
import { pollStream } from './stream-trigger.ts'

/** Lambda's event source mappings: they poll queues and the stream for as long as they are enabled. */
export class EventSourceMappings {
  readonly #states = new Map<string, boolean>()
  readonly #mappings: ReadonlyMap<string, DeployedMapping>
  readonly #ending = new AbortController()
  readonly #loops: Promise<unknown>[]

  constructor(options: MappingsOptions) {
    this.#mappings = new Map(options.mappings.map((mapping) => [mapping.UUID, mapping]))
    this.#loops = options.mappings.map((mapping) => {
      this.#states.set(mapping.UUID, true)
      const isOn = () => this.#states.get(mapping.UUID) === true
      const poll = mapping.EventSourceArn.includes(':sqs:') ? pollQueue : pollStream
      return poll({ ...options, mapping: { ...mapping, isOn }, signal: this.#ending.signal })
    })
  }

  /** GET and PUT of `/2015-03-31/event-source-mappings/UUID`. */
  answer(method: string, id: string, body: string): { status: number; body: unknown } {
    const mapping = this.#mappings.get(id)
    if (!mapping) return { status: 404, body: { Type: 'User', Message: `The resource you requested does not exist: ${id}` } }
    if (method === 'PUT') {
      const { Enabled } = JSON.parse(body) as { Enabled?: boolean }
      if (Enabled !== undefined) this.#states.set(id, Enabled)
    }
    return { status: method === 'PUT' ? 202 : 200, body: { ...mapping, State: this.#states.get(id) ? 'Enabled' : 'Disabled' } }
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#loops)
  }
}
