/**
 * What runs in a function's process, as the Node.js runtime of Lambda does: asks for an event, calls the handler, answers. It behaves as
 * aws-lambda-ric 4.0.2, whose native add-on takes minutes to build; `WINDLASS_RIC` runs that one instead (see `process.ts`).
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { pathToFileURL } from 'node:url'

type Write = (chunk: string | Uint8Array) => unknown
type Handler = (...parameters: unknown[]) => unknown
/** not a stream of Node.js, but what the runtime hands out in its place */
interface ResponseStream extends Record<string, unknown> {
  setContentType(type: string): void
  _onBeforeFirstWrite?: ((write: Write) => void) | undefined
}

const streaming = Symbol('streaming')
const [hostname = '', port = ''] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':')

const call = (options: RequestOptions, answered: (response: IncomingMessage) => void): ClientRequest =>
  request({ hostname, port, ...options, path: `/2018-06-01/runtime/${options.path}` }, answered)

const ask = (method: string, path: string, body?: string): Promise<{ headers: IncomingMessage['headers']; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = call({ method, path }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(parts).toString() }))
    })
    sent.on('error', reject)
    sent.end(body)
  })

const described = (error: unknown) => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  return { errorType: name, errorMessage: message, trace: stack?.split('\n') }
}

Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: (handler: Handler) => Object.assign(handler, { [streaming]: true }),
    HttpResponseStream: {
      from: (stream: ResponseStream, prelude: unknown) => {
        stream.setContentType('application/vnd.awslambda.http-integration-response')
        stream._onBeforeFirstWrite = (write) => {
          write(JSON.stringify(prelude))
          write(new Uint8Array(8))
        }
        return stream
      },
    },
  },
})

const methods = [
  'cork',
  'destroy',
  'end',
  'uncork',
  'write',
  'addListener',
  'on',
  'once',
  'prependListener',
  'prependOnceListener',
  'off',
  'removeListener',
  'removeAllListeners',
  'listeners',
  'listenerCount',
  'emit',
] as const
const read = ['destroyed', 'writableFinished', 'writableEnded', 'writableNeedDrain', 'writableHighWaterMark', 'writable'] as const

const openStream = (id: string) => {
  let finish: () => void
  let fail: (error: unknown) => void
  const answered = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  // Nobody waits for it before the handler has done.
  answered.catch(() => undefined)
  const headers = {
    'lambda-runtime-function-response-mode': 'streaming',
    'transfer-encoding': 'chunked',
    'content-type': 'application/octet-stream',
    trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
  }
  const sent = call({ method: 'POST', path: `invocation/${id}/response`, headers }, (response) => {
    response.resume()
    response.on('end', () => finish())
  })
  sent.on('error', (error) => fail(error))
  const stream = {} as ResponseStream
  const write = sent.write.bind(sent) as (...parameters: unknown[]) => boolean
  let begun = false
  // `end` does not come by here: a chunk that is given to it has no prelude before it.
  Object.assign(sent, {
    write: (...parameters: unknown[]) => {
      if (!begun) stream._onBeforeFirstWrite?.((chunk) => write(chunk))
      begun = true
      return write(...parameters)
    },
  })
  for (const name of methods) stream[name] = (sent[name] as Handler).bind(sent)
  for (const name of read) Object.defineProperty(stream, name, { get: () => sent[name as keyof ClientRequest] })
  stream.setContentType = (type) => {
    sent.setHeader('content-type', type)
  }
  const failed = (error: unknown) => {
    const body = Buffer.from(JSON.stringify(described(error))).toString('base64')
    sent.addTrailers({
      'Lambda-Runtime-Function-Error-Type': described(error).errorType,
      'Lambda-Runtime-Function-Error-Body': body,
    })
    sent.end()
  }
  return { stream, answered, failed }
}

const serve = async (handler: Handler): Promise<never> => {
  for (;;) {
    const { headers, text } = await ask('GET', 'invocation/next')
    const id = String(headers['lambda-runtime-aws-request-id'])
    const deadlineMs = Number(headers['lambda-runtime-deadline-ms'])
    const context = { awsRequestId: id, getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()) }
    const event: unknown = JSON.parse(text)
    if (streaming in handler) {
      const { stream, answered, failed } = openStream(id)
      try {
        await handler(event, stream, context)
        await answered
      } catch (error) {
        console.error(error)
        failed(error)
      }
      continue
    }
    try {
      const result = await handler(event, context)
      await ask('POST', `invocation/${id}/response`, JSON.stringify(result ?? null))
    } catch (error) {
      console.error(error)
      await ask('POST', `invocation/${id}/error`, JSON.stringify(described(error)))
    }
  }
}

const [file = '', name = ''] = (process.env._HANDLER ?? '').split('.')
const { [name]: handler } = (await import(pathToFileURL(`${process.env.LAMBDA_TASK_ROOT}/${file}.mjs`).href)) as Record<
  string,
  Handler
>
if (handler === undefined) throw new Error(`there is no ${process.env._HANDLER}`)
await serve(handler)
