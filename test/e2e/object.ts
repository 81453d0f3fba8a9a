/** Manifests that the tests apply, as short as a reader would write them. */

export const nodeImage = 'mycompany/node:24'

export interface ContainerOptions {
  readonly name?: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly [field: string]: unknown
}

export const container = ({ name = 'main', image = nodeImage, ...rest }: ContainerOptions = {}) => ({ name, image, ...rest })

export const pod = (name: string, spec: object, labels: Record<string, string> = { app: name }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec,
})

export const deployment = (name: string, options: { replicas: number; spec: object; strategy?: object }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: options.replicas,
    selector: { matchLabels: { app: name } },
    ...(options.strategy ? { strategy: options.strategy } : {}),
    template: { metadata: { labels: { app: name } }, spec: options.spec },
  },
})

export const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})

/** A process that ends at once when it is asked to. */
export const idle = ['sh', '-c', 'trap exit TERM INT; while :; do sleep 0.2; done']

/** Answers every request on the port with its own host name. */
export const sayName = (port: number) => [
  'node',
  '-e',
  `require('http').createServer((q, r) => r.end(require('os').hostname() + ' ' + q.socket.remoteAddress)).listen(${port}); process.on('SIGTERM', () => process.exit())`,
]
