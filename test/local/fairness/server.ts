import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultRanges } from '../../../local/addresses.ts'
import { type ApiProcess, openApiProcess } from '../../../local/api-process.ts'
import { openDataDirectory } from '../../../local/data-directory.ts'
import { serve } from '../../../local/http-server.ts'
import { openPki } from '../../../local/pki.ts'
import { flowControlResources } from '../../../shared/apiserver/flowcontrol/configuration.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import { ensureFlowControlDefaults } from '../../../shared/controllers/flowcontrol/default-configuration.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { clusterRoleBindings, clusterRoles, configMaps, namespaces } from '../../../shared/resources/resource.ts'
import { createStoreCache } from '../../../shared/storage/store-cache.ts'
import type { Access } from './person.ts'

const rbac = 'rbac.authorization.k8s.io'

/** An API server as `npm start` has it, without controllers and nodes. Its people may do everything, but none is exempt. */
export const startServer = async (options: { seats: number; objects: number; changes: number }) => {
  // others' use of the disk is nothing to measure
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'windlass-fairness-'))
  const { directory } = await openDataDirectory(folder)
  const pki = await openPki(directory.pki)
  const log = createLogger({ write: (line) => console.error(line), level: 'error' })
  const api = await openApiProcess({
    directory,
    ranges: defaultRanges,
    allowExternalIPs: false,
    maxRequestsInFlight: options.seats,
    pki,
    role: 'owner',
    log,
  })
  await fill(api, options)
  const addresses = ['127.0.0.1']
  const { certificate: cert, key } = await pki.certificate('apiserver', { name: 'kube-apiserver', usage: 'server', addresses })
  const ca = pki.authority.certificate
  const server = await serve({ handle: api.handle, port: 0, hosts: addresses, tls: { cert, key, ca }, log })
  return {
    accessOf: async (name: string): Promise<Access> => ({
      port: server.port,
      ca,
      identity: await pki.certificate(name, { name, groups: ['people'], usage: 'client' }),
    }),
    stop: async () => {
      await server.close()
      await api.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** What everybody may, upstream's FlowSchemas, two namespaces with so many objects, and behind that so many changes elsewhere. */
const fill = async (
  { store, tail, handle }: ApiProcess,
  { objects, changes }: { readonly objects: number; readonly changes: number },
) => {
  const client = createInProcessClient(handle, { name: 'admin', groups: ['system:masters'] })
  const cache = await createStoreCache({ store, tail, resources: flowControlResources })
  await ensureFlowControlDefaults({ client, cache })
  cache.close()
  const rules = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ]
  await client.create(clusterRoles, { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'all' }, rules })
  await client.create(clusterRoleBindings, {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'all' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'all' },
    subjects: [{ kind: 'Group', apiGroup: rbac, name: 'people' }],
  })
  const data = { text: 'x'.repeat(500) }
  const fillNamespace = async (name: string, count: number) => {
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    const make = (number: number) =>
      client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `known-${number}`, namespace: name },
        data,
      })
    for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => make(i + j)))
  }
  await fillNamespace('calm', objects)
  await fillNamespace('flooded', objects)
  await fillNamespace('made', changes)
}
