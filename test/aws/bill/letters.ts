import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { Answerer } from '../../../agent/answers/answerer.ts'
import { runMailboxLoop } from '../../../agent/informer/mailbox-loop.ts'
import { listPrices } from '../../../infra/cost.ts'
import {
  createDynamoDbAnswerSink,
  createDynamoDbAnswerSource,
  questionKeyPrefix,
} from '../../../shared/answers/dynamodb-answers.ts'
import { createAuthority, issue } from '../../../shared/identity/certificates.ts'
import { systemClock as clock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { systemRandom } from '../../../shared/platform/random.ts'
import { createSqsMailbox } from '../../../shared/queue/sqs/sqs-mailbox.ts'
import { createSqsMailboxes, mailboxName } from '../../../shared/queue/sqs/sqs-mailboxes.ts'
import { createLetterReach } from '../../../shared/reach/by-letter.ts'
import { createDirectReach } from '../../../shared/reach/direct.ts'
import type { ReachAnswer, ReachRequest } from '../../../shared/reach/reach.ts'
import { endpointOfService } from '../../../shared/reach/service-address.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'

/** What AWS takes to answer. */
const queueMs = 15
const tableMs = 5
/** of the function that waits for the answer, by default */
const apiMemoryMiB = 200
const rounds = 40

const [node, prefix] = ['i-1', 'bench-']
const service = { namespace: 'default', name: 'hook', port: 443 }

export interface Used {
  queueRequests: number
  readUnits: number
  writeUnits: number
}

const dollarsOf = ({ queueRequests, readUnits, writeUnits }: Used, waitedMs: number): number =>
  queueRequests * listPrices.standardQueueRequest +
  readUnits * listPrices.readUnit +
  writeUnits * listPrices.writeUnit +
  (waitedMs / 1000) * (apiMemoryMiB / 1024) * listPrices.functionGbSecond

/** No two objects are the same, as in a list of a cluster. */
const list = JSON.stringify({
  kind: 'ToyList',
  items: Array.from({ length: 450 }, (_, i) => ({
    metadata: { name: `toy-${i}`, namespace: 'default', uid: systemRandom.uuid(), resourceVersion: String(i) },
    spec: { colour: randomBytes(12).toString('hex') },
    status: { phase: 'Ready' },
  })),
})

/** Of one call. */
export interface LetterCall {
  readonly what: string
  readonly medianMs: number
  /** nineteen of twenty */
  readonly mostMs: number
  readonly used: Used
  readonly dollarsOfMillion: number
}

export interface LetterFigures {
  readonly calls: readonly LetterCall[]
  /** from where something is said to who watches, after a while in which nothing was */
  readonly watchEventMs: number
}

/** What calls by letter take and cost, one after the other, with queue and table at the pace of AWS and the pod beside us. */
export const measureLetters = async (): Promise<LetterFigures> => {
  const bench = await startBench()
  const cases: [string, Partial<ReachRequest>][] = [
    ['a review of 1 KB', { method: 'POST', path: '/small', body: Buffer.alloc(1024, 'x') }],
    ['a list of 100 KB', { method: 'GET', path: '/list' }],
    ['a body of 1 MB, hardly compressible', { method: 'POST', path: '/small', body: randomBytes(1_000_000) }],
  ]
  try {
    // The mailbox is found, the connection is there.
    await buffer((await bench.call({ path: '/small' })).body)
    const measured: LetterCall[] = []
    for (const [what, request] of cases) measured.push({ what, ...(await measureCalls(bench, request)) })
    return { calls: measured, watchEventMs: await measureWatch(bench) }
  } finally {
    bench.stop()
  }
}

const measureCalls = async (bench: Bench, request: Partial<ReachRequest>) => {
  bench.take()
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const began = performance.now()
    await buffer((await bench.call(request)).body)
    times.push(performance.now() - began)
    // What follows an answer is paid for too: the letter is thrown away.
    await clock.sleep(3 * queueMs)
  }
  const { queueRequests, readUnits, writeUnits } = bench.take()
  const used = { queueRequests: queueRequests / rounds, readUnits: readUnits / rounds, writeUnits: writeUnits / rounds }
  const medianMs = quantile(times, 0.5)
  return { medianMs, mostMs: quantile(times, 0.95), used, dollarsOfMillion: dollarsOf(used, medianMs) * 1e6 }
}

const measureWatch = async (bench: Bench): Promise<number> => {
  const { body } = await bench.call({ path: '/watch' })
  const events = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  await events.next()
  const times: number[] = []
  for (let i = 0; i < 9; i++) {
    // So long that it is looked for as seldom as at all, and at no round number of looks.
    await clock.sleep(5000 + 137 * i)
    const began = performance.now()
    bench.event()
    await events.next()
    times.push(performance.now() - began)
  }
  body.destroy()
  return quantile(times, 0.5)
}

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!

const startBench = async () => {
  const used: Used = { queueRequests: 0, readUnits: 0, writeUnits: 0 }
  const authority = await createAuthority('bench')
  const { certificate, key } = await issue(authority, { name: 'hook', dnsNames: ['hook.default.svc'], usage: 'server' })
  let tell: () => void = () => undefined
  const pod = createServer({ cert: certificate, key }, async (request, response) => {
    if (request.url === '/watch') {
      tell = () => response.write('{"type":"ADDED"}\n')
      return void response.writeHead(200).write('{"type":"BOOKMARK"}\n')
    }
    await buffer(request)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(request.url === '/list' ? list : '{"allowed":true}')
  }).listen(0, '127.0.0.1')
  await once(pod, 'listening')
  const { port } = pod.address() as AddressInfo

  const sqs = new FakeSqs(clock)
  sqs.create(mailboxName(prefix, node))
  const paced = {
    send: async (command: object, options?: { abortSignal?: AbortSignal }) => {
      const bytes = JSON.stringify((command as { input?: unknown }).input ?? {}).length
      used.queueRequests += Math.max(1, Math.ceil(bytes / 65_536))
      // A long poll is there already when something comes.
      if (command instanceof ReceiveMessageCommand) {
        const answer = await sqs.client.send(command as never, options)
        await clock.sleep(queueMs)
        return answer
      }
      await clock.sleep(queueMs)
      return sqs.client.send(command as never, options)
    },
  } as unknown as typeof sqs.client
  const items = new Map<string, object>()
  const table = {
    send: async (command: PutItemCommand | GetItemCommand) => {
      await clock.sleep(tableMs)
      if (command instanceof PutItemCommand) {
        const { Item = {} } = command.input
        used.writeUnits += Math.ceil(sizeOf(Item) / 1024)
        items.set(Item.pk?.S ?? '', Item)
        return {}
      }
      const Item = items.get(command.input.Key?.pk?.S ?? '')
      used.readUnits += Math.max(1, Math.ceil(sizeOf(Item) / 4096))
      return { Item }
    },
  } as never
  const parts = { client: table, table: 'bench', clock }
  const log = createLogger({ write: () => undefined })
  const status = { podIPs: [{ ip: '127.0.0.1' }] }
  const reach = createDirectReach()
  const answerer = new Answerer({
    source: { runtime: {} as never, pods: () => [{ status } as never] },
    sink: createDynamoDbAnswerSink(parts),
    caller: { reach, bodies: createDynamoDbAnswerSource({ ...parts, prefix: questionKeyPrefix }) },
    ...{ clock, log },
  })
  const stopping = new AbortController()
  void runMailboxLoop({
    mailbox: createSqsMailbox({ client: paced, prefix, node }),
    read: async (some) => {
      for (const letter of some) if ('question' in letter) answerer.take(letter.question)
    },
    relist: async () => undefined,
    ...{ clock, log, signal: stopping.signal },
  })
  const objects: Readonly<Record<string, object>> = {
    services: { spec: { ports: [{ port: service.port }] } },
    endpoints: {
      subsets: [
        {
          addresses: [{ ip: '10.0.0.1', nodeName: node, targetRef: { name: 'hook', namespace: 'default' } }],
          ports: [{ port }],
        },
      ],
    },
    pods: { status: { podIPs: [{ ip: '10.0.0.1' }] } },
    nodes: { status: { daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } } } },
  }
  const read = async (resource: string) => {
    await clock.sleep(tableMs)
    used.readUnits++
    return objects[resource] as never
  }
  const endpointOf = endpointOfService({ read, random: systemRandom })
  // It is where no pod is outside of a bench.
  const addressOf: typeof endpointOf = async (asked) => ({ ...(await endpointOf(asked)), host: '127.0.0.1' })
  const byLetter = createLetterReach({
    mailboxes: createSqsMailboxes({ client: paced, prefix }),
    answers: createDynamoDbAnswerSource(parts),
    bodies: createDynamoDbAnswerSink({ ...parts, prefix: questionKeyPrefix }),
    ...{ clock, addressOf, direct: reach },
  })
  return {
    /** What was used since it was asked last. */
    take: (): Used => {
      const taken = { ...used }
      Object.assign(used, { queueRequests: 0, readUnits: 0, writeUnits: 0 })
      return taken
    },
    event: () => tell(),
    call: (request: Partial<ReachRequest>): Promise<ReachAnswer> =>
      byLetter.request(
        { service },
        {
          ...{ method: 'GET', path: '/', signal: AbortSignal.timeout(60_000) },
          tls: { serverName: 'hook.default.svc', authorities: authority.certificate },
          ...request,
        },
      ),
    stop: () => {
      stopping.abort()
      answerer.stop()
      reach.close()
      pod.close()
      pod.closeAllConnections()
    },
  }
}

type Bench = Awaited<ReturnType<typeof startBench>>

const sizeOf = (item: object = {}): number =>
  Object.entries(item).reduce((sum, [name, value]) => {
    const { S = '', N = '', B = new Uint8Array() } = value as { S?: string; N?: string; B?: Uint8Array }
    return sum + name.length + S.length + N.length + B.length
  }, 0)
