import type { FlowSchema } from '../../resources/resource.ts'
import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import { compileSchema, type SchemaMatcher } from './classification.ts'
import { dealHand } from './hand.ts'
import type { Level } from './level.ts'
import type { FlowMeter } from './metrics.ts'

/** of distinguishers whose queues are remembered */
const mostHands = 10_000

/** The requests of one FlowSchema. */
export class Flow {
  readonly matches: SchemaMatcher
  readonly level: Level
  readonly meter: FlowMeter
  /** of each answer */
  readonly headers: Readonly<Record<string, string>>
  readonly #name: string
  readonly #by: string | undefined
  readonly #hands = new Map<string, readonly number[]>()

  constructor(schema: FlowSchema, level: Level, meter: FlowMeter) {
    this.matches = compileSchema(schema)
    this.level = level
    this.meter = meter
    this.#name = schema.metadata.name
    this.#by = schema.spec.distinguisherMethod?.type
    this.headers = {
      'x-kubernetes-pf-flowschema-uid': schema.metadata.uid ?? '',
      'x-kubernetes-pf-prioritylevel-uid': level.uid,
    }
  }

  /** Whom the request must share its queues with. */
  distinguisher(user: User, info: RequestInfo): string {
    if (this.#by === 'ByUser') return user.name
    return this.#by === 'ByNamespace' && info.isResource ? info.namespace : ''
  }

  hand(distinguisher: string): readonly number[] {
    const known = this.#hands.get(distinguisher)
    if (known) return known
    if (this.#hands.size >= mostHands) this.#hands.clear()
    const { queueCount: queues, handSize } = this.level
    const hand = dealHand(`${this.#name}\0${distinguisher}`, { queues, handSize })
    this.#hands.set(distinguisher, hand)
    return hand
  }
}
