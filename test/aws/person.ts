import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const execVersion = 'client.authentication.k8s.io/v1beta1'
const lastsMs = 120_000

/** A person's kubeconfig in this folder, with credentials as `aws eks get-token` answers them, renewed until `stop`. */
export const startPerson = async (options: {
  readonly folder: string
  readonly server: string
  readonly certificateAuthority: string
  readonly token: () => Promise<string>
}): Promise<{ readonly kubeconfig: string; stop(): void }> => {
  const { folder, server, certificateAuthority, token } = options
  const pathOf = (name: string) => join(folder, name)
  const renew = async () => {
    const status = { token: await token(), expirationTimestamp: new Date(Date.now() + lastsMs).toISOString() }
    const credential = { kind: 'ExecCredential', apiVersion: execVersion, status }
    // Whoever reads meanwhile gets the old one, whole.
    writeFileSync(pathOf('credential.new'), JSON.stringify(credential), { mode: 0o600 })
    renameSync(pathOf('credential.new'), pathOf('credential'))
  }
  await renew()
  const renewal = setInterval(() => void renew(), lastsMs / 2)
  writeFileSync(pathOf('ca.pem'), certificateAuthority)
  const exec = { apiVersion: execVersion, command: 'cat', args: [pathOf('credential')], interactiveMode: 'Never' }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'aws', cluster: { server, 'certificate-authority': pathOf('ca.pem') } }],
    users: [{ name: 'admin', user: { exec } }],
    contexts: [{ name: 'aws', context: { cluster: 'aws', user: 'admin' } }],
    'current-context': 'aws',
  }
  writeFileSync(pathOf('kubeconfig'), JSON.stringify(config))
  return { kubeconfig: pathOf('kubeconfig'), stop: () => clearInterval(renewal) }
}
