import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Client } from '../../shared/client/client.ts'
import { nodeServices } from '../node/node-services.ts'

const generate = promisify(generateKeyPair)

/** A key of our own, and the cluster's word that it serves `kubernetes.default.svc`. PEM. */
export const obtainServingCertificate = async (client: Client, node: string): Promise<{ certificate: string; key: string }> => {
  const { publicKey, privateKey } = await generate('ec', { namedCurve: 'P-256' })
  const body = { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  const { certificate } = (await client.createSubresource(nodeServices, '', node, 'servingcertificate', body)) as {
    certificate: string
  }
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
