import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { setPriority } from 'node:os'
import { connect as connectTls } from 'node:tls'
import type { Access } from './person.ts'

// A client that keeps so many requests of one kind in flight, as a program that knows no pause does.
export type FloodKind =
  | 'gets'
  | 'creates'
  | 'lists'
  | 'watches'
  | 'watches that stay'
  | 'watches from far back'
  | 'slow bodies'
  | 'half-closed connections'
export interface FloodMessage {
  readonly access: Access
  readonly kind: FloodKind
  readonly inFlight: number
}

// It shall fill the server, not take the machine from it.
setPriority(10)
const [{ access, kind, inFlight }] = (await once(process, 'message')) as [FloodMessage]
const { port, ca, identity } = access
const connections = 5
const counts: Record<string, number> = {}
let number = 0
const note = (what: string | number) => {
  counts[what] = (counts[what] ?? 0) + 1
}
const path = '/api/v1/namespaces/flooded/configmaps'
const madePath = '/api/v1/namespaces/made/configmaps'
/** of those of the server */
const objects = 500
const bodyOf = (name: string) => JSON.stringify({ metadata: { name }, data: { text: 'x'.repeat(500) } })

const requests: Record<string, (session: ClientHttp2Session, done: () => void) => void> = {
  gets: (session, done) => ask(session, { ':path': `${path}/known-${number++ % objects}` }, done).end(),
  lists: (session, done) => ask(session, { ':path': path }, done).end(),
  creates: (session, done) =>
    ask(session, { ':path': madePath, ':method': 'POST' }, done).end(bodyOf(`made-${process.pid}-${number++}`)),
  watches: (session, done) => {
    // One that begins with hundreds of objects is some milliseconds of work in one piece.
    const stream = ask(session, { ':path': '/api/v1/namespaces?watch=true' }, done)
    stream.end()
    stream.once('data', () => stream.close())
  },
  'watches that stay': (session, done) =>
    ask(session, { ':path': `${path}?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan` }, done).end(),
  'watches from far back': (session, done) => ask(session, { ':path': `${path}?watch=true&resourceVersion=1000` }, done).end(),
  'slow bodies': (session, done) => {
    const body = bodyOf(`slow-${process.pid}-${number++}`)
    const stream = ask(session, { ':path': path, ':method': 'POST', 'content-length': String(body.length) }, done)
    stream.write(body.slice(0, 10))
  },
}

const ask = (session: ClientHttp2Session, headers: Record<string, string>, done: () => void) => {
  const stream = session.request({ 'content-type': 'application/json', ...headers }, { endStream: false })
  stream.on('response', (received) => note(Number(received[':status'])))
  stream.on('error', () => note('error'))
  stream.on('data', () => undefined)
  stream.on('close', done)
  return stream
}

/** What breaks is begun anew: the server may well cut off who asks too much. */
const open = () => {
  const session = connect(`https://127.0.0.1:${port}`, tls)
  session.on('error', () => note('session error'))
  session.on('close', () => setTimeout(open, 50))
  const again = () => {
    if (!session.destroyed && !session.closed) requests[kind]!(session, again)
  }
  session.once('connect', () => {
    for (let each = 0; each < inFlight / connections; each++) again()
  })
}

const tls = { ca, cert: identity.certificate, key: identity.key }
if (kind === 'half-closed connections') {
  const half = () => {
    const socket = connectTls({ host: '127.0.0.1', port, ...tls, ALPNProtocols: ['http/1.1'] })
    socket.on('secureConnect', () => socket.end(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{`))
    socket.on('error', () => note('error'))
    socket.on('data', () => note('data'))
    socket.on('close', () => {
      note('closed')
      setTimeout(half, 10)
    })
  }
  for (let i = 0; i < inFlight; i++) setTimeout(half, i * 5)
} else for (let i = 0; i < connections; i++) open()
process.send!('floods')
process.on('message', () => process.send!(counts))
process.on('disconnect', () => process.exit(0))
