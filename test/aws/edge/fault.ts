import type { Random } from '../../contract/random.ts'
import type { AwsCall } from './request.ts'

/** What the network and AWS do to one call. */
export type Fault =
  | { readonly type: 'none' }
  /** answered late */
  | { readonly type: 'delay'; readonly ms: number }
  /** refused, and nothing happened */
  | { readonly type: 'refuse'; readonly status: number; readonly name: string; readonly more?: Readonly<Record<string, unknown>> }
  /** the connection breaks before anybody sees the call */
  | { readonly type: 'lose-call' }
  /** the connection breaks after it took effect */
  | { readonly type: 'lose-answer' }

const throttled: Readonly<Record<string, string>> = {
  dynamodb: 'ThrottlingException',
  sqs: 'RequestThrottled',
  ecs: 'ThrottlingException',
  secretsmanager: 'ThrottlingException',
}

export interface FaultOptions {
  readonly random: Random
  /** about one call in so many meets a fault */
  readonly every: number
}

/** Pure but for the source of chance: the same seed and calls meet the same faults. */
export const randomFaults =
  ({ random, every }: FaultOptions) =>
  ({ service, action }: AwsCall): Fault => {
    if (random.next() * every >= 1) return { type: 'none' }
    const faults: Fault[] = [
      { type: 'delay', ms: 50 + Math.floor(random.next() * 150) },
      { type: 'lose-call' },
      { type: 'lose-answer' },
      { type: 'refuse', status: 500, name: service === 'ecs' ? 'ServerException' : 'InternalServerError' },
      { type: 'refuse', status: 400, name: throttled[service] ?? 'ThrottlingException' },
    ]
    if (action === 'TransactWriteItems') {
      const CancellationReasons = [
        { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
        { Code: 'None' },
      ]
      faults.push({ type: 'refuse', status: 400, name: 'TransactionCanceledException', more: { CancellationReasons } })
    }
    return random.pick(faults)
  }
