import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAuthority, issue } from '../../../../shared/identity/certificates.ts'

type Json = Record<string, unknown>

export interface ConversionReview {
  kind: string
  apiVersion: string
  request: { uid: string; desiredAPIVersion: string; objects: (Json & { apiVersion: string; metadata: Json; spec?: Json })[] }
}

interface Answering {
  readonly review: ConversionReview
  /** the converted objects, to be spoiled */
  readonly objects: (Json & { metadata: unknown; spec?: unknown })[]
  readonly response: Json
  readonly out: Json
  readonly reply: ServerResponse
  readonly send: (value: unknown, code?: number) => void
}

/** `host:port` in one field of v1, in two fields of v2. */
const convert = (object: ConversionReview['request']['objects'][number], apiVersion: string) => {
  const { hostPort, ...spec } = (object.spec ?? {}) as Record<string, string>
  const [host, port] = String(hostPort).split(':')
  const toTwo = apiVersion.endsWith('/v2')
  const others = spec.replicas === undefined ? {} : { replicas: spec.replicas }
  if (toTwo && hostPort !== undefined) return { ...object, apiVersion, spec: { host, port, ...others } }
  const joined = { hostPort: `${spec.host}:${spec.port}`, ...others }
  return { ...object, apiVersion, spec: !toTwo && spec.host !== undefined ? joined : spec }
}

const eachObject = (spoil: (object: Json & { metadata: Json }) => void) => (answering: Answering) => {
  for (const object of answering.objects) spoil(object as Json & { metadata: Json })
  answering.send(answering.out)
}

const changed = (change: (answering: Answering) => void) => (answering: Answering) => {
  change(answering)
  answering.send(answering.out)
}

const code = (status: number, body: string) => (answering: Answering) => answering.send(body, status)

/** What a webhook may answer, well or badly, by the path that it is asked at. */
const answers: Readonly<Record<string, (answering: Answering) => void>> = {
  ok: ({ send, out }) => send(out),
  uid: changed(({ response }) => Object.assign(response, { uid: 'other' })),
  failed: changed(({ response }) => Object.assign(response, { result: { status: 'Failure', message: 'no can do' } })),
  failedquiet: changed(({ response }) => Object.assign(response, { result: { status: 'Failed' } })),
  nostatus: changed(({ response }) => delete response.result),
  noresponse: changed(({ out }) => delete out.response),
  few: changed(({ response }) => Object.assign(response, { convertedObjects: [] })),
  many: changed(({ response, objects }) => Object.assign(response, { convertedObjects: [...objects, ...objects] })),
  none: changed(({ response }) => delete response.convertedObjects),
  version: (answering) =>
    eachObject((object) => Object.assign(object, { apiVersion: answering.review.request.objects[0]!.apiVersion }))(answering),
  othergroup: eachObject((object) => Object.assign(object, { apiVersion: 'other.example.com/v1' })),
  kind: eachObject((object) => Object.assign(object, { kind: 'Other' })),
  nokind: eachObject((object) => delete object.kind),
  name: eachObject(({ metadata }) => Object.assign(metadata, { name: 'other' })),
  namespace: eachObject(({ metadata }) => Object.assign(metadata, { namespace: 'other' })),
  ouid: eachObject(({ metadata }) => Object.assign(metadata, { uid: 'other' })),
  nometa: eachObject((object) => delete (object as Json).metadata),
  metatext: eachObject((object) => Object.assign(object, { metadata: 'x' })),
  meta: eachObject(({ metadata }) =>
    Object.assign(metadata, {
      ...{ finalizers: ['a.b/c'], generation: 77, annotations: { a: 'b' }, ownerReferences: [{}] },
      labels: { ...(metadata.labels as Json), hooked: 'yes' },
    }),
  ),
  badlabel: eachObject(({ metadata }) => Object.assign(metadata, { labels: { 'b a d': 'x y' } })),
  badannotation: eachObject(({ metadata }) => Object.assign(metadata, { annotations: { 'b a d': 'x y' } })),
  labelnumber: eachObject(({ metadata }) => Object.assign(metadata, { labels: { a: 1 } })),
  labeltext: eachObject(({ metadata }) => Object.assign(metadata, { labels: 'x' })),
  nulllabels: eachObject(({ metadata }) => Object.assign(metadata, { labels: null })),
  nulls: changed(({ response, objects }) => Object.assign(response, { convertedObjects: objects.map(() => null) })),
  text: changed(({ response, objects }) => Object.assign(response, { convertedObjects: objects.map(() => 'x') })),
  extra: eachObject((object) => Object.assign(object, { spec: { ...(object.spec as Json), unknown: 1 }, extra: 2 })),
  invalid: eachObject((object) => Object.assign(object, { spec: { host: 5, port: 6, hostPort: 7 } })),
  otherkind: changed(({ out }) => Object.assign(out, { kind: 'AdmissionReview' })),
  otherreview: changed(({ out }) => Object.assign(out, { apiVersion: 'apiextensions.k8s.io/v1beta1' })),
  junk: code(200, 'hello'),
  empty: code(200, ''),
  jsonarray: code(200, '[]'),
  jsonnull: code(200, 'null'),
  e500: code(500, 'boom'),
  e404: code(404, 'nope'),
  e400: code(400, 'bad'),
  e403: code(403, 'no'),
  e503: code(503, 'later'),
  e429: code(429, 'slow'),
  estatus: ({ send }) =>
    send({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'said so', reason: 'Conflict', code: 409 }, 409),
  e201: ({ send, out }) => send(out, 201),
  redirect: ({ reply }) => reply.writeHead(302, { location: '/ok' }).end(),
  redirect307: ({ reply }) => reply.writeHead(307, { location: '/ok' }).end(),
  close: ({ reply }) => reply.socket?.destroy(),
  half: ({ reply }) => {
    reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    reply.write('{"kind"', () => reply.socket?.destroy())
  },
  hang: () => undefined,
  big: changed(({ response }) => Object.assign(response, { pad: 'x'.repeat(3 * 1024 * 1024) })),
  huge: changed(({ response }) => Object.assign(response, { pad: 'x'.repeat(20 * 1024 * 1024) })),
  bigobject: eachObject(({ metadata }) => Object.assign(metadata, { annotations: { pad: 'x'.repeat(300 * 1024) } })),
  textplain: ({ reply, out }) => reply.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(out)),
}

export interface ConversionHook {
  readonly port: number
  /** base64, as definitions have it */
  readonly caBundle: string
  /** what it was asked, by path */
  readonly asked: { readonly path: string; readonly review: ConversionReview }[]
  /** another answer at a path */
  readonly answer: (path: string, how: keyof typeof answers) => void
  close(): void
}

export const startConversionHook = async (): Promise<ConversionHook> => {
  const authority = await createAuthority('hooks')
  const { certificate, key } = await issue(authority, { name: 'hook', addresses: ['127.0.0.1'], usage: 'server' })
  const asked: ConversionHook['asked'] = []
  const others = new Map<string, string>()
  const server = createServer({ cert: certificate, key }, async (message, reply) => {
    const review = JSON.parse(await text(message)) as ConversionReview
    const path = new URL(message.url!, 'https://hook').pathname.slice(1)
    asked.push({ path, review })
    const objects = review.request.objects.map((object) => convert(structuredClone(object), review.request.desiredAPIVersion))
    const response: Json = { uid: review.request.uid, result: { status: 'Success' }, convertedObjects: objects }
    const out: Json = { kind: 'ConversionReview', apiVersion: review.apiVersion, response }
    const send = (value: unknown, status = 200) =>
      reply
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof value === 'string' ? value : JSON.stringify(value))
    answers[others.get(path) ?? path]!({ review, objects, response, out, reply, send })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    asked,
    answer: (path, how) => others.set(path, how),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
