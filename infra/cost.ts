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
  /** of each one beyond the first ten */
  metricMonth: 0.3,
  logGb: 0.5,
  storedGbMonth: 0.25,
  recoverableGbMonth: 0.2,
} as const

const secondsPerMonth = 730 * 3600

interface QueueCounts {
  readonly fifo: number
  readonly standard: number
}

export interface IdleOptions {
  /** @default 0 */
  readonly nodes?: number
  /** how many queues call a function: always, and only while there are nodes */
  readonly triggers: { readonly always: QueueCounts; readonly withNodes: QueueCounts }
  readonly alarms: number
  /** of our own */
  readonly metrics: number
  /** @default 0.1 */
  readonly tableGb?: number
  /** of each trigger a month; from 0.26 to 0.65 million were reported; @default 0.45 million */
  readonly triggerPolls?: number
  /** which an account has each month, for queues of both kinds, if they are not used elsewhere; @default 1 million */
  readonly freeQueueRequests?: number
}

export interface CostLine {
  readonly what: string
  readonly dollarsPerMonth: number
}

/** A warm process reads 4 to 6 units a minute of an idle table (measured with DynamoDB Local); each hour another one begins. */
const clock = { runs: secondsPerMonth / 60, seconds: 0.3, gib: 0.5, readUnits: 10, logBytes: 500 }
/** Each hour every object is looked at again: 25 messages of an empty cluster, 2 more a node (measured), by tens. */
const resync = {
  runs: secondsPerMonth / 3600,
  keys: 25,
  keysPerNode: 2,
  batchesPerKey: 0.5,
  seconds: 0.5,
  gib: 0.5,
  readUnits: 60,
}
/**
 * Every ten seconds one of each node, all at the same moment: Lambda gathers them for ten seconds, takes and deletes up to ten at once
 * and finds none left once (measured with ten nodes: 13 requests and 4 batches a minute). All are noted in one item.
 */
const heartbeat = { perMonth: secondsPerMonth / 10, perRequest: 10, seconds: 0.05, gib: 0.25, itemBytes: 40 }
const requestsPerBeat = (nodes: number) => (nodes ? 2 * Math.ceil(nodes / heartbeat.perRequest) + 1 : 0)
const unitsPerBeat = (nodes: number) => Math.ceil((nodes * heartbeat.itemBytes) / 1024)
const mailboxPollsPerMonth = secondsPerMonth / 20

const p = listPrices
const functionCost = (runs: number, seconds: number, gib: number) =>
  runs * (p.functionRequest + seconds * gib * p.functionGbSecond)

/** What a cluster costs a month that does nothing, without its instances. */
export const idleCost = (options: IdleOptions): CostLine[] => {
  const { nodes = 0, alarms, metrics, tableGb = 0.1 } = options
  const requests = queueRequests(options)
  const batches = resync.runs * (resync.keys + resync.keysPerNode * nodes) * resync.batchesPerKey
  return [
    { what: 'Secrets Manager, the data key', dollarsPerMonth: p.secretMonth },
    { what: 'SQS, polls of FIFO queues, and the hourly resync', dollarsPerMonth: requests.fifo * p.fifoQueueRequest },
    { what: 'SQS, other polls, heartbeats, mailboxes', dollarsPerMonth: requests.standard * p.standardQueueRequest },
    { what: 'Lambda, the clock', dollarsPerMonth: functionCost(clock.runs, clock.seconds, clock.gib) },
    { what: 'DynamoDB, the clock', dollarsPerMonth: clock.runs * clock.readUnits * p.readUnit },
    { what: 'Lambda, the hourly resync', dollarsPerMonth: functionCost(batches, resync.seconds, resync.gib) },
    { what: 'DynamoDB, the hourly resync', dollarsPerMonth: resync.runs * resync.readUnits * p.readUnit },
    {
      what: 'Lambda, heartbeats',
      dollarsPerMonth: nodes ? functionCost(heartbeat.perMonth, heartbeat.seconds, heartbeat.gib) : 0,
    },
    { what: 'DynamoDB, heartbeats', dollarsPerMonth: heartbeat.perMonth * unitsPerBeat(nodes) * p.writeUnit },
    { what: 'DynamoDB, storage and recovery', dollarsPerMonth: tableGb * (p.storedGbMonth + p.recoverableGbMonth) },
    { what: 'CloudWatch, alarms beyond ten', dollarsPerMonth: Math.max(0, alarms - 10) * p.alarmMonth },
    { what: 'CloudWatch, metrics beyond ten', dollarsPerMonth: Math.max(0, metrics - 10) * p.metricMonth },
    { what: "CloudWatch, the metrics' log lines", dollarsPerMonth: ((clock.runs * clock.logBytes) / 1e9) * p.logGb },
  ]
}

/** What is paid for; the free ones are counted where they save least. */
const queueRequests = (options: IdleOptions): QueueCounts => {
  const { nodes = 0, triggers, triggerPolls = 0.45e6, freeQueueRequests = 1e6 } = options
  const awake = (kind: keyof QueueCounts) => triggers.always[kind] + (nodes > 0 ? triggers.withNodes[kind] : 0)
  const standard =
    awake('standard') * triggerPolls +
    nodes * (heartbeat.perMonth + mailboxPollsPerMonth) +
    heartbeat.perMonth * requestsPerBeat(nodes)
  const resyncBatches = resync.runs * (resync.keys + resync.keysPerNode * nodes) * resync.batchesPerKey
  const fifo = awake('fifo') * triggerPolls + 3 * resyncBatches
  const freeOfStandard = Math.min(standard, freeQueueRequests)
  return { standard: standard - freeOfStandard, fifo: Math.max(0, fifo - (freeQueueRequests - freeOfStandard)) }
}

/** An idle watch looks for changes of other processes so often, and asks again after its longest time. */
const watch = { readUnitsPerHour: 3600, requestsPerHour: 4 }

/** What an open watch costs an hour: it keeps one process of the API's function. */
export const watchHourCost = ({ apiMemoryMiB }: { readonly apiMemoryMiB: number }): number =>
  3600 * (apiMemoryMiB / 1024) * p.functionGbSecond +
  watch.readUnitsPerHour * p.readUnit +
  watch.requestsPerHour * (p.apiRequest + p.functionRequest)

export const total = (lines: readonly CostLine[]): number => lines.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0)
