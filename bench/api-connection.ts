import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { finished } from 'node:stream/promises'
import { accessOf } from '../test/peer/kubeconfig.ts'

/** as client-go's; Node.js's own are so small that they would be what is measured */
const streamWindowBytes = 4 << 20
const connectionWindowBytes = 1 << 30

/** One HTTP/2 connection to the API server that a kubeconfig names, as client-go opens it. */
export class ApiConnection {
  readonly #session: ClientHttp2Session

  constructor(kubeconfig: string) {
    const { server, ...tls } = accessOf(kubeconfig)
    this.#session = connect(server, { ...tls, settings: { initialWindowSize: streamWindowBytes } })
    this.#session.once('connect', () => this.#session.setLocalWindowSize(connectionWindowBytes))
    // Each request reports it too.
    this.#session.on('error', () => undefined)
  }

  /** The whole answer. Throws when its status is not 2xx. */
  async call(method: string, path: string, body?: string | Buffer): Promise<Buffer> {
    const chunks: Buffer[] = []
    const status = await this.#answer(this.#request(method, path), { body, onData: (chunk) => chunks.push(chunk) })
    const answer = Buffer.concat(chunks)
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${answer.toString('utf8', 0, 300)}`)
    return answer
  }

  /** Bytes of the answer, of which nothing is kept: collecting megabytes would be a part of what is measured. */
  async read(path: string): Promise<number> {
    let length = 0
    const onData = (chunk: Buffer) => {
      length += chunk.length
    }
    const status = await this.#answer(this.#request('GET', path), { onData })
    if (status !== 200) throw new Error(`GET ${path}: ${status}`)
    return length
  }

  /** Lines as they come, until `stop`. */
  watch(path: string, onLine: (line: string) => void): { stop(): void } {
    const stream = this.#request('GET', path)
    stream.end()
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) onLine(line)
    })
    return { stop: () => stream.close() }
  }

  close(): void {
    this.#session.destroy()
  }

  /** The status, when the whole answer has come. */
  async #answer(
    stream: ClientHttp2Stream,
    { body, onData }: { body?: string | Buffer | undefined; onData: (chunk: Buffer) => void },
  ): Promise<number> {
    let status = 0
    stream.once('response', (headers) => {
      status = Number(headers[':status'])
    })
    stream.on('data', onData)
    stream.end(body)
    await finished(stream)
    return status
  }

  #request(method: string, path: string): ClientHttp2Stream {
    return this.#session.request({
      ':method': method,
      ':path': path,
      accept: 'application/json',
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    })
  }
}
