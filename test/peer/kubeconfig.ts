import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Kubeconfig {
  readonly 'current-context': string
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[]
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[]
  readonly users: readonly { name: string; user: Record<string, string> }[]
}

export interface Access {
  /** URL */
  readonly server: string
  /** PEM texts */
  readonly ca: string | Buffer
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** Of a kubeconfig's current context. */
export const accessOf = (kubeconfig: string): Access => {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const context = config.contexts.find(({ name }) => name === config['current-context'])!.context
  const cluster = config.clusters.find(({ name }) => name === context.cluster)!.cluster
  const user = config.users.find(({ name }) => name === context.user)!.user
  return {
    server: cluster.server!,
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
  }
}

const pem = (entry: Record<string, string>, name: string): string | Buffer =>
  entry[`${name}-data`] === undefined ? readFileSync(entry[name]!) : Buffer.from(entry[`${name}-data`]!, 'base64')
