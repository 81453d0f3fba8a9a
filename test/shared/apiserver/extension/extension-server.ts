import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { createAuthority, issue, type KeyPair } from '../../../../shared/identity/certificates.ts'
import { createDirectReach, type DirectReach } from '../../../../shared/reach/direct.ts'
import type { FrontProxy } from '../../../../shared/reach/front-proxy.ts'

export const group = 'wardle.example.com'
const resources = [
  { name: 'flunders', singularName: 'flunder', namespaced: true, kind: 'Flunder', verbs: ['get', 'list', 'watch'] },
  { name: 'flunders/status', singularName: '', namespaced: true, kind: 'Flunder', verbs: ['get'] },
]

export interface ExtensionServer {
  readonly reach: DirectReach
  readonly frontProxy: FrontProxy
  readonly caBundle: string
  readonly asked: {
    readonly method: string
    readonly url: string
    readonly headers: NodeJS.Dict<string | string[]>
    body: string
    client: string
  }[]
  /** what it answers where the aggregated list is asked for; default: that */
  legacy: false | number
  down: boolean
  close(): void
}

/** A server of a group of its own, at the Service `default/wardle`, that believes whoever the front proxy says. */
export const startExtensionServer = async (): Promise<ExtensionServer> => {
  const authority = await createAuthority('extension')
  const signer = await createAuthority('front-proxy')
  const serving = await issue(authority, { name: 'wardle', dnsNames: ['wardle.default.svc'], usage: 'server' })
  const client: KeyPair = await issue(signer, { name: 'front-proxy-client', usage: 'client' })
  const frontProxy: FrontProxy = { identity: async () => client, authority: async () => signer.certificate }
  const asked: ExtensionServer['asked'] = []
  const tls = {
    cert: serving.certificate,
    key: serving.key,
    ca: signer.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server: Server = createServer(tls, async (message, response) => {
    const { method = '', url = '', headers } = message
    const client = (message.socket as TLSSocket).authorized
      ? String((message.socket as TLSSocket).getPeerCertificate().subject.CN)
      : ''
    const noted = { method, url, headers, body: '', client }
    asked.push(noted)
    const json = (value: unknown, code = 200) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (state.down) return json({ message: 'down' }, 500)
    if (url.includes('watch=')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"type":"ADDED","object":{"kind":"Flunder"}}\n')
      if (url.includes('dies')) setImmediate(() => message.socket.destroy())
      return
    }
    if (url.startsWith('/apis?') || url === '/apis') {
      if (state.legacy) return json({ kind: 'APIGroupList', groups: [] }, state.legacy)
      const versions = [
        {
          version: 'v1alpha1',
          resources: [{ resource: 'flunders', scope: 'Namespaced', verbs: ['get'], subresources: [{ subresource: 'status' }] }],
          freshness: 'Current',
        },
      ]
      return json({
        kind: 'APIGroupDiscoveryList',
        apiVersion: 'apidiscovery.k8s.io/v2',
        items: [{ metadata: { name: group }, versions }],
      })
    }
    if (url === `/apis/${group}/v1alpha1`) return json({ kind: 'APIResourceList', groupVersion: `${group}/v1alpha1`, resources })
    if (url.includes('away')) return response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end()
    noted.body = await text(message)
    json({ kind: 'Flunder', said: noted.body })
  })
  server.on('upgrade', (message, socket) => {
    asked.push({ method: message.method!, url: message.url!, headers: message.headers, body: '', client: 'upgraded' })
    socket.on('error', () => socket.destroy())
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reach = createDirectReach({
    addressOf: async ({ name, namespace }) => {
      if (`${namespace}/${name}` !== 'default/wardle') throw new Error(`service ${JSON.stringify(name)} not found`)
      return { host: '127.0.0.1', port, nodeName: undefined }
    },
  })
  const state: Pick<ExtensionServer, 'legacy' | 'down'> = { legacy: false, down: false }
  return Object.assign(state, {
    ...{ reach, frontProxy, asked },
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    close: () => {
      reach.close()
      server.close()
      server.closeAllConnections()
    },
  })
}
