import { Agent, request } from 'node:https'
import { accessOf } from './kubeconfig.ts'

export interface Sent {
  readonly method?: string
  /** with its query */
  readonly path: string
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Received {
  readonly code: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** Requests to one API server, as the user of a kubeconfig; an answer of any status is one. */
export class Connection {
  readonly #server: string
  readonly #agent: Agent

  constructor(kubeconfig: string) {
    const { server, ...tls } = accessOf(kubeconfig)
    this.#server = server
    this.#agent = new Agent({ ...tls, keepAlive: true })
  }

  send({ method = 'GET', path, body, headers = {} }: Sent): Promise<Received> {
    // Node.js frames the body of a DELETE only when told how long it is.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { method, agent: this.#agent, headers: { accept: 'application/json', ...headers, ...length } }
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#server}${path}`, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text }))
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** Of a GET that must succeed. */
  async read<T>(path: string, accept = 'application/json'): Promise<T> {
    const { code, text } = await this.send({ path, headers: { accept } })
    if (code !== 200) throw new Error(`GET ${path}: ${code} ${text.slice(0, 300)}`)
    return JSON.parse(text) as T
  }

  close(): void {
    this.#agent.destroy()
  }
}
