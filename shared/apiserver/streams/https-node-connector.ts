import { Agent, request as httpsRequest } from 'node:https'
import { connect as tlsConnect } from 'node:tls'
import { responseHeaders } from '../../reach/response-headers.ts'
import { sendBody } from '../../reach/send-body.ts'
import type { AgentResponse, NodeConnector } from './node-connector.ts'

export interface HttpsNodeConnectorOptions {
  /** PEM texts: who the API server is to agents, and who signed the agents' certificates */
  readonly certificate: string
  readonly key: string
  readonly authority: string
}

const connectTimeoutMs = 10_000

export const createHttpsNodeConnector = ({ certificate, key, authority }: HttpsNodeConnectorOptions): NodeConnector => {
  const identity = { cert: certificate, key, ca: authority }
  const agent = new Agent({ ...identity, keepAlive: true, timeout: 0 })
  return {
    request: (node, { method, path, headers, body, signal }) =>
      new Promise<AgentResponse>((resolve, reject) => {
        const sent = httpsRequest({
          agent,
          host: node.host,
          port: node.port,
          servername: node.name,
          method,
          path,
          headers: { ...headers, ...(body instanceof Uint8Array ? { 'content-length': body.byteLength } : {}) },
          signal,
        })
        const late = setTimeout(() => sent.destroy(new Error(`no answer from ${node.host}:${node.port}`)), 60_000)
        sent.on('error', reject)
        sent.on('close', () => {
          clearTimeout(late)
          reject(new Error('EOF'))
        })
        sent.on('response', (response) => {
          clearTimeout(late)
          resolve({
            ...{ status: response.statusCode ?? 502, ...responseHeaders(response.headers), body: response },
            trailers: () => responseHeaders(response.trailers).headers,
          })
        })
        sendBody(sent, body)
      }),
    connect: (node, signal) =>
      new Promise((resolve, reject) => {
        const socket = tlsConnect({
          ...identity,
          host: node.host,
          port: node.port,
          servername: node.name,
          ALPNProtocols: ['http/1.1'],
        })
        const fail = (error: Error) => {
          socket.destroy()
          reject(error)
        }
        const abort = () => fail(new Error('the client has gone'))
        signal.addEventListener('abort', abort, { once: true })
        socket.setTimeout(connectTimeoutMs, () => fail(new Error(`dial tcp ${node.host}:${node.port}: i/o timeout`)))
        socket.on('error', fail)
        socket.once('secureConnect', () => {
          signal.removeEventListener('abort', abort)
          socket.setTimeout(0)
          socket.setNoDelay(true)
          socket.setKeepAlive(true, 30_000)
          socket.allowHalfOpen = true
          resolve(socket)
        })
      }),
  }
}
