// `npm run serve:dynamodb`: the API as the functions serve it, over DynamoDB Local, with all controllers and no nodes, until Ctrl-C.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCluster } from '../../functions/wiring/cluster.ts'
import { addressPlan, defaultRanges } from '../../local/addresses.ts'
import { startControlPlane } from '../../local/control-plane.ts'
import { serve } from '../../local/http-server.ts'
import { addToKubeconfig } from '../../local/kubeconfig.ts'
import { openPki } from '../../local/pki.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { createLogger } from '../../shared/platform/log.ts'
import { loadSchemas } from '../../shared/resources/schemas.ts'
import { openDynamoDbHeartbeats } from '../../shared/storage/dynamodb/heartbeats.ts'
import { openDynamoDbStore } from '../../shared/storage/dynamodb/open.ts'
import { openLogTail } from '../../shared/storage/tail/open.ts'
import { DynamoDbLocal, hasJava } from '../fakes/dynamodb-local.ts'

if (!hasJava) {
  console.error('DynamoDB Local takes Java')
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'windlass-dynamodb-'))
const dynamoDb = await DynamoDbLocal.start()
const table = await dynamoDb.newTable()
const log = createLogger({ write: (line) => console.error(line), level: 'warn' })
const plan = addressPlan(defaultRanges)
loadSchemas()

/** As in a process of its own: each learns what others wrote from the table. */
const openProcess = async () => {
  const client = dynamoDb.client()
  return openCluster({
    store: await openDynamoDbStore({ client, table }),
    heartbeats: openDynamoDbHeartbeats({ client, table }),
    serviceCidr: plan.serviceRange,
    issuer: 'https://kubernetes.default.svc.cluster.local',
    clock: systemClock,
    log,
  })
}

const pki = await openPki(folder)
const serving = await pki.certificate('apiserver', { name: 'kube-apiserver', usage: 'server', addresses: ['127.0.0.1'] })
const admin = await pki.certificate('admin', { name: 'kubernetes-admin', groups: ['system:masters'], usage: 'client' })
const api = await openProcess()
const listener = await serve({
  handle: api.handle,
  port: 0,
  hosts: ['127.0.0.1'],
  tls: { cert: serving.certificate, key: serving.key, ca: pki.authority.certificate },
  log,
})
const behind = await openProcess()
// Controllers are to hear of everything at once, as if the table's stream woke them.
const tail = await openLogTail({ store: behind.store, log })
const plane = await startControlPlane({
  api: { ...behind, tail, close: () => tail.close() },
  authority: pki.authority,
  plan,
  port: listener.port,
  log,
})
const kubeconfig = join(folder, 'kubeconfig')
await addToKubeconfig(kubeconfig, {
  name: 'dynamodb',
  server: `https://127.0.0.1:${listener.port}`,
  certificateAuthority: pki.authority.certificate,
  clientCertificate: admin.certificate,
  clientKey: admin.key,
})
const end = async () => {
  await Promise.all([listener.close(), plane.stop()])
  await dynamoDb.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
console.log(kubeconfig)
