import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Statement } from '../deploy/deployment.ts'
import { account, region } from '../emulator/call.ts'
import type { Fault } from './fault.ts'
import { type Forwarded, throughHoles } from './hole.ts'
import { type Meter, priceOf } from './meter.ts'
import type { Permission } from './needed.ts'
import { type Known, permissionsOf } from './permission.ts'
import { allows } from './policy.ts'
import { type AwsCall, type AwsRequest, readCall, UnknownCall } from './request.ts'
import { callerOf, type Identity } from './sts.ts'

/** Whoever calls AWS: a function or an instance, with what its role grants. */
export interface Principal extends Identity {
  readonly name: string
  readonly statements: readonly Statement[]
}

export interface Answered {
  readonly status: number
  readonly body: unknown
}

export interface EdgeOptions {
  /** the emulator */
  readonly url: string
  /** what has the tables; @default the emulator */
  readonly tablesUrl?: string | undefined
  readonly principals: () => readonly Principal[]
  /** who may only ask STS who he is */
  readonly people: readonly Identity[]
  readonly known: Known
  readonly meter: Meter
  /** what AWS answered to what was allowed */
  readonly onAnswer?: (call: AwsCall, answer: string) => void
  /** services that are played here, not by the emulator */
  readonly played: Readonly<Record<string, (call: AwsCall, request: AwsRequest) => Promise<Answered>>>
}

export interface Denial {
  readonly who: string
  readonly permission: Permission
}

/** Stands between functions and AWS: allows what their roles grant, meters it, and makes it fail at times. */
export class Edge {
  readonly url: string
  readonly denials: Denial[] = []
  /** calls that the harness does not understand */
  readonly unknown: string[] = []
  /** what happens to a call; and how late it is answered anyway */
  faultOf: (call: AwsCall, who: string) => Fault = () => ({ type: 'none' })
  latencyMs: (call: AwsCall) => number = () => 0
  /** every call and its answer, for whom wants to look */
  onCall: (call: AwsCall, who: string, request: string) => void = () => undefined
  readonly #options: EdgeOptions
  readonly #server: ReturnType<typeof createServer>

  private constructor(options: EdgeOptions, server: ReturnType<typeof createServer>) {
    this.#options = options
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(options: EdgeOptions): Promise<Edge> {
    const server = createServer((request, response) => {
      edge.#serve(request, response).catch((error: unknown) => {
        edge.unknown.push(String(error))
        response.destroy()
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const edge = new Edge(options, server)
    return edge
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString()
    const { method = 'GET', url: path = '/', headers } = incoming
    const request = { method, path, headers, body }
    if (path.startsWith('/?')) return this.#identify(request, response)
    let call: AwsCall
    let needed: Permission[]
    try {
      call = readCall(request)
      needed = permissionsOf(call, this.#options.known)
    } catch (error) {
      if (!(error instanceof UnknownCall)) throw error
      this.unknown.push(error.message)
      return refuse(response, 400, { __type: 'UnknownOperationException', message: error.message })
    }
    const principal = this.#options.principals().find(({ accessKeyId }) => accessKeyId === call.accessKeyId)
    if (!principal)
      return refuse(response, 403, {
        __type: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      })
    const denied = needed.find((permission) => !allows(principal.statements, permission))
    if (denied) {
      this.denials.push({ who: principal.name, permission: denied })
      const message = `User: ${principal.arn} is not authorized to perform: ${denied.action} on resource: ${denied.resource} because no identity-based policy allows the ${denied.action} action`
      return refuse(response, 400, { __type: 'AccessDeniedException', message })
    }
    this.onCall(call, principal.name, body)
    const late = this.latencyMs(call)
    if (late > 0) await new Promise((resolve) => setTimeout(resolve, late))
    const fault = this.faultOf(call, principal.name)
    if (fault.type === 'lose-call') return void incoming.socket.destroy()
    if (fault.type === 'refuse') return refuse(response, fault.status, { __type: fault.name, message: 'planted', ...fault.more })
    const answer = await this.#perform(call, request)
    this.#options.onAnswer?.(call, answer.body)
    this.#options.meter.add(priceOf(call, parsed(answer.body), principal.name))
    if (fault.type === 'lose-answer') return void incoming.socket.destroy()
    if (fault.type === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms))
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) }).end(answer.body)
  }

  async #perform(call: AwsCall, request: AwsRequest): Promise<Forwarded> {
    const played = this.#options.played[call.service]
    if (played) {
      const { status, body } = await played(call, request)
      return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) }
    }
    // Units are metered whether the caller wants to know them or not.
    const onTables = call.service === 'dynamodb'
    const metered = onTables && !call.action.startsWith('Describe')
    const asked = metered ? JSON.stringify({ ...call.input, ReturnConsumedCapacity: 'TOTAL' }) : request.body
    const otherWords = this.#otherWords[call.service] ?? []
    const body = otherWords.reduce((text, [ours, theirs]) => text.replaceAll(ours, theirs), asked)
    const { url, tablesUrl = url } = this.#options
    const answer = await throughHoles(call, { ...request, body }, (each) => forward(onTables ? tablesUrl : url, each))
    return { ...answer, body: otherWords.reduce((text, [ours, theirs]) => text.replaceAll(theirs, ours), answer.body) }
  }

  /** By service: what stands in a call, and what the emulator has for it. */
  get #otherWords(): Readonly<Record<string, readonly (readonly [ours: string, theirs: string])[]>> {
    return {
      // A queue's URL is where calls go to: through here.
      sqs: [[this.url, this.#options.url]],
      // To the emulator every load balancer is an Application Load Balancer.
      elasticloadbalancing: ['/', '%2F'].map((slash) => [`${slash}net${slash}`, `${slash}app${slash}`] as const),
    }
  }

  #identify({ path, headers }: AwsRequest, response: ServerResponse): void {
    const identities = [...this.#options.principals(), ...this.#options.people]
    const caller = callerOf({ path, headers }, { identities, region, nowMs: Date.now() })
    if (!caller) {
      refuse(response, 403, { Error: { Code: 'SignatureDoesNotMatch' } })
      return
    }
    const GetCallerIdentityResult = { Account: account, Arn: caller.arn, UserId: caller.userId }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult } }))
  }
}

const refuse = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
}

const parsed = (text: string): Readonly<Record<string, unknown>> =>
  text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}

const forward = async (url: string, { method, path, headers, body }: AwsRequest): Promise<Forwarded> => {
  // To the emulator a key of twelve digits is an account.
  const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${account}`)
  const { 'content-length': _, ...others } = headers
  const sent = send(`${url}${path}`, { method, headers: { ...others, authorization, host: new URL(url).host } })
  sent.end(body)
  const [received] = (await once(sent, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of received) parts.push(part as Buffer)
  const type = received.headers['content-type'] ?? 'application/json'
  return { status: received.statusCode ?? 500, headers: { 'content-type': type }, body: Buffer.concat(parts).toString() }
}
