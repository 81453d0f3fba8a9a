import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { parse } from 'yaml'

interface Kubeconfig {
  readonly 'current-context': string
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[]
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[]
  readonly users: readonly { name: string; user: Record<string, string> }[]
}

/** as client-go's; Node.js's own are so small that they would be what is measured */
const streamWindowBytes = 4 << 20
const connectionWindowBytes = 1 << 30

/** One HTTP/2 connection to the API server that a kubeconfig names, as client-go opens it. */
export class ApiConnection {
  readonly #session: ClientHttp2Session

  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
    const context = config.contexts.find(({ name }) => name === config['current-context'])!.context
    const cluster = config.clusters.find(({ name }) => name === context.cluster)!.cluster
    const user = config.users.find(({ name }) => name === context.user)!.user
    this.#session = connect(cluster.server!, {
      ca: pem(cluster, 'certificate-authority'),
      cert: pem(user, 'client-certificate'),
      key: pem(user, 'client-key'),
      settings: { initialWindowSize: streamWindowBytes },
    })
    this.#session.once('connect', () => this.#session.setLocalWindowSize(connectionWindowBytes))
    // Each request reports it too.
    this.#session.on('error', () => undefined)
  }

  /** The whole answer. Throws when its status is not 2xx. */
  async call(method: string, path: string, body?: string | Buffer): Promise<Buffer> {
    const stream = this.#request(method, path)
    stream.end(body)
    let status = 0
    stream.once('response', (headers) => {
      status = Number(headers[':status'])
    })
    const chunks: Buffer[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
    const answer = Buffer.concat(chunks)
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${answer.toString('utf8', 0, 300)}`)
    return answer
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

  /** How many lines have ended, as they do: for streams of more than can be read as text. */
  countLines(path: string, onLine: (index: number) => void): void {
    const stream = this.#request('GET', path)
    stream.end()
    let count = 0
    stream.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) onLine(count++)
    })
  }

  close(): void {
    this.#session.destroy()
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

const pem = (entry: Record<string, string>, name: string): string | Buffer =>
  entry[`${name}-data`] === undefined ? readFileSync(entry[name]!) : Buffer.from(entry[`${name}-data`]!, 'base64')
