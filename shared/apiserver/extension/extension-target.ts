import { Buffer } from 'node:buffer'
import type { FrontProxyIdentity } from '../../reach/front-proxy.ts'
import type { ReachTarget, ReachTls } from '../../reach/reach.ts'
import { availableOf } from '../../resources/apiregistration/resource.ts'
import type { ExtensionService } from './extension-version.ts'

/** Where an extension server is, and whom it is believed to be. */
export const extensionTarget = (
  { spec: { service, caBundle, insecureSkipTLSVerify } }: ExtensionService,
  frontProxy: FrontProxyIdentity | undefined,
): { target: ReachTarget & { service: object }; tls: ReachTls } => {
  const { namespace = '', name = '', port = 443 } = service
  return {
    target: { service: { namespace, name, port } },
    tls: {
      serverName: `${name}.${namespace}.svc`,
      authorities: caBundle ? Buffer.from(caBundle, 'base64').toString() : undefined,
      insecure: insecureSkipTLSVerify,
      client: frontProxy && { certificate: frontProxy.certificate, key: frontProxy.key },
    },
  }
}

export const isAvailable = (service: ExtensionService): boolean => availableOf(service)?.status === 'True'
