import type { User } from '../../../shared/apiserver/request.ts'
import { startTestServer, type TestServer } from '../../shared/apiserver/environment.ts'
import type { Connection } from '../connection.ts'
import { fuzzNamespace } from './request.ts'
import type { FuzzServer } from './speaker.ts'

/** Our server without its controllers: the peer has none either, and what they change would differ by the moment. */
export const startOurs = async (user: User): Promise<{ server: FuzzServer; stop: TestServer['stop'] }> => {
  const ours = await startTestServer()
  const server: FuzzServer = {
    send: async ({ method, path, body, headers }) => {
      const { code, headers: answered, text } = await ours.call(method, path, { body, headers, user })
      return { code, warning: answered.warning, text }
    },
  }
  await prepare(server)
  return { server, stop: ours.stop }
}

export const peerServer = async (connection: Connection): Promise<FuzzServer> => {
  const server: FuzzServer = {
    send: async ({ method, path, body, headers }) => {
      const { code, headers: answered, text } = await connection.send({ method, path, headers, ...(body ? { body } : {}) })
      return { code, warning: answered.warning as string | undefined, text }
    },
  }
  await clear(server)
  await prepare(server)
  return server
}

/** What is left of an earlier run would have a say in this one. */
const clear = async (server: FuzzServer): Promise<void> => {
  for (const plural of ['limitranges', 'resourcequotas'])
    await server.send({ method: 'DELETE', path: `/api/v1/namespaces/${fuzzNamespace}/${plural}`, headers: {}, body: undefined })
  const defaults = '/apis/scheduling.k8s.io/v1/priorityclasses?labelSelector=fuzz'
  await server.send({ method: 'DELETE', path: defaults, headers: {}, body: undefined })
}

const prepare = async (server: FuzzServer): Promise<void> => {
  const make = (path: string, name: string) =>
    server.send({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ metadata: { name } })),
    })
  await make('/api/v1/namespaces', fuzzNamespace)
  await make(`/api/v1/namespaces/${fuzzNamespace}/serviceaccounts`, 'default')
}
