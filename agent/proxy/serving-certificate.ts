import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Client, Resource } from '../../shared/client/client.ts'
import type { KubeObject } from '../../shared/meta/object.ts'

const resource: Resource<KubeObject> = {
  group: 'windlass.dev',
  version: 'v1',
  resource: 'nodes',
  kind: 'Node',
  namespaced: false,
}

const generate = promisify(generateKeyPair)

/** A key of our own, and the cluster's word that it serves `kubernetes.default.svc`. PEM. */
export const obtainServingCertificate = async (client: Client, node: string): Promise<{ certificate: string; key: string }> => {
  const { publicKey, privateKey } = await generate('ec', { namedCurve: 'P-256' })
  const body = { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  const { certificate } = (await client.createSubresource(resource, '', node, 'servingcertificate', body)) as {
    certificate: string
  }
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
