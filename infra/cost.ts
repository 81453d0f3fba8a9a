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
} as const

const secondsPerMonth = 730 * 3600

export interface IdleOptions {
  /** @default 0 */
  readonly nodes?: number
  /** how many queues call a function */
  readonly triggers: { readonly fifo: number; readonly standard: number }
  readonly alarms: number
  /** @default 0.1 */
  readonly tableGb?: number
}

export interface CostLine {
  readonly what: string
  readonly dollarsPerMonth: number
}

/** a month, of each trigger: 0.26 to 0.65 million were reported */
const triggerPolls = 0.45e6
const freeQueueRequests = 1e6
const clock = { runs: secondsPerMonth / 60, seconds: 0.3, gib: 0.5, readUnits: 20 }
/** of a node; Lambda gathers them for ten seconds, and takes and deletes up to ten at once */
const heartbeat = { perMonth: secondsPerMonth / 10, requests: 1.2, seconds: 0.05, gib: 0.25 }
const mailboxPollsPerMonth = secondsPerMonth / 20

/** What a cluster costs a month that does nothing, without its instances, if the account's free SQS requests are not used elsewhere. */
export const idleCost = ({ nodes = 0, triggers, alarms, tableGb = 0.1 }: IdleOptions): CostLine[] => {
  const p = listPrices
  const run = (runs: number, seconds: number, gib: number) => runs * (p.functionRequest + seconds * gib * p.functionGbSecond)
  const heartbeats = nodes * heartbeat.perMonth
  const standardRequests = triggers.standard * triggerPolls + heartbeats * heartbeat.requests + nodes * mailboxPollsPerMonth
  const paidRequests = Math.max(0, standardRequests - freeQueueRequests)
  return [
    { what: 'Secrets Manager, the data key', dollarsPerMonth: p.secretMonth },
    { what: 'SQS, polls of FIFO queues', dollarsPerMonth: triggers.fifo * triggerPolls * p.fifoQueueRequest },
    { what: 'SQS, other polls, heartbeats, mailboxes', dollarsPerMonth: paidRequests * p.standardQueueRequest },
    { what: 'Lambda, the clock', dollarsPerMonth: run(clock.runs, clock.seconds, clock.gib) },
    { what: 'DynamoDB, the clock', dollarsPerMonth: clock.runs * clock.readUnits * p.readUnit },
    {
      what: 'Lambda, heartbeats',
      dollarsPerMonth: nodes ? run(heartbeat.perMonth, heartbeat.seconds, heartbeat.gib) : 0,
    },
    { what: 'DynamoDB, heartbeats', dollarsPerMonth: heartbeats * p.writeUnit },
    { what: 'DynamoDB, storage and recovery', dollarsPerMonth: tableGb * (p.storedGbMonth + p.recoverableGbMonth) },
    { what: 'CloudWatch, alarms beyond ten', dollarsPerMonth: Math.max(0, alarms - 10) * p.alarmMonth },
  ]
}

export const total = (lines: readonly CostLine[]): number => lines.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0)
