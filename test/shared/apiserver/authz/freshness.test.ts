import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { peerAuthenticator } from '../../../../shared/apiserver/authn/peer.ts'
import { createApiServer } from '../../../../shared/apiserver/create-api-server.ts'
import type { User } from '../../../../shared/apiserver/request.ts'
import type { Client } from '../../../../shared/client/client.ts'
import { createInProcessClient } from '../../../../shared/client/in-process.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { definitions } from '../../../../shared/resources/index.ts'
import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindings,
  clusterRoles,
  nodes,
} from '../../../../shared/resources/resource.ts'
import { loadSchemas } from '../../../../shared/resources/schemas.ts'
import { openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import type { Store } from '../../../../shared/storage/store.ts'
import { openLogTail } from '../../../../shared/storage/tail/open.ts'
import { createMovableClock } from '../../controllers/environment.ts'
import { admin } from '../environment.ts'

const jane: User = { name: 'jane', groups: ['dev'] }
const role: ClusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'node-reader' },
  rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }],
}
const binding: ClusterRoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'node-readers' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'node-reader' },
  subjects: [{ kind: 'Group', name: 'dev', apiGroup: 'rbac.authorization.k8s.io' }],
}

/** A server process that reads the log only when it must: one that sleeps between requests. */
const openServer = async (store: Store) => {
  const clock = createMovableClock()
  const logTail = await openLogTail({ store, follow: 'never' })
  const { handle } = createApiServer({
    store,
    logTail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator],
    admission: [],
    clock,
    log: createLogger({ write: () => undefined }),
  })
  return { clock, as: (user: User) => createInProcessClient(handle, user), close: () => logTail.close() }
}

const answer = (client: Client) =>
  client.list(nodes).then(
    () => 'allowed',
    (error: Error & { reason?: string }) => error.reason,
  )

/** what a broken store is asked in vain */
const silent: ReadonlySet<string | symbol> = new Set(['changes', 'list', 'revisionNow'])

let path: string
let store: Store
let here: Awaited<ReturnType<typeof openServer>>
let there: Awaited<ReturnType<typeof openServer>>
let counted: { changes: number; lists: number }
let broken: boolean

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'windlass-authz-'))
  store = await openLmdbStore({ path })
  counted = { changes: 0, lists: 0 }
  broken = false
  const watched = new Proxy(store, {
    get: (target, name) => {
      if (name === 'changes') counted.changes++
      if (name === 'list' || name === 'listValues') counted.lists++
      if (broken && silent.has(name)) throw new Error('the store does not answer')
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  here = await openServer(store)
  there = await openServer(watched)
})
afterEach(async () => {
  await here.close()
  await there.close()
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

const grant = async () => {
  await here.as(admin).create(clusterRoles, role)
  await here.as(admin).create(clusterRoleBindings, binding)
}

describe('in another process', () => {
  it('a binding counts for the next request', async () => {
    expect(await answer(there.as(jane))).toBe('Forbidden')
    await here.as(admin).create(clusterRoleBindings, binding)
    expect(await answer(there.as(jane))).toBe('Forbidden')
    await here.as(admin).create(clusterRoles, role)
    expect(await answer(there.as(jane))).toBe('allowed')
  })

  it.each([
    ['a binding', () => here.as(admin).delete(clusterRoleBindings, '', 'node-readers')],
    ['a role', () => here.as(admin).delete(clusterRoles, '', 'node-reader')],
    ['a rule', () => here.as(admin).update(clusterRoles, { ...role, rules: [] })],
    ['a subject', () => here.as(admin).update(clusterRoleBindings, { ...binding, subjects: [] })],
  ])('%s that is revoked stops counting within two seconds', async (_, revoke) => {
    await grant()
    expect(await answer(there.as(jane))).toBe('allowed')
    await revoke()
    there.clock.advance(2001)
    expect(await answer(there.as(jane))).toBe('Forbidden')
  })

  it('a clock that was set back makes nothing younger', async () => {
    await grant()
    expect(await answer(there.as(jane))).toBe('allowed')
    await here.as(admin).delete(clusterRoleBindings, '', 'node-readers')
    there.clock.advance(-60_000)
    expect(await answer(there.as(jane))).toBe('Forbidden')
  })

  it('what was read a moment ago is not read again to allow', async () => {
    await grant()
    expect(await answer(there.as(jane))).toBe('allowed')
    const { changes } = counted
    for (let request = 0; request < 20; request++) expect(await answer(there.as(jane))).toBe('allowed')
    expect(counted.changes).toBe(changes)
  })

  it('a process that slept longer than history is kept lists anew', async () => {
    await grant()
    expect(await answer(there.as(jane))).toBe('allowed')
    await here.as(admin).delete(clusterRoleBindings, '', 'node-readers')
    await store.compact(await store.revision())
    there.clock.advance(3_600_000)
    expect(await answer(there.as(jane))).toBe('Forbidden')
  })

  it('many who are refused at once wait for few readings', async () => {
    await grant()
    expect(await answer(there.as(jane))).toBe('allowed')
    const { changes } = counted
    const answers = await Promise.all(Array.from({ length: 200 }, () => answer(there.as({ name: 'joe', groups: [] }))))
    expect(new Set(answers)).toEqual(new Set(['Forbidden']))
    expect(counted.changes - changes).toBeLessThan(10)
  })
})

describe('a store that does not answer', () => {
  it('stops nobody in system:masters before the request itself', async () => {
    expect(await answer(there.as(admin))).toBe('allowed')
    expect(counted).toEqual({ changes: 0, lists: 1 })
  })

  it('makes requests fail, not pass, until it answers again', async () => {
    await grant()
    broken = true
    expect(await answer(there.as(jane))).toBe('InternalError')
    broken = false
    expect(await answer(there.as(jane))).toBe('allowed')
    broken = true
    there.clock.advance(2001)
    expect(await answer(there.as(jane))).toBe('InternalError')
  })
})
