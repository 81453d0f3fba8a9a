import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeEcs } from '../../fakes/fake-ecs.ts'

export interface EcsEndpoint {
  /** for AWS_ENDPOINT_URL_ECS */
  readonly url: string
  close(): Promise<void>
}

/** ECS over HTTP, as the SDK speaks it: AWS JSON 1.1, the operation in `x-amz-target`. */
export const startEcsEndpoint = async (ecs: FakeEcs, port = 0): Promise<EcsEndpoint> => {
  const server = createServer((request, response) => {
    void answer(ecs, request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** as this protocol has them */
function timesInSeconds(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const found = this[key]
  return found instanceof Date ? found.getTime() / 1000 : value
}

const answer = async (ecs: FakeEcs, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const operation =
    String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? ''
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(body, timesInSeconds))
  }
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    send(200, await ecs.call(operation, JSON.parse(Buffer.concat(chunks).toString() || '{}')))
  } catch (error) {
    const { name, message } = error as Error
    send(name === 'ServerException' ? 500 : 400, { __type: name, message })
  }
}
