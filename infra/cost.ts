/** List prices in dollars, us-east-1, arm64, 2026-11, without free tiers but where said. https://aws.amazon.com/pricing/ */
export const listPrices = {
  /** REST API; of a stream, each 10 MB is one */
  apiRequest: 3.5e-6,
  functionRequest: 0.2e-6,
  functionGbSecond: 13.3334e-6,
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  standardQueueRequest: 0.4e-6,
  fifoQueueRequest: 0.5e-6,
  secretMonth: 0.4,
  /** of each one beyond the first ten */
  alarmMonth: 0.1,
  storedGbMonth: 0.25,
  recoverableGbMonth: 0.2,
  publicAddressHour: 0.005,
} as const

const secondsPerMonth = 730 * 3600

export interface IdleOptions {
  /** @default 0 */
  readonly nodes?: number
  /** of queues that call a function */
  readonly triggers: number
  readonly alarms: number
  /** @default 0.1 */
  readonly tableGb?: number
}

export interface CostLine {
  readonly what: string
  readonly dollarsPerMonth: number
}

/**
 * What a cluster costs that does nothing, without its instances. Assumes: each trigger polls 0.45 million times a month (0.26 to 0.65
 * were reported), the account's free million of SQS requests is not used elsewhere; the clock runs each minute for 0.3 s in 512 MiB and reads
 * 20 units; a node's heartbeat each 10 s costs a send, a fifth of the receives and runs of 50 ms in 256 MiB, and a write unit.
 */
export const idleCost = ({ nodes = 0, triggers, alarms, tableGb = 0.1 }: IdleOptions): CostLine[] => {
  const p = listPrices
  const minutes = secondsPerMonth / 60
  const heartbeats = (nodes * secondsPerMonth) / 10
  const queueRequests = triggers * 0.45e6 + heartbeats * 1.4
  const mailboxPolls = (nodes * secondsPerMonth) / 20
  const ran = (runs: number, seconds: number, gib: number) => runs * (p.functionRequest + seconds * gib * p.functionGbSecond)
  return [
    { what: 'Secrets Manager, the data key', dollarsPerMonth: p.secretMonth },
    { what: 'SQS, polls of triggers and heartbeats', dollarsPerMonth: Math.max(0, queueRequests - 1e6) * p.fifoQueueRequest },
    { what: 'SQS, polls of mailboxes', dollarsPerMonth: mailboxPolls * p.standardQueueRequest },
    { what: 'Lambda, the clock', dollarsPerMonth: ran(minutes, 0.3, 0.5) },
    { what: 'DynamoDB, the clock', dollarsPerMonth: minutes * 20 * p.readUnit },
    { what: 'Lambda, heartbeats', dollarsPerMonth: ran(heartbeats / 5, 0.05, 0.25) },
    { what: 'DynamoDB, heartbeats', dollarsPerMonth: heartbeats * p.writeUnit },
    { what: 'DynamoDB, storage and recovery', dollarsPerMonth: tableGb * (p.storedGbMonth + p.recoverableGbMonth) },
    { what: 'CloudWatch, alarms beyond ten', dollarsPerMonth: Math.max(0, alarms - 10) * p.alarmMonth },
  ]
}

export const total = (lines: readonly CostLine[]): number => lines.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0)
