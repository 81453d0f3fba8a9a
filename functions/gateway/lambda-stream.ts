import type { Writable } from 'node:stream'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'

/** What Lambda's Node.js runtime puts into the global scope for functions that stream their answers. */
export interface StreamingRuntime {
  streamifyResponse(
    handler: (event: APIGatewayProxyEvent, stream: Writable, context: Context) => Promise<void>,
  ): (event: APIGatewayProxyEvent, context: Context) => Promise<unknown>
  readonly HttpResponseStream: {
    from(stream: Writable, prelude: { statusCode: number; headers: Record<string, string> }): Writable
  }
}

/** undefined: not in Lambda, or in one that only buffers. The AWS SDK keeps things of its own under the same name. */
export const streamingRuntime = (): StreamingRuntime | undefined => {
  const { awslambda } = globalThis as unknown as { awslambda?: Partial<StreamingRuntime> }
  return awslambda?.streamifyResponse ? (awslambda as StreamingRuntime) : undefined
}
