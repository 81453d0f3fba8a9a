import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { encryptedResources } from '../../shared/apiserver/standard-server.ts'
import { identityResource } from '../../shared/identity/kept-identity.ts'
import { encryptingStore } from '../../shared/secrets/encrypting-store.ts'
import { openKeyFile } from '../../shared/secrets/key-file.ts'
import { openLmdbStore } from '../../shared/storage/lmdb/open.ts'
import { startFunctions } from './environment.ts'

const canary = 'canary-9f8e7d6c5b4a'
const encoded = Buffer.from(canary).toString('base64')

interface AuditEvent {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef: { readonly name: string }
  readonly responseStatus: { readonly code: number }
}

it('lets no value of a Secret out in clear: not into the store, its log, queues, mailboxes, logs, the audit log or errors', async () => {
  const path = mkdtempSync(join(tmpdir(), 'windlass-secrets-'))
  const stored = await openLmdbStore({ path })
  const keys = await openKeyFile(join(path, 'keys.json'))
  const isEncrypted = (resource: string) => encryptedResources.has(resource) || resource === identityResource
  const store = encryptingStore({ store: stored, keys, isEncrypted })
  const run = await startFunctions({ openStore: async () => ({ store, heartbeats: stored.heartbeats }) })
  try {
    await run.resync('start')
    await run.addNode('i-1')
    await run.settle()
    const secrets = '/api/v1/namespaces/default/secrets'
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: encoded } }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: {
        containers: [{ name: 'web', image: 'web:1' }],
        volumes: [{ name: 'db', secret: { secretName: 'db' } }],
      },
    }
    expect((await run.call('POST', secrets, secret)).status).toBe(201)
    expect((await run.call('POST', '/api/v1/namespaces/default/pods', pod)).status).toBe(201)
    await run.settle()
    const again = await run.call('POST', secrets, secret)
    expect(again.status).toBe(409)
    const wrong = await run.call('PUT', `${secrets}/db`, {
      ...secret,
      metadata: { name: 'db', resourceVersion: '1' },
      immutable: 'x',
    })
    expect(wrong.status).toBeGreaterThanOrEqual(400)
    const changed = { ...secret, data: { password: Buffer.from(`${canary}-2`).toString('base64') } }
    expect((await run.call('PUT', `${secrets}/db`, changed)).status).toBe(200)
    await run.settle()
    await run.call('DELETE', `${secrets}/db`)
    await run.settle()
    expect(run.sqs.sent.some((message) => /secrets.*db/.test(message))).toBe(true)

    const files = readdirSync(path).filter((name) => name.startsWith('data') || name.endsWith('.mdb'))
    expect(files).not.toEqual([])
    const audited = run.audited.map((line) => JSON.parse(line) as AuditEvent).filter(({ user }) => user.username === 'admin')
    const told = audited.map(({ verb, objectRef, responseStatus }) => `${verb} ${objectRef.name} ${responseStatus.code}`)
    expect(told).toEqual([
      'create undefined 201',
      'create undefined 409',
      `update db ${wrong.status}`,
      'update db 200',
      'delete db 200',
    ])
    const everywhere = [
      ...run.audited,
      ...run.sqs.sent,
      ...run.logs,
      JSON.stringify([again.body, wrong.body]),
      ...files.map((name) => readFileSync(join(path, name), 'latin1')),
    ].join('\n')
    for (const clear of [canary, encoded.slice(0, 20)]) expect(everywhere.includes(clear)).toBe(false)
    expect(everywhere.includes('PRIVATE KEY')).toBe(false)
  } finally {
    await run.stop()
    rmSync(path, { recursive: true, force: true })
  }
})
