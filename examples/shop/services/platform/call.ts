import { request as ask, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { Refusal } from './serve.ts'

export interface CallOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** for one attempt, from connecting to the last byte; @default 4000 */
  readonly answerMilliseconds?: number
}

export interface Called {
  readonly status: number
  readonly text: string
}

const connectMilliseconds = 250
const attempts = 10

/**
 * Asks another service. Whatever it asks may be asked twice, so an attempt that no answer came to is made again on a connection of
 * its own, which may end at another pod: one that a lost node had is in the Service's rules until the node is known to be lost.
 * Throws when no attempt was answered; an answer of 503 is an answer.
 */
export async function call(url: string, options: CallOptions = {}): Promise<Called> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(url, options)
    } catch (error) {
      if (attempt === attempts || (error as { answering?: boolean }).answering)
        throw new Error(`${options.method ?? 'GET'} ${url}: ${String(error)}`, { cause: error })
      await delay(10 * attempt)
    }
  }
}

/** The body of an answer that says yes. Throws a Refusal with the status and words of another. */
export function bodyOf({ status, text }: Called): unknown {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refusal(502, `no JSON was answered: "${text.slice(0, 80)}"`)
  }
  if (status >= 400) throw new Refusal(status, String((body as { error?: unknown }).error ?? text))
  return body
}

function callOnce(url: string, { method = 'GET', headers = {}, body, answerMilliseconds = 4000 }: CallOptions): Promise<Called> {
  return new Promise((resolve, reject) => {
    const request = ask(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      agent: false,
    })
    const end = (why: string, answering = false) => request.destroy(Object.assign(new Error(why), { answering }))
    const whole = setTimeout(() => end(`no answer in ${answerMilliseconds} ms`, true), answerMilliseconds)
    let connecting: NodeJS.Timeout | undefined
    request.once('socket', (socket) => {
      connecting = setTimeout(() => end(`no connection in ${connectMilliseconds} ms`), connectMilliseconds)
      socket.once('connect', () => clearTimeout(connecting))
    })
    const settle = () => {
      clearTimeout(whole)
      clearTimeout(connecting)
    }
    const fail = (error: Error) => {
      settle()
      reject(error)
    }
    request.once('error', fail)
    request.once('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', fail)
      response.once('end', () => {
        settle()
        resolve({ status: response.statusCode ?? 0, text })
      })
    })
    request.end(body)
  })
}
