import { Buffer } from 'node:buffer'
import type { FrontProxy } from '../../reach/front-proxy.ts'
import type { ReachService, ReachTarget, ReachTls } from '../../reach/reach.ts'
import { availableOf } from '../../resources/apiregistration/resource.ts'
import type { ExtensionService } from './extension-version.ts'

/** Where an extension server is, and whom it is believed to be. */
export const extensionTarget = async (
  { spec: { service, caBundle, insecureSkipTLSVerify } }: ExtensionService,
  frontProxy: FrontProxy | undefined,
): Promise<{ target: ReachTarget & { service: ReachService }; tls: ReachTls }> => {
  const { namespace = '', name = '', port = 443 } = service
  const client = await frontProxy?.identity()
  return {
    target: { service: { namespace, name, port } },
    tls: {
      serverName: `${name}.${namespace}.svc`,
      authorities: caBundle ? Buffer.from(caBundle, 'base64').toString() : undefined,
      insecure: insecureSkipTLSVerify,
      client: client && { certificate: client.certificate, key: client.key },
    },
  }
}

export const isAvailable = (service: ExtensionService): boolean => availableOf(service)?.status === 'True'
