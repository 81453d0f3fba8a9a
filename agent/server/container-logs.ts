import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type LogQuestion, limitBytes, openLogs } from './log-question.ts'

export interface LogRequest extends LogQuestion {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** GET /containerLogs/{namespace}/{pod}/{container}: lines as they were written, each flushed as it comes when following. */
export const serveLogs = async ({ request, response, ...question }: LogRequest): Promise<void> => {
  const { logs, limit } = await openLogs(question)
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  request.once('close', () => logs.destroy())
  await pipeline(logs, limitBytes(limit), response).catch((error: unknown) => {
    // The client has heard enough.
    if (!response.destroyed && !request.destroyed) throw error
  })
}
