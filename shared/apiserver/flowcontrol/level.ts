import type { PriorityLevelConfiguration } from '../../resources/resource.ts'
import { FairQueues } from './fair-queues.ts'
import type { Limits } from './limits.ts'
import type { WaitingRequest } from './waiting-request.ts'

/** A priority level as far as this process serves it. */
export class Level {
  readonly name: string
  readonly uid: string
  readonly isExempt: boolean
  readonly handSize: number
  readonly queueCount: number
  /** undefined: who finds no seat is refused at once */
  readonly queues: FairQueues<WaitingRequest> | undefined
  readonly #queuing: string
  limits: Limits
  seatsInUse = 0

  constructor({ metadata, spec }: PriorityLevelConfiguration, limits: Limits) {
    this.name = metadata.name
    this.uid = metadata.uid ?? ''
    this.isExempt = spec.type === 'Exempt'
    this.limits = limits
    this.#queuing = queuingOf(spec)
    const { queues = 1, handSize = 1, queueLengthLimit = 1 } = spec.limited?.limitResponse?.queuing ?? {}
    this.handSize = handSize
    this.queueCount = queues
    this.queues = spec.limited?.limitResponse?.type === 'Queue' ? new FairQueues({ lengthLimit: queueLengthLimit }) : undefined
  }

  /** It may go on with other limits, and whoever waits goes on waiting. */
  isStill({ metadata, spec }: PriorityLevelConfiguration): boolean {
    return metadata.name === this.name && (metadata.uid ?? '') === this.uid && queuingOf(spec) === this.#queuing
  }
}

const queuingOf = ({ type, limited }: PriorityLevelConfiguration['spec']) =>
  JSON.stringify([type, limited?.limitResponse?.type, limited?.limitResponse?.queuing])
