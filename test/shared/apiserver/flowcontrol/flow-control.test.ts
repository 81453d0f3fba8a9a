import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { ApiResponse, User } from '../../../../shared/apiserver/request.ts'
import { createInProcessClient } from '../../../../shared/client/in-process.ts'
import {
  type ConfigMap,
  configMaps,
  type FlowSchema,
  type Namespace,
  namespaces,
  type PriorityLevelConfiguration,
} from '../../../../shared/resources/resource.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../environment.ts'
import { cases, ownSchemas } from './cases.ts'

const facts = JSON.parse(readFileSync(new URL('classification.json', import.meta.url), 'utf8')) as (string | null)[][]
const group = '/apis/flowcontrol.apiserver.k8s.io/v1'
const schemasPath = `${group}/flowschemas`
const levelsPath = `${group}/prioritylevelconfigurations`
const people = (name: string): User => ({ name, groups: ['people', 'system:authenticated'] })

let server: TestServer
afterEach(() => server.stop())

/** A path that answers when it is let go, and another that answers at once. */
const startWithGate = async (options: TestServerOptions = {}) => {
  const held: { user: string; go: () => void }[] = []
  const done: ApiResponse = { status: 200, headers: {}, body: new Uint8Array() }
  server = await startTestServer({
    seats: { totalSeats: 20 },
    authorizer: { authorize: async () => ({ verdict: 'allow' }), rules: async () => ({ rules: [], incomplete: false }) },
    paths: [
      ({ info, user }) => {
        if (info.path === '/quick') return { ...done, headers: {} }
        if (info.path !== '/slow') return undefined
        return new Promise((resolve) => held.push({ user: user.name, go: () => resolve({ ...done, headers: {} }) }))
      },
    ],
    ...options,
  })
  return {
    held,
    turns: async () => {
      for (let i = 0; i < 50; i++) await new Promise(setImmediate)
    },
  }
}

const makeLevel = async (name: string, limited: PriorityLevelConfiguration['spec']['limited'], precedence = 100) => {
  const spec = { type: 'Limited', limited: { nominalConcurrencyShares: 1000, borrowingLimitPercent: 0, ...limited } }
  expect((await server.call('POST', levelsPath, { body: { metadata: { name }, spec } })).code).toBe(201)
  const schema = {
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name },
      matchingPrecedence: precedence,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'people' } }],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
        },
      ],
    },
  }
  expect((await server.call('POST', schemasPath, { body: schema })).code).toBe(201)
}
const queue = (queuing: { queues: number; handSize: number; queueLengthLimit: number }) =>
  ({ limitResponse: { type: 'Queue', queuing } }) as PriorityLevelConfiguration['spec']['limited']

/** Of `name`, how many seats the level has among those of this server. */
const seatsOf = async (name: string) => {
  const { items } = (await server.call<{ items: PriorityLevelConfiguration[] }>('GET', levelsPath)).json
  const shares = (level: PriorityLevelConfiguration) => level.spec.limited?.nominalConcurrencyShares ?? 0
  const sum = items.reduce((total, level) => total + shares(level), 0)
  return Math.ceil((20 * shares(items.find(({ metadata }) => metadata.name === name)!)) / sum)
}
/** One after the other, so that none waits for its turn only. */
const arrive = async (count: number) => {
  const answers: ReturnType<typeof slow>[] = []
  for (let i = 0; i < count; i++) {
    answers.push(slow('a'))
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  }
  return answers
}
const slow = (user: string, signal?: AbortSignal) =>
  server.call('GET', '/slow', { user: people(user), ...(signal && { signal }) })

describe('a request', () => {
  it('has the FlowSchema and the level that it has on a real API server, and is told their uids', async () => {
    server = await startTestServer({ seats: { totalSeats: 20 } })
    for (const body of ownSchemas) expect((await server.call('POST', schemasPath, { body })).code).toBe(201)
    const names = new Map<string | undefined, string>()
    for (const path of [schemasPath, levelsPath])
      for (const { metadata } of (await server.call<{ items: FlowSchema[] }>('GET', path)).json.items)
        names.set(metadata.uid, metadata.name)
    const told: (string | null)[][] = []
    for (const { user, groups = [], method = 'GET', path } of cases) {
      const own = groups.includes('system:unauthenticated') ? groups : [...groups, 'system:authenticated']
      const peer = groups.includes('system:unauthenticated') ? null : { name: user, groups: own }
      const { headers } = await server.call(method, path, { user: peer })
      const name = (header: string) => (headers[header] === undefined ? null : (names.get(headers[header]) ?? '?'))
      told.push([name('x-kubernetes-pf-flowschema-uid'), name('x-kubernetes-pf-prioritylevel-uid')])
    }
    const described = (list: (string | null)[][]) =>
      list.map((fact, i) => `${cases[i]!.user} ${cases[i]!.method ?? 'GET'} ${cases[i]!.path}: ${fact.join(' ')}`)
    expect(described(told)).toEqual(described(facts))
  })

  it('that is refused by roles is told too; one of nobody knows neither', async () => {
    server = await startTestServer({ seats: { totalSeats: 20 } })
    const forbidden = await server.call('GET', '/api/v1/pods', { user: people('jane') })
    expect(forbidden.code).toBe(403)
    expect(forbidden.headers['x-kubernetes-pf-flowschema-uid']).toMatch(/^[0-9a-f-]{36}$/)
    const headers = { authorization: 'Bearer wrong' }
    const unknown = await server.call('GET', '/api/v1/pods', { user: null, headers })
    expect([unknown.code, unknown.headers['x-kubernetes-pf-flowschema-uid']]).toEqual([401, undefined])
  })
})

describe('a level', () => {
  it('works on as many requests as it has seats, and on the others as soon as one is free', async () => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', queue({ queues: 8, handSize: 2, queueLengthLimit: 50 }))
    const seats = await seatsOf('crowd')
    const answers = Array.from({ length: seats + 5 }, () => slow('a'))
    await turns()
    expect(held.length).toBe(seats)
    held[0]!.go()
    await turns()
    expect(held.length).toBe(seats + 1)
    for (let i = 0; i < seats + 5; i++) {
      held[i]!.go()
      await turns()
    }
    expect((await Promise.all(answers)).map(({ code }) => code)).toEqual(answers.map(() => 200))
  })

  it('gives whoever asks for little the next seat, however much another one asks for', async () => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', queue({ queues: 64, handSize: 3, queueLengthLimit: 500 }))
    const seats = await seatsOf('crowd')
    const crowd = Array.from({ length: 500 }, () => slow('mallory'))
    await turns()
    const small = slow('alice')
    await turns()
    expect(held.length).toBe(seats)
    held[0]!.go()
    held[1]!.go()
    await turns()
    expect(held.slice(seats).map(({ user }) => user)).toContain('alice')
    held.find(({ user }) => user === 'alice')!.go()
    expect((await small).code).toBe(200)
    for (let i = 0; i < held.length; i++) {
      held[i]!.go()
      if (i % 5 === 4) await turns()
    }
    expect((await Promise.all(crowd)).every(({ code }) => code === 200)).toBe(true)
  })

  it.each([
    ['whose queues are full', queue({ queues: 1, handSize: 1, queueLengthLimit: 2 }), 2],
    ['without queues', { limitResponse: { type: 'Reject' } } as PriorityLevelConfiguration['spec']['limited'], 0],
  ])("%s refuses what comes, in upstream's words", async (_, limited, queued) => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', limited)
    const seats = await seatsOf('crowd')
    const answers = await arrive(seats + queued)
    await turns()
    const { code, headers, text } = await slow('a')
    expect([code, text]).toEqual([429, 'Too many requests, please try again later.\n'])
    expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' })
    expect(headers['x-kubernetes-pf-prioritylevel-uid']).toMatch(/^[0-9a-f-]{36}$/)
    for (let i = 0; i < seats + queued; i++) {
      held[i]!.go()
      await turns()
    }
    expect((await Promise.all(answers)).every((answer) => answer.code === 200)).toBe(true)
  })

  it('refuses who has waited too long, and spends no seat on who has gone', async () => {
    const { held, turns } = await startWithGate({ seats: { totalSeats: 20, maxWaitMs: 300 } })
    await makeLevel('crowd', queue({ queues: 1, handSize: 1, queueLengthLimit: 3 }))
    const seats = await seatsOf('crowd')
    const answers = await arrive(seats)
    await turns()
    expect((await slow('late')).code).toBe(429)
    const gone = new AbortController()
    const left = slow('gone', gone.signal)
    const next = slow('next')
    await turns()
    gone.abort()
    held[0]!.go()
    expect((await left).code).toBe(429)
    await turns()
    expect(held.slice(seats).map(({ user }) => user)).toEqual(['next'])
    for (const { go } of held) go()
    expect((await Promise.all([...answers, next])).every(({ code }) => code === 200)).toBe(true)
  })

  it('that goes, or changes its queues, has those who wait ask anew', async () => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', queue({ queues: 1, handSize: 1, queueLengthLimit: 50 }))
    const seats = await seatsOf('crowd')
    const answers = Array.from({ length: seats + 2 }, () => slow('a'))
    await turns()
    expect(held.length).toBe(seats)
    await server.call('DELETE', `${levelsPath}/crowd`)
    await turns()
    // whoever asks next brings the news
    expect((await server.call('GET', '/quick', { user: people('b') })).code).toBe(200)
    await turns()
    expect(held.length).toBe(seats + 2)
    for (const { go } of held) go()
    expect((await Promise.all(answers)).every(({ code }) => code === 200)).toBe(true)
  })

  it('that is exempt has no limit', async () => {
    const { held, turns } = await startWithGate()
    const answers = Array.from({ length: 200 }, () => server.call('GET', '/slow'))
    await turns()
    expect(held.length).toBe(200)
    for (const { go } of held) go()
    expect((await Promise.all(answers)).every(({ code }) => code === 200)).toBe(true)
  })

  it('borrows what others lend and do not use, and keeps to itself what it does not lend', async () => {
    const { held, turns } = await startWithGate()
    const answers = Array.from({ length: 60 }, () => slow('a'))
    await turns()
    // of 20 and what is rounded up, others keep: system 2, node-high 3, leader-election 1, workload-high 2, workload-low 1, catch-all 1
    expect(held.length).toBe(14)
    const account: User = { name: 'system:serviceaccount:x:y', groups: ['system:serviceaccounts', 'system:authenticated'] }
    const other = server.call('GET', '/slow', { user: account })
    await turns()
    expect(held.length).toBe(15)
    for (let i = 0; i < 61; i++) {
      held[i]!.go()
      await turns()
    }
    expect((await Promise.all([...answers, other])).every(({ code }) => code === 200)).toBe(true)
  })
})

describe('a body that is slow to come', () => {
  it('takes no seat', async () => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', queue({ queues: 1, handSize: 1, queueLengthLimit: 50 }))
    const seats = await seatsOf('crowd')
    await server.makeNamespace('a')
    const arrivals: (() => void)[] = []
    const send = (name: string) =>
      server.handle({
        method: 'POST',
        path: '/api/v1/namespaces/a/configmaps',
        query: new URLSearchParams(),
        header: () => undefined,
        bodyStream: {} as never,
        body: () => new Promise((resolve) => arrivals.push(() => resolve(Buffer.from(JSON.stringify({ metadata: { name } }))))),
        signal: new AbortController().signal,
        peer: people('mallory'),
      })
    const slowBodies = Array.from({ length: seats + 20 }, (_, i) => send(`x-${i}`))
    await expect.poll(() => arrivals.length).toBe(seats + 20)
    const quick = await server.call('GET', '/quick', { user: people('alice') })
    expect(quick.code).toBe(200)
    const filling = Array.from({ length: seats }, () => slow('alice'))
    await turns()
    // those whose bodies have come wait for a seat, and none of them is refused
    for (const arrive of arrivals) arrive()
    await turns()
    for (const { go } of held) go()
    expect((await Promise.all(slowBodies)).map(({ status }) => status)).toEqual(slowBodies.map(() => 201))
    await Promise.all(filling)
  })
})

describe('what this process asks itself', () => {
  const answersRead = 100
  const bulk = 'x'.repeat(500_000)

  it.each(['read whole', 'watched until it ends', 'watched until the caller goes'])(
    'is on its way no more once it was %s',
    async (how) => {
      server = await startTestServer({ seats: { totalSeats: 20 } })
      const client = createInProcessClient(server.handle, { name: 'system:gc', groups: ['system:masters'] })
      await client.create(namespaces, { metadata: { name: 'default' } } as Namespace)
      await client.create(configMaps, { metadata: { namespace: 'default', name: 'bulk' }, data: { bulk } } as ConfigMap)
      for (let i = 0; i < answersRead; i++) {
        const leave = new AbortController()
        if (how === 'read whole') expect((await client.list(configMaps, { namespace: 'default' })).items).toHaveLength(1)
        else
          for await (const { object } of client.watch(configMaps, { namespace: 'default', signal: leave.signal })) {
            expect(object).toMatchObject({ metadata: { name: 'bulk' } })
            if (how === 'watched until it ends') break
            leave.abort()
          }
      }
    },
  )
})

describe('metrics', () => {
  it("count in upstream's names", async () => {
    const { held, turns } = await startWithGate()
    await makeLevel('crowd', queue({ queues: 1, handSize: 1, queueLengthLimit: 2 }))
    const seats = await seatsOf('crowd')
    const answers = await arrive(seats + 3)
    await turns()
    const lines = () => server.flowMetrics().flatMap((family) => family.lines())
    const labels = '{flow_schema="crowd",priority_level="crowd"}'
    expect(lines()).toContain(`apiserver_flowcontrol_current_executing_requests${labels} ${seats}`)
    expect(lines()).toContain(`apiserver_flowcontrol_current_executing_seats${labels} ${seats}`)
    expect(lines()).toContain(`apiserver_flowcontrol_current_inqueue_requests${labels} 2`)
    expect(lines()).toContain(
      'apiserver_flowcontrol_rejected_requests_total{flow_schema="crowd",priority_level="crowd",reason="queue-full"} 1',
    )
    expect(lines()).toContain(`apiserver_flowcontrol_nominal_limit_seats{priority_level="crowd"} ${seats}`)
    for (let i = 0; i < seats + 2; i++) {
      held[i]!.go()
      await turns()
    }
    await Promise.all(answers)
    expect(lines()).toContain(`apiserver_flowcontrol_current_executing_requests${labels} 0`)
    expect(lines()).toContain(`apiserver_flowcontrol_current_inqueue_requests${labels} 0`)
    expect(lines()).toContain(`apiserver_flowcontrol_dispatched_requests_total${labels} ${seats + 2}`)
    expect(lines()).toContain(
      'apiserver_flowcontrol_request_wait_duration_seconds_count{execute="true",flow_schema="crowd",priority_level="crowd"} 2',
    )
    expect(lines()).toContain(
      `apiserver_flowcontrol_request_execution_seconds_count{flow_schema="crowd",priority_level="crowd",type="regular"} ${seats + 2}`,
    )
  })
})
