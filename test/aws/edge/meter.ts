import { listPrices } from '../../../infra/cost.ts'
import type { AwsCall } from './request.ts'
import { unitsOf } from './units.ts'

/** One thing that was used: how much, and what it costs by the list. */
export interface Use {
  /** `DynamoDB`, `SQS`, `Lambda`, `API Gateway`, `Secrets Manager` */
  readonly service: string
  /** `Query`, `SendMessage`, a function's name */
  readonly what: string
  /** who used it */
  readonly by: string
  readonly count: number
  readonly dollars: number
  readonly readUnits?: number
  readonly writeUnits?: number
  readonly milliseconds?: number
}

const free = new Set(['DescribeTable'])

/** https://aws.amazon.com/secrets-manager/pricing/ */
const secretCall = 0.05 / 10_000

/** What a call costs, of which the answer is known. undefined: nothing. */
export const priceOf = (call: AwsCall, answer: Readonly<Record<string, unknown>>, by: string): Use | undefined => {
  const { service, action, input } = call
  if (service === 'dynamodb') {
    if (free.has(action)) return undefined
    const { readUnits, writeUnits } = unitsOf(call, answer)
    if (readUnits === undefined && writeUnits === undefined) return undefined
    const dollars = (readUnits ?? 0) * listPrices.readUnit + (writeUnits ?? 0) * listPrices.writeUnit
    const units = { ...(readUnits !== undefined && { readUnits }), ...(writeUnits !== undefined && { writeUnits }) }
    return { service: 'DynamoDB', what: action, by, count: 1, dollars, ...units }
  }
  if (service === 'sqs') {
    const queue = String(input.QueueUrl ?? input.QueueName ?? '')
    // Each 64 KB are one request: https://aws.amazon.com/sqs/pricing/
    const count = Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(input)) / 65_536))
    const price = queue.endsWith('.fifo') ? listPrices.fifoQueueRequest : listPrices.standardQueueRequest
    return { service: 'SQS', what: action, by, count, dollars: count * price }
  }
  if (service === 'secretsmanager') return { service: 'Secrets Manager', what: action, by, count: 1, dollars: secretCall }
  return undefined
}

/** Sums of what was used. */
export class Meter {
  #uses: Use[] = []

  add(use: Use | undefined): void {
    if (use) this.#uses.push(use)
  }

  /** One line a service and thing, the dearest first; forgets them. */
  take(): Use[] {
    const sums = new Map<string, Use>()
    for (const use of this.#uses) {
      const key = `${use.service} ${use.what} ${use.by}`
      const { count = 0, dollars = 0, readUnits = 0, writeUnits = 0, milliseconds = 0 } = sums.get(key) ?? {}
      sums.set(key, {
        ...use,
        count: count + use.count,
        dollars: dollars + use.dollars,
        readUnits: readUnits + (use.readUnits ?? 0),
        writeUnits: writeUnits + (use.writeUnits ?? 0),
        milliseconds: milliseconds + (use.milliseconds ?? 0),
      })
    }
    this.#uses = []
    return [...sums.values()].sort((a, b) => b.dollars - a.dollars)
  }
}

export const dollarsOf = (uses: readonly Use[]): number => uses.reduce((sum, { dollars }) => sum + dollars, 0)
