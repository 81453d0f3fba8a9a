import { configMaps } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { createMissing } from '../namespace-content.ts'

const namespace = 'kube-system'
const name = 'extension-apiserver-authentication'

export interface ExtensionAuthenticationOptions {
  /** PEM: who signs the certificates of clients */
  readonly clientAuthority: string
  /** PEM: who signs the certificate by which this server says for whom it asks */
  readonly frontProxyAuthority: () => Promise<string>
  /** common names of such certificates */
  readonly frontProxyNames: readonly string[]
}

/** What extension servers read to know whom to believe. What others put there beside it stays. */
export const createExtensionAuthentication = (options: ExtensionAuthenticationOptions): Controller => {
  const wantedData = async () => ({
    'client-ca-file': options.clientAuthority,
    'requestheader-allowed-names': JSON.stringify(options.frontProxyNames),
    'requestheader-client-ca-file': await options.frontProxyAuthority(),
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-uid-headers': '["X-Remote-Uid"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  })
  return {
    name: 'extension-apiserver-authentication',
    initialKeys: [name],
    watches: [
      watch(configMaps, (object, previous) => {
        const { metadata } = (object ?? previous)!
        return metadata.name === name && metadata.namespace === namespace ? [name] : []
      }),
    ],
    reconcile: async (_key, { cache, client }) => {
      const data = await wantedData()
      const existing = cache.get(configMaps, namespace, name)
      if (!existing) {
        await createMissing(client, configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data })
        return
      }
      if (Object.entries(data).every(([key, value]) => existing.data?.[key] === value)) return
      await client.update(configMaps, { ...existing, data: { ...existing.data, ...data } })
    },
  }
}
