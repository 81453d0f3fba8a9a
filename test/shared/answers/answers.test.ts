import { randomBytes } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { Answerer } from '../../../agent/answers/answerer.ts'
import type { ContainerRuntime, LogOptions } from '../../../agent/runtime/runtime.ts'
import type { AnswerPart, AnswerSink, AnswerSource } from '../../../shared/answers/answers.ts'
import { openPart, sealPart } from '../../../shared/answers/sealed-part.ts'
import { createLetterNodeConnector } from '../../../shared/apiserver/streams/letter-node-connector.ts'
import { createNoTunnel } from '../../../shared/apiserver/streams/no-tunnel.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { OutOfTime } from '../../../shared/platform/deadline.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Letter, Question } from '../../../shared/queue/mailboxes.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { ttlAttribute } from '../../../shared/storage/dynamodb/table.ts'
import { createAnswerTable } from '../../fakes/answer-table.ts'
import { startTestServer } from '../apiserver/environment.ts'

const clock = systemClock
const log = createLogger({ write: () => undefined })
const key = randomBytes(32).toString('base64')

describe('a part', () => {
  const place = { id: 'a', number: 1, key }
  const part: AnswerPart = { status: 200, data: Buffer.from('a line of the log\n'.repeat(500)), last: true }

  it('is read by who knows the key, and small', async () => {
    const sealed = await sealPart(part, place)
    expect(await openPart(sealed, place)).toEqual(part)
    expect(sealed.length).toBeLessThan(300)
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('line')
  })

  it('brings what a pod said in front of its body', async () => {
    const said = { ...part, headers: { 'content-type': 'text/plain', warning: '299 - "ö"' }, cookies: ['a=1', 'b=2'] }
    expect(await openPart(await sealPart(said, place), place)).toEqual(said)
  })

  it.each([
    { what: 'another key', other: { ...place, key: randomBytes(32).toString('base64') } },
    { what: 'another answer', other: { ...place, id: 'b' } },
    { what: 'another place', other: { ...place, number: 2 } },
  ])('is not read with $what', async ({ other }) => {
    const sealed = await sealPart(part, place)
    await expect(openPart(sealed, other)).rejects.toThrow()
  })
})

describe('a log that is asked for by letter', () => {
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  const start = (
    logs: (options: LogOptions) => Readable,
    options: { deliver?: boolean; sink?: AnswerSink; source?: AnswerSource } = {},
  ) => {
    const table = createAnswerTable()
    const pod = {
      metadata: { name: 'web', namespace: 'shop', uid: 'u' },
      spec: { containers: [{ name: 'main' }] },
    } as unknown as Pod
    const runtime = {
      pod: () => ({ containers: [{ id: 'c', name: 'main', state: 'running' }] }),
      logs: async (_id: string, asked: LogOptions) => logs(asked),
    } as unknown as ContainerRuntime
    const answerer = new Answerer({
      source: { runtime, pods: () => [pod] },
      sink: options.sink ?? table.sink,
      caller: table.caller,
      clock,
      log,
    })
    stops.push(() => answerer.stop())
    const letters: Letter[] = []
    const deliver = async (some: readonly Letter[]) => {
      letters.push(...some)
      if (options.deliver === false) return
      // At least once, and not in a hurry.
      for (const { body } of [...some, ...some]) if ('question' in body) setImmediate(() => answerer.take(body.question))
    }
    const answers: AnswerSource = options.source ?? table.source
    const connector = createLetterNodeConnector({ mailboxes: { deliver }, answers, clock })
    const ask = (path: string, signal = new AbortController().signal) =>
      connector.request({ name: 'i-1', host: 'i-1', port: 10250 }, { method: 'GET', path, signal })
    return { ...table, ask, letters, answerer, connector }
  }
  const path = '/containerLogs/shop/web/main'
  const questions = (letters: readonly Letter[]) => letters.flatMap(({ body }) => ('question' in body ? [body.question] : []))

  it('comes as it was written, once', async () => {
    const asked: LogOptions[] = []
    const { ask, items, letters } = start((options) => {
      asked.push(options)
      return Readable.from([Buffer.from('one\n'), Buffer.from('two\n')])
    })
    const { status, body } = await ask(`${path}?tailLines=2&timestamps=true`)
    expect([status, await text(body)]).toEqual([200, 'one\ntwo\n'])
    expect(asked).toEqual([{ follow: false, tailLines: 2, timestamps: true, since: undefined }])
    expect(items.size).toBe(1)
    expect(letters).toHaveLength(1)
    const [item] = [...items.values()]
    expect(Number(item?.[ttlAttribute]?.N) * 1000 - clock.now()).toBeGreaterThan(500_000)
  })

  it('is not asked for by what is no question, or none that ends soon', async () => {
    const { answerer, items } = start(() => new PassThrough())
    const right = { id: 'x', key: 'a'.repeat(43), path, untilMs: clock.now() + 1000 }
    const wrong = [
      { id: 7 },
      { key: null },
      { path: {} },
      { untilMs: Number.NaN },
      { untilMs: '9' },
      { untilMs: Number.POSITIVE_INFINITY },
    ]
    for (const change of wrong) answerer.take({ ...right, ...change } as never)
    answerer.take({ ...right, id: 'odd', path: '//%zz', untilMs: 8.64e15 })
    answerer.take({ ...right, id: 'late', untilMs: 8.64e15 })
    // Of all these one has an answer: that its path is none.
    await expect.poll(() => items.size).toBe(1)
  })

  it('goes on as long as somebody listens, and ends at the agent when nobody does', async () => {
    const source = new PassThrough()
    const { ask, letters } = start(() => source)
    const gone = new AbortController()
    const { body } = await ask(`${path}?follow=true`, gone.signal)
    const chunks = body[Symbol.asyncIterator]()
    source.write('first\n')
    expect(String((await chunks.next()).value)).toBe('first\n')
    source.write('second\n')
    expect(String((await chunks.next()).value)).toBe('second\n')
    gone.abort()
    await chunks.next()
    await expect.poll(() => source.destroyed).toBe(true)
    expect(questions(letters).map(({ untilMs }) => untilMs === 0)).toEqual([false, true])
  })

  it('is refused by the agent with its status and words', async () => {
    const { ask } = start(() => new PassThrough())
    const { status, body } = await ask('/containerLogs/shop/web/other')
    expect(status).toBe(400)
    expect(JSON.parse(await text(body))).toMatchObject({ message: 'container "other" in pod "web" is not available' })
  })

  it('comes in parts when there is much of it', async () => {
    const content = randomBytes(700 * 1024)
    const { ask, items } = start(() => Readable.from([content]))
    const { body } = await ask(path)
    expect(Buffer.from(await new Response(Readable.toWeb(body) as never).arrayBuffer()).equals(content)).toBe(true)
    expect(items.size).toBe(3)
  })

  it.each([
    { what: 'is not stored', stored: false },
    { what: 'is stored, and nobody knows', stored: true },
  ])('ends with an error when a part $what', async ({ stored }) => {
    const { sink, source } = createAnswerTable()
    const failing: AnswerSink = {
      put: async (question, number, part) => {
        if (number !== 1 || part.failed) return sink.put(question, number, part)
        if (stored) await sink.put(question, number, part)
        throw new Error('the table takes no more')
      },
    }
    const { ask } = start(() => Readable.from([randomBytes(700 * 1024)]), { sink: failing, source })
    const { body } = await ask(path)
    await expect(text(body)).rejects.toThrow('the agent of node i-1 could not go on: the table takes no more')
  })

  it('ends with an error when the container engine breaks off', async () => {
    const logs = new PassThrough()
    const { ask } = start(() => logs)
    const { body } = await ask(path)
    logs.destroy(new Error('the engine has gone'))
    await expect(text(body)).rejects.toThrow('could not go on: the engine has gone')
  })

  it('ends with an error when the agent is not heard of any more', async () => {
    let now = clock.now()
    const leaping = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    const { source, sink } = createAnswerTable()
    const deliver = async (some: readonly Letter[]) => {
      for (const question of questions(some))
        await sink.put(question, 0, { status: 200, data: Buffer.from('one\n'), last: false })
    }
    const connector = createLetterNodeConnector({ mailboxes: { deliver }, answers: source, clock: leaping })
    const asked = { method: 'GET', path, signal: new AbortController().signal }
    const { body } = await connector.request({ name: 'i-1', host: 'i-1', port: 10250 }, asked)
    await expect(text(body)).rejects.toThrow('the agent of node i-1 says no more since 100 s')
  })

  /** A clock that leaps, and an agent that says nothing each time it is asked whether it is still there. */
  const askQuiet = async (signal: AbortSignal, quietMs?: number) => {
    let now = clock.now()
    const leaping = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    const { source, sink } = createAnswerTable()
    let number = 0
    const deliver = async (some: readonly Letter[]) => {
      for (const question of questions(some))
        await sink.put(question, number++, { status: 200, data: Buffer.from(number === 1 ? 'one\n' : ''), last: false })
    }
    const connector = createLetterNodeConnector({ mailboxes: { deliver }, answers: source, clock: leaping, quietMs })
    const { body } = await connector.request({ name: 'i-1', host: 'i-1', port: 10250 }, { method: 'GET', path, signal })
    return body
  }

  it('ends with an error when the container writes nothing for longer than an answer may be silent', async () => {
    const body = await askQuiet(new AbortController().signal, 260_000)
    await expect(text(body)).rejects.toThrow('the container wrote nothing for 260 s')
  })

  it.each([
    { reason: new OutOfTime('the time is over'), ends: 'the time is over' },
    { reason: undefined, ends: 'one\n' },
  ])('ends with an error when its time is over, and without when nobody listens: $ends', async ({ reason, ends }) => {
    const ending = new AbortController()
    const body = await askQuiet(ending.signal)
    setTimeout(() => ending.abort(reason), 20)
    expect(await text(body).catch((error: Error) => error.message)).toBe(ends)
  })

  it('is spread over the table: no two parts share a partition', async () => {
    const { ask, items } = start(() => Readable.from([randomBytes(3_000_000)]))
    const { body } = await ask(path)
    expect((await new Response(Readable.toWeb(body) as never).arrayBuffer()).byteLength).toBe(3_000_000)
    expect(new Set([...items.values()].map(({ pk }) => pk?.S)).size).toBe(12)
  })

  it('is asked for again when a letter does not come through', async () => {
    let now = clock.now()
    const leaping = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    const { source, answerer } = start(() => Readable.from([Buffer.from('one\n')]))
    const letters: Letter[] = []
    const deliver = async (some: readonly Letter[]) => {
      letters.push(...some)
      if (letters.length > 1) for (const question of questions(some)) answerer.take(question)
    }
    const connector = createLetterNodeConnector({ mailboxes: { deliver }, answers: source, clock: leaping })
    const asked = { method: 'GET', path, signal: new AbortController().signal }
    const { body } = await connector.request({ name: 'i-1', host: 'i-1', port: 10250 }, asked)
    expect(await text(body)).toBe('one\n')
    expect(new Set(questions(letters).map(({ id }) => id)).size).toBe(1)
  })

  it('is ended by the agent when no letter says that it is still wanted', async () => {
    const source = new PassThrough()
    const { answerer, items } = start(() => source)
    const question: Question = { id: 'q', key, path: `${path}?follow=true`, untilMs: clock.now() + 300 }
    answerer.take(question)
    await expect.poll(() => items.size).toBe(1)
    answerer.take({ ...question, untilMs: clock.now() + 600 })
    await new Promise((resolve) => source.once('close', resolve))
    expect(clock.now()).toBeGreaterThanOrEqual(question.untilMs + 290)
    answerer.take({ ...question, untilMs: clock.now() + 600 })
    expect(items.size).toBe(1)
  })

  it('is what kubectl logs gets from an API server that reaches no node', async () => {
    const { connector } = start(() => Readable.from([Buffer.from('one\n')]))
    const api = await startTestServer({ subresources: createNoTunnel(connector) })
    onTestFinished(() => api.stop())
    await api.makeNamespace('shop')
    const spec = { nodeName: 'i-1', containers: [{ name: 'main', image: 'x' }] }
    await api.call('POST', '/api/v1/namespaces/shop/pods', { body: { metadata: { name: 'web' }, spec } })
    const pod = '/api/v1/namespaces/shop/pods/web'
    expect(await api.call('GET', `${pod}/log?tailLines=1`)).toMatchObject({ code: 200, text: 'one\n' })
    expect((await api.call('GET', `${pod}/log?container=other`)).code).toBe(400)
    const refused = await api.call('POST', `${pod}/exec?command=sh`)
    expect([refused.code, refused.json.message]).toEqual([405, expect.stringContaining('exec is not supported on AWS')])
  })

  it('fails when nobody answers', async () => {
    let now = 0
    const leaping = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      },
    }
    const { source, reads } = createAnswerTable()
    const connector = createLetterNodeConnector({
      mailboxes: { deliver: async () => undefined },
      answers: source,
      clock: leaping,
    })
    const asked = connector.request(
      { name: 'i-1', host: 'i-1', port: 10250 },
      { method: 'GET', path, signal: new AbortController().signal },
    )
    await expect(asked).rejects.toThrow('the agent of node i-1 did not answer within 20 s')
    expect(reads()).toBeLessThan(35)
  })
})
