import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { dialError, isNotTls } from '../../shared/platform/dial-error.ts'
import type { Container, HTTPGetAction } from '../../shared/resources/generated/types.ts'
import { containerPort } from './container-port.ts'
import type { ProbeOutcome } from './probe.ts'

export interface HttpProbeOptions {
  readonly action: HTTPGetAction
  readonly container: Container
  readonly podIP: string
  readonly timeoutMs: number
  /** `probe` or `lifecycle` */
  readonly purpose: string
  /** gives up early */
  readonly signal?: AbortSignal | undefined
}

/** How the reason of a request by HTTPS ends when the answer was none of TLS. */
export const answeredInHttp = 'http: server gave HTTP response to HTTPS client'

const longestRedirects = 10
const longestBody = 10 * 1024

/**
 * One GET. 200 to 399 is fine; redirects are followed on the same host only. A probe's answer has to come whole, as far as it is read.
 * Throws when it breaks off.
 */
export const httpProbe = async (options: HttpProbeOptions): Promise<ProbeOutcome> => {
  const { action, container, podIP } = options
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const host = action.host || podIP
  const bracketed = host.includes(':') ? `[${host}]` : host
  const start = new URL(`${scheme}://${bracketed}:${containerPort(action.port, container)}`)
  let url = new URL(action.path || '/', start)
  // A path such as `//x` must not change the host.
  if (url.host !== start.host) url = Object.assign(new URL(start), { pathname: action.path ?? '/' })
  const late = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal ? AbortSignal.any([late, options.signal]) : late
  for (let redirects = 0; ; redirects++) {
    let response: IncomingMessage
    try {
      response = await get(url, options, signal)
    } catch (error) {
      return { ok: false, output: `Get "${url.href}": ${reasonOf(error, signal, url)}` }
    }
    const { statusCode = 0 } = response
    const location = response.headers.location
    if (statusCode >= 300 && statusCode < 400 && location) {
      const next = URL.parse(location, url.href)
      if (!next) {
        response.destroy()
        return { ok: false, output: `Get "${url.href}": failed to parse Location header ${JSON.stringify(location)}` }
      }
      if (next.hostname === url.hostname) {
        response.destroy()
        if (redirects === longestRedirects) return { ok: false, output: `Get "${url.href}": stopped after 10 redirects` }
        url = next
        continue
      }
    }
    if (statusCode < 200 || statusCode >= 400) {
      response.destroy()
      return { ok: false, output: `HTTP probe failed with statuscode: ${statusCode}` }
    }
    const body = options.purpose === 'probe' ? await bodyOf(response) : ''
    if (statusCode < 300) return { ok: true, output: '' }
    return { ok: true, output: '', warning: `Probe terminated redirects, Response body: ${body}` }
  }
}

const get = (url: URL, { action, purpose }: HttpProbeOptions, signal: AbortSignal) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const headers = headersOf(action, purpose)
    const options = { method: 'GET', headers, signal, agent: false as const, rejectUnauthorized: false }
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      response.on('error', () => undefined)
      if (purpose !== 'probe') response.resume()
      resolve(response)
    })
    request.on('error', reject)
    // An answer with status 101 is one, though not the one that is wanted.
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response)
    })
    // Whatever else ends without an answer or an error.
    request.on('close', () => reject(new Error('EOF')))
    request.end()
  })

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let left = longestBody
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) break
  }
  return Buffer.concat(chunks).toString()
}

const mayBeEmpty = (name: string) => !['host', 'accept', 'user-agent'].includes(name)

const headersOf = ({ httpHeaders = [] }: HTTPGetAction, purpose: string): Record<string, string | string[]> => {
  const headers: Record<string, string | string[]> = {}
  for (const { name, value } of httpHeaders) {
    const key = name.toLowerCase()
    headers[key] = key in headers ? [headers[key]!, value].flat() : value
  }
  // As Go's client has it: one Host, the first, and what is empty of these is not sent.
  if (headers.host) headers.host = [headers.host].flat()[0]!
  const all = { 'user-agent': `kube-${purpose}/1.35`, accept: '*/*', ...headers, connection: 'close' }
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => mayBeEmpty(name) || [value].flat()[0] !== ''))
}

const reasonOf = (error: unknown, signal: AbortSignal, { host }: URL): string => {
  if (signal.aborted) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  // Node does not say what came instead of TLS; it is nearly always HTTP.
  if (isNotTls(error)) return answeredInHttp
  return dialError(error, host)
}
