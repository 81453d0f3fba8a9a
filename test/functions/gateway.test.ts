import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { gatewayHandler } from '../../functions/gateway/handler.ts'
import type { StreamingRuntime } from '../../functions/gateway/lambda-stream.ts'
import { endingWhenIdle } from '../../functions/gateway/limits.ts'
import { requestOf } from '../../functions/gateway/request.ts'
import type { ApiHandler, ApiRequest } from '../../shared/apiserver/request.ts'
import { OutOfTime } from '../../shared/platform/deadline.ts'
import { gatewayEvent, lambdaContext } from './environment.ts'

const { signal } = new AbortController()
const read = (event: Partial<APIGatewayProxyEvent>) => requestOf({ ...gatewayEvent('GET', '/api/v1/pods'), ...event }, signal)

describe('a request', () => {
  it.each([
    { path: '/api/v1/pods', stage: 'prod', seen: '/api/v1/pods' },
    { path: '/prod/api/v1/pods', stage: 'prod', seen: '/api/v1/pods' },
    { path: '/prod', stage: 'prod', seen: '/' },
    { path: '/production/x', stage: 'prod', seen: '/production/x' },
  ])('for $path of stage $stage is for $seen', ({ path, stage, seen }) => {
    const requestContext = { stage } as APIGatewayProxyEvent['requestContext']
    expect(read({ path, requestContext }).path).toBe(seen)
  })

  it('keeps every value of a parameter, and headers whatever their case', () => {
    const request = read({
      multiValueQueryStringParameters: { command: ['ls', '-l'], watch: ['1'] },
      multiValueHeaders: { Accept: ['application/json', 'text/plain'], 'X-One': ['1'] },
    })
    expect(request.query.getAll('command')).toEqual(['ls', '-l'])
    expect(request.header('accept')).toBe('application/json, text/plain')
    expect(request.header('x-one')).toBe('1')
    expect(request.rawHeaders).toEqual(['Accept', 'application/json', 'Accept', 'text/plain', 'X-One', '1'])
    expect(read({ multiValueHeaders: undefined as never, headers: { 'Impersonate-User': 'jane' } }).rawHeaders).toEqual([
      'Impersonate-User',
      'jane',
    ])
  })

  it('reads a body that is base64, and none that is too large', async () => {
    const request = read({ body: Buffer.from('{"a":1}').toString('base64'), isBase64Encoded: true })
    expect(Buffer.from(await request.body(100)).toString()).toBe('{"a":1}')
    await expect(request.body(3)).rejects.toMatchObject({ reason: 'RequestEntityTooLarge' })
  })
})

/** Lambda's streaming runtime, as far as it can be seen from inside a function. */
const playRuntime = () => {
  const stream = new PassThrough()
  let prelude: { statusCode: number; headers: Record<string, string> } | undefined
  const runtime: StreamingRuntime = {
    streamifyResponse: (handler) => (event, context) => handler(event, stream, context),
    HttpResponseStream: {
      from: (_stream, meta) => {
        // As Lambda's runtime does: with the first write, and not with an end that brings bytes.
        const write = stream.write.bind(stream) as (...chunk: unknown[]) => boolean
        stream.write = (...chunk: unknown[]) => {
          prelude ??= meta
          return write(...chunk)
        }
        return stream
      },
    },
  }
  return { runtime, stream, prelude: () => prelude }
}

const answering =
  (body: (request: ApiRequest) => AsyncIterable<Uint8Array> | Uint8Array) =>
  async (): Promise<ApiHandler> =>
  async (request) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: body(request),
  })

describe('an answer', () => {
  it('streams each chunk as it comes', async () => {
    const { runtime, stream, prelude } = playRuntime()
    const second = Promise.withResolvers<void>()
    const handler = gatewayHandler(
      answering(async function* () {
        yield Buffer.from('first')
        await second.promise
        yield Buffer.from('second')
      }),
      runtime,
    )
    const done = handler(gatewayEvent('GET', '/api/v1/pods?watch=1'), lambdaContext)
    const [first] = (await once(stream, 'data')) as [Buffer]
    expect(first.toString()).toBe('first')
    expect(prelude()).toEqual({ statusCode: 200, headers: { 'content-type': 'application/json' } })
    second.resolve()
    expect(String((await once(stream, 'data'))[0])).toBe('second')
    await done
    expect(stream.writableFinished).toBe(true)
  })

  it('has its status and headers when it is whole, and before it says anything', async () => {
    const whole = playRuntime()
    whole.stream.resume()
    await gatewayHandler(
      answering(() => Buffer.from('{}')),
      whole.runtime,
    )(gatewayEvent('GET', '/version'), lambdaContext)
    expect(whole.prelude()).toMatchObject({ statusCode: 200 })
    const silent = playRuntime()
    silent.stream.resume()
    const handler = gatewayHandler(
      answering(async function* ({ signal: gone }) {
        yield* []
        await once(gone, 'abort')
      }),
      silent.runtime,
    )
    const done = handler(gatewayEvent('GET', '/watch'), lambdaContext)
    await expect.poll(silent.prelude).toMatchObject({ statusCode: 200 })
    silent.stream.destroy()
    await done
  })

  it('ends, without an error, before the function does', async () => {
    const { runtime, stream } = playRuntime()
    const handler = gatewayHandler(
      answering(async function* ({ signal: gone }) {
        yield Buffer.from('event')
        await once(gone, 'abort')
      }),
      runtime,
    )
    stream.resume()
    await handler(gatewayEvent('GET', '/watch'), { getRemainingTimeInMillis: () => 10_050 } as Context)
    expect(stream.writableFinished).toBe(true)
  })

  it('that can not just end is told that its time is over', async () => {
    const { runtime, stream } = playRuntime()
    const handler = gatewayHandler(
      answering(async function* ({ signal: gone }) {
        yield Buffer.from('line')
        await once(gone, 'abort')
        if (gone.reason instanceof OutOfTime) throw gone.reason
      }),
      runtime,
    )
    stream.resume()
    const done = handler(gatewayEvent('GET', '/log'), { getRemainingTimeInMillis: () => 10_050 } as Context)
    await expect(done).rejects.toThrow('the time that an answer may take is over')
    expect([stream.writableFinished, stream.destroyed]).toEqual([false, true])
  })

  it('that breaks off fails, and does not look whole', async () => {
    const { runtime, stream } = playRuntime()
    const handler = gatewayHandler(
      answering(async function* () {
        yield Buffer.from('line')
        throw new Error('the agent could not go on')
      }),
      runtime,
    )
    stream.resume()
    await expect(handler(gatewayEvent('GET', '/log'), lambdaContext)).rejects.toThrow('the agent could not go on')
    expect([stream.writableFinished, stream.destroyed]).toEqual([false, true])
  })

  it('stops when the client has gone', async () => {
    const { runtime, stream } = playRuntime()
    let stopped = false
    const handler = gatewayHandler(
      answering(async function* ({ signal: gone }) {
        try {
          yield Buffer.from('event')
          await once(gone, 'abort')
        } finally {
          stopped = true
        }
      }),
      runtime,
    )
    const done = handler(gatewayEvent('GET', '/watch'), lambdaContext)
    await once(stream, 'data')
    stream.destroy()
    await done
    expect(stopped).toBe(true)
  })

  it('is whole where nothing streams, and base64 when it is no text', async () => {
    const text = gatewayHandler(
      answering(() => Buffer.from('{}')),
      undefined,
    )
    expect(await text(gatewayEvent('GET', '/version'), lambdaContext)).toMatchObject({
      statusCode: 200,
      body: '{}',
      isBase64Encoded: false,
    })
    const packed = gatewayHandler(
      async () => async () => ({ status: 200, headers: { 'content-encoding': 'gzip' }, body: Uint8Array.of(0x1f, 0x8b) }),
      undefined,
    )
    expect(await packed(gatewayEvent('GET', '/openapi/v2'), lambdaContext)).toMatchObject({ body: 'H4s=', isBase64Encoded: true })
  })
})

it('ends an answer that says nothing for too long', async () => {
  let closed = false
  const silent = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('only')
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield Buffer.from('too late')
    } finally {
      closed = true
    }
  }
  const out: string[] = []
  for await (const chunk of endingWhenIdle(silent(), 10)) out.push(String(chunk))
  expect(out).toEqual(['only'])
  await expect.poll(() => closed).toBe(true)
})
