import { createHash, X509Certificate } from 'node:crypto'
import type { User } from '../../../shared/apiserver/request.ts'
import { accessOf } from '../kubeconfig.ts'

/** Who the peer takes the owner of a certificate for. */
export const administratorOf = (kubeconfig: string): User => {
  const { raw } = new X509Certificate(accessOf(kubeconfig).cert)
  const id = `X509SHA256=${createHash('sha256').update(raw).digest('hex')}`
  return {
    name: 'admin',
    groups: ['system:masters', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [id] },
  }
}
