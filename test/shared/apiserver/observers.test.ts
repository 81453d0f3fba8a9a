import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAuditor } from '../../../shared/apiserver/audit/auditor.ts'
import { createRequestMetrics } from '../../../shared/apiserver/metrics/request-metrics.ts'
import { createWatchAge } from '../../../shared/apiserver/metrics/watch-age.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createRotatingLog } from '../../../shared/platform/rotating-log.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
let lines: string[]
const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 1, 12, 0, 0, 5) }

beforeEach(async () => {
  lines = []
  const metrics = createRequestMetrics()
  const auditor = createAuditor({ write: (line) => lines.push(line) })
  server = await startTestServer({ clock, observers: [auditor, metrics.observer], paths: [metrics.path] })
})
afterEach(() => server.stop())

const path = '/api/v1/namespaces/default/secrets'
const value = Buffer.from('swordfish').toString('base64')
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: value } }
const audited = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)

describe('the audit log', () => {
  it("says who did what to a Secret, in upstream's words, and nothing of its value", async () => {
    await server.makeNamespace('default')
    lines.length = 0
    await server.call('POST', path, { body: secret, headers: { 'user-agent': 'kubectl/v1.35', 'x-forwarded-for': '192.0.2.7' } })
    expect(audited()).toEqual([
      {
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: 'Metadata',
        auditID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        stage: 'ResponseComplete',
        requestURI: path,
        verb: 'create',
        user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
        sourceIPs: ['192.0.2.7'],
        userAgent: 'kubectl/v1.35',
        objectRef: { resource: 'secrets', namespace: 'default', apiVersion: 'v1' },
        responseStatus: { metadata: {}, code: 201 },
        requestReceivedTimestamp: '2026-01-01T12:00:00.005000Z',
        stageTimestamp: '2026-01-01T12:00:00.005000Z',
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      },
    ])
    await server.call('GET', `${path}/db`)
    await server.call('GET', `${path}?labelSelector=a%3Db`)
    await server.call('PATCH', `${path}/db`, {
      body: { data: { password: 7, 'swordfish ': value } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await server.call('DELETE', `${path}/db`)
    const told = audited().map(({ verb, objectRef, responseStatus }) => [
      verb,
      (objectRef as { name?: string }).name,
      (responseStatus as { code: number }).code,
    ])
    expect(told.slice(1)).toEqual([
      ['get', 'db', 200],
      ['list', undefined, 200],
      ['patch', 'db', expect.any(Number)],
      ['delete', 'db', 200],
    ])
    for (const clear of ['swordfish', value]) expect(lines.join()).not.toContain(clear)
  })

  it('tells of those who were refused, of those they said to be, and of nobody', async () => {
    await server.call('GET', `${path}/db`, { user: { name: 'eve', groups: ['system:authenticated'] } })
    await server.call('GET', `${path}/db`, { user: null })
    await server.call('GET', `${path}/db`, { headers: { 'impersonate-user': 'eve' } })
    expect(
      audited().map(({ user, impersonatedUser, responseStatus, annotations }) => [
        (user as { username?: string }).username,
        (impersonatedUser as { username?: string } | undefined)?.username,
        responseStatus,
        Object.values(annotations as object)[0],
      ]),
    ).toEqual([
      ['eve', undefined, { metadata: {}, status: 'Failure', code: 403 }, 'forbid'],
      ['system:anonymous', undefined, { metadata: {}, status: 'Failure', code: 403 }, 'forbid'],
      ['kubernetes-admin', 'eve', { metadata: {}, status: 'Failure', code: 403 }, 'forbid'],
    ])
  })

  it('tells of a watch when it begins and when it ends, by one id', async () => {
    const ending = new AbortController()
    await server.raw('GET', `${path}?watch=true`, { signal: ending.signal })
    expect(audited().map(({ stage }) => stage)).toEqual(['ResponseStarted'])
    ending.abort()
    expect(audited().map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete'])
    expect(new Set(audited().map(({ auditID }) => auditID)).size).toBe(1)
  })

  it('takes nobody an answer away when it can not be written', async () => {
    const failing = createAuditor({
      write: () => {
        throw new Error('no space left on device')
      },
    })
    const other = await startTestServer({ clock, observers: [failing] })
    await other.makeNamespace('default')
    expect((await other.call('POST', path, { body: secret })).code).toBe(201)
    expect((await other.call('GET', `${path}/db`)).code).toBe(200)
    await other.stop()
  })

  it('leaves out what is no secret', async () => {
    await server.call('GET', '/api/v1/namespaces/default/configmaps')
    await server.call('GET', '/version')
    expect(lines).toEqual([])
  })
})

describe('a log that rotates', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'windlass-audit-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('begins another file in time, keeps some, and is for its owner only', () => {
    const write = createRotatingLog({ path: join(directory, 'audit.log'), maxBytes: 1000, kept: 2 })
    for (let i = 0; i < 1000; i++) write(`line ${i}`)
    expect(readdirSync(directory).sort()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2'])
    const newest = readFileSync(join(directory, 'audit.log'), 'utf8').trim().split('\n')
    const before = readFileSync(join(directory, 'audit.log.1'), 'utf8').trim().split('\n')
    expect(newest.at(-1)).toBe('line 999')
    expect(Number(before.at(-1)?.slice(5)) + 1).toBe(Number(newest[0]?.slice(5)))
    expect(statSync(join(directory, 'audit.log')).mode & 0o777).toBe(0o600)
  })
})

describe('/metrics', () => {
  const metrics = async () => (await server.call('GET', '/metrics')).text.split('\n')

  it("counts and times requests under upstream's names", async () => {
    await server.makeNamespace('default')
    await server.call('POST', path, { body: secret })
    await server.call('GET', `${path}/none`)
    const labels = (verb: string, scope: string) =>
      `component="apiserver",group="",resource="secrets",scope="${scope}",subresource="",verb="${verb}",version="v1"`
    const text = await metrics()
    expect(text).toContain(`apiserver_request_total{${labels('POST', 'resource')},dry_run="",code="201"} 1`)
    expect(text).toContain(`apiserver_request_total{${labels('GET', 'resource')},dry_run="",code="404"} 1`)
    expect(text).toContain(`apiserver_request_duration_seconds_count{${labels('POST', 'resource')},dry_run=""} 1`)
    expect(text).toContain(`apiserver_request_duration_seconds_bucket{${labels('POST', 'resource')},dry_run="",le="0.005"} 1`)
    expect(text).toContain('# TYPE apiserver_request_duration_seconds histogram')
    expect(text.find((line) => line.startsWith('process_resident_memory_bytes '))).toMatch(/ \d{7,}$/)
  })

  it('knows the watches that are open', async () => {
    const open = async () =>
      (await metrics())
        .filter((line) => /^apiserver_longrunning_requests\{.*WATCH/.test(line))
        .map((line) => line.split(' ').at(-1))
    const ending = new AbortController()
    await server.raw('GET', `${path}?watch=true`, { signal: ending.signal })
    expect(await open()).toEqual(['1'])
    ending.abort()
    expect(await open()).toEqual(['0'])
  })

  it('makes no label of paths that somebody invents', async () => {
    for (const invented of [
      '/nonsense/1',
      '/apis/nonsense.example/v1/things',
      '/apis/apps/nonsense/deployments',
      '/api/v1/namespaces/default/nonsenses/a',
      `${path}/db/nonsense`,
      `${path}?dryRun=nonsense`,
    ])
      await server.call('POST', invented, { body: secret })
    expect((await metrics()).join()).not.toContain('nonsense')
  })

  it('is for administrators', async () => {
    expect((await server.call('GET', '/metrics', { user: { name: 'eve', groups: ['system:authenticated'] } })).code).toBe(403)
  })
})

it('knows how long each watch was open', async () => {
  const put: unknown[] = []
  let nowMs = 1000
  const metrics = createWatchAge({ put: (values) => put.push(values) })
  const other = await startTestServer({ clock: { ...systemClock, now: () => nowMs }, observers: [metrics] })
  const ending = new AbortController()
  await other.raw('GET', `${path}?watch=true`, { signal: ending.signal })
  await other.call('GET', path)
  nowMs += 90_000
  ending.abort()
  expect(put).toEqual([{ WatchAge: { value: 90, unit: 'Seconds' } }])
  await other.stop()
})
