import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import * as sqsCommands from '@aws-sdk/client-sqs'
import type { ApiHandler, User } from '../../../shared/apiserver/request.ts'
import type { FakeEcs } from '../../fakes/fake-ecs.ts'
import type { FakeSqs } from '../../fakes/fake-sqs.ts'

export interface StandInOptions {
  readonly host?: string
  readonly instanceId: string
  readonly privateAddress: string
  readonly containerInstance: string
  readonly sqs: FakeSqs
  readonly ecs: FakeEcs
  /** answers below `/prod`; `user` says who a bearer token is */
  readonly api?: { readonly handle: ApiHandler; readonly user: (token: string) => User | undefined }
}

export interface StandIn {
  readonly url: string
  /** as IMDS tells of a spot interruption */
  interruption: { action: string; time: string } | undefined
  /** every token that came to the API */
  readonly tokens: Set<string>
  /** methods and URLs that came to the API, in order */
  readonly requests: string[]
  /** what was put into the table */
  readonly items: Record<string, AttributeValue>[]
  /** Ends every answer of the API that is still being given, as a gateway does. */
  endStreams(): void
  /** Breaks their connections. */
  breakStreams(): void
  close(): Promise<void>
}

type Answer = { readonly status?: number; readonly body: unknown }

/** All that an instance's agent talks to, on one port: the metadata service, the ECS agent, SQS, ECS and the API's URL. */
export const startStandIn = async (options: StandInOptions): Promise<StandIn> => {
  const { host = '127.0.0.1', ecs, sqs } = options
  const items: Record<string, AttributeValue>[] = []
  const state = {
    interruption: undefined as StandIn['interruption'],
    tokens: new Set<string>(),
    requests: [] as string[],
    items,
    /** as DynamoDB's protocol has it: bytes are base64 */
    putItem: ({ Item: { data, ...item } }: { Item: Record<string, { B?: string }> }) => {
      items.push({ ...item, data: { B: Buffer.from(data?.B ?? '', 'base64') } } as never)
      return {}
    },
  }

  const instance: Record<string, () => Answer> = {
    'PUT /latest/api/token': () => ({ body: 'session' }),
    'GET /latest/dynamic/instance-identity/document': () => ({
      body: {
        instanceId: options.instanceId,
        instanceType: 't4g.medium',
        region: 'eu-west-1',
        availabilityZone: 'eu-west-1a',
        privateIp: options.privateAddress,
        accountId: '111122223333',
      },
    }),
    'GET /latest/meta-data/local-hostname': () => ({ body: 'ip-203-0-113-2.eu-west-1.compute.internal' }),
    'GET /latest/meta-data/iam/security-credentials/': () => ({ body: 'node-role' }),
    'GET /latest/meta-data/iam/security-credentials/node-role': () => ({
      body: {
        Code: 'Success',
        AccessKeyId: 'AKIATEST',
        SecretAccessKey: 'secret',
        Token: 'session-token',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
    }),
    'GET /latest/meta-data/instance-life-cycle': () => ({ body: 'spot' }),
    'GET /latest/meta-data/spot/instance-action': () =>
      state.interruption ? { body: state.interruption } : { status: 404, body: '' },
    'GET /v1/metadata': () => ({ body: { Cluster: 'test', ContainerInstanceArn: options.containerInstance, Version: 'test' } }),
  }

  const streams = new Map<AbortController, ServerResponse>()
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    const { method = 'GET', url = '/' } = request
    if (url.startsWith('/prod/')) return serveApi(request, response, body)
    const [service, operation] = String(request.headers['x-amz-target'] ?? '').split('.')
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(value))
    if (service && operation) {
      try {
        const input = JSON.parse(body.toString() || '{}') as object
        if (service.startsWith('DynamoDB')) return void json(200, state.putItem(input as never))
        const answer = service === 'AmazonSQS' ? await callSqs(sqs, operation, input) : await ecs.call(operation, input)
        return void json(200, answer)
      } catch (error) {
        const { name, message } = error as Error
        return void json(400, { __type: `com.amazonaws.sqs#${name}`, message })
      }
    }
    const found = instance[`${method} ${url}`]?.() ?? { status: 404, body: '' }
    const text = typeof found.body === 'string' ? found.body : JSON.stringify(found.body)
    response.writeHead(found.status ?? 200, { 'content-type': 'text/plain' }).end(text)
  }
  const serveApi = async (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const token = String(request.headers.authorization ?? '').replace(/^Bearer /, '')
    state.tokens.add(token)
    const url = new URL(request.url?.slice('/prod'.length) ?? '/', 'http://api')
    state.requests.push(`${request.method} ${url.pathname}${url.search}`)
    const gone = new AbortController()
    streams.set(gone, response)
    response.once('close', () => streams.delete(gone))
    response.once('close', () => gone.abort())
    const peer = options.api?.user(token)
    const answer = await options.api!.handle({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      header: (name) => request.headers[name] as string | undefined,
      body: async () => body,
      signal: gone.signal,
      ...(peer ? { peer } : {}),
    })
    response.writeHead(answer.status, answer.headers)
    if (answer.body instanceof Uint8Array) return void response.end(answer.body)
    response.flushHeaders()
    for await (const chunk of answer.body) response.write(chunk)
    response.end()
  }
  server.listen(0, host)
  await once(server, 'listening')
  return Object.assign(state, {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    endStreams: () => {
      for (const stream of streams.keys()) stream.abort()
    },
    breakStreams: () => {
      for (const response of streams.values()) response.destroy()
    },
    close: async () => {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

const callSqs = (sqs: FakeSqs, operation: string, input: object): Promise<unknown> => {
  const Command = (sqsCommands as unknown as Record<string, new (input: object) => never>)[`${operation}Command`]
  if (!Command) throw new Error(`SQS has no operation "${operation}"`)
  return sqs.client.send(new Command(input))
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** What the environment of the agent's process says of it, beside where the processor, the engine and the data are. */
export const instanceVariables = (url: string, heartbeatQueueUrl: string): Record<string, string> => ({
  WINDLASS_SERVER: `${url}/prod`,
  WINDLASS_CLUSTER_NAME: 'test',
  WINDLASS_HEARTBEAT_QUEUE_URL: heartbeatQueueUrl,
  WINDLASS_MAILBOX_PREFIX: 'test-mailbox-',
  WINDLASS_ECS_CLUSTER: 'test',
  WINDLASS_TABLE: 'test',
  WINDLASS_SERVICE_CIDR: '10.96.0.0/16',
  WINDLASS_POD_CIDR: '10.244.0.0/16',
  WINDLASS_ECS_AGENT_ENDPOINT: url,
  AWS_REGION: 'eu-west-1',
  AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  AWS_ENDPOINT_URL_SQS: url,
  AWS_ENDPOINT_URL_ECS: url,
  AWS_ENDPOINT_URL_DYNAMODB: url,
})
