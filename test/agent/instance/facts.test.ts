import { createHash, createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { containerInstanceArn, registeredRoom } from '../../../agent/instance/container-instance.ts'
import { readInstanceEnvironment } from '../../../agent/instance/environment.ts'
import { allocatableOf } from '../../../agent/instance/instance-capacity.ts'
import { createInstanceMetadata } from '../../../agent/instance/metadata.ts'
import { createStsTokens } from '../../../agent/instance/sts-token.ts'
import { simulatedCapacity } from '../../../agent/node/capacity.ts'
import { audienceHeader, parseStsToken } from '../../../shared/apiserver/authn/sts-token.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { FakeEcs } from '../../fakes/fake-ecs.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import { instanceVariables, type StandIn, startStandIn } from './stand-in.ts'

describe('what an agent is told', () => {
  const told = instanceVariables('http://127.0.0.1:1', 'https://sqs.test/heartbeats')

  it('has defaults for what an instance is like', () => {
    expect(readInstanceEnvironment(told)).toMatchObject({
      clusterDNS: '10.96.0.10',
      clusterDomain: 'cluster.local',
      dataDir: '/var/lib/windlass',
      dockerSocket: '/var/run/docker.sock',
    })
  })

  it('is refused by name when it is missing or makes no sense', () => {
    expect(() => readInstanceEnvironment({ ...told, WINDLASS_TABLE: '', AWS_REGION: undefined })).toThrow(
      'the agent needs the environment variables AWS_REGION, WINDLASS_TABLE',
    )
    expect(() => readInstanceEnvironment({ ...told, WINDLASS_POD_CIDR: 'all' })).toThrow(
      'WINDLASS_POD_CIDR is "all", but should be an IPv4 CIDR',
    )
    expect(() => readInstanceEnvironment({ ...told, WINDLASS_SERVER: 'api' })).toThrow(
      'WINDLASS_SERVER is "api", but should be a URL',
    )
  })
})

describe('an instance', () => {
  let standIn: StandIn
  let ecs: FakeEcs
  let arn: string
  beforeEach(async () => {
    ecs = new FakeEcs()
    arn = ecs.addInstance('i-1', { cpu: 2048, memory: 3500 })
    const sqs = new FakeSqs(systemClock)
    standIn = await startStandIn({ instanceId: 'i-1', privateAddress: '203.0.113.2', containerInstance: arn, sqs, ecs })
  })
  afterEach(() => standIn.close())

  it('says what it is', async () => {
    const metadata = createInstanceMetadata({ endpoint: standIn.url })
    expect(await metadata.facts()).toEqual({
      instanceId: 'i-1',
      instanceType: 't4g.medium',
      region: 'eu-west-1',
      zone: 'eu-west-1a',
      privateAddress: '203.0.113.2',
      privateName: 'ip-203-0-113-2.eu-west-1.compute.internal',
    })
    expect(await metadata.isSpot()).toBe(true)
    expect(await metadata.interruption()).toBeUndefined()
    standIn.interruption = { action: 'stop', time: '2026-11-23T12:00:00Z' }
    expect(await metadata.interruption()).toEqual({ action: 'stop', atMs: Date.UTC(2026, 10, 23, 12) })
  })

  it('has room as ECS has registered it', async () => {
    expect(await containerInstanceArn({ endpoint: standIn.url })).toBe(arn)
    const registered = await registeredRoom(ecs.client, { cluster: 'test', instance: arn })
    expect(registered).toEqual({ cpuUnits: 2048, memoryMiB: 3500 })
    await expect(registeredRoom(ecs.client, { cluster: 'test', instance: 'none' })).rejects.toThrow(
      'ECS does not know the container instance none: MISSING',
    )
    const foreign = { cpuUnits: 512, memoryMiB: 1000 }
    expect(allocatableOf(simulatedCapacity, { registered, foreign })).toMatchObject({
      cpu: '1468m',
      memory: '2404Mi',
      pods: '110',
    })
    const all = { cpuUnits: 2048, memoryMiB: 4000 }
    expect(allocatableOf(simulatedCapacity, { registered, foreign: all })).toMatchObject({ cpu: '0m', memory: '0Mi' })
  })
})

it('signs tokens that the API takes, and new ones before they are too old', async () => {
  const clock = new ManualClock()
  const credentials = async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret', sessionToken: 'of the role' })
  const token = createStsTokens({ audience: 'windlass', region: 'eu-west-1', credentials, clock })
  const first = await token()
  const { url, expiresAtMs } = parseStsToken(first, { hosts: ['sts.eu-west-1.amazonaws.com'], clock })
  expect(url.searchParams.get('X-Amz-SignedHeaders')?.split(';')).toContain(audienceHeader)
  expect(url.searchParams.get('X-Amz-Security-Token')).toBe('of the role')
  expect(url.searchParams.get('X-Amz-Credential')).toBe('AKIATEST/20260101/eu-west-1/sts/aws4_request')
  // Signature Version 4 over this request, computed apart from the library that signs it.
  expect(url.searchParams.get('X-Amz-Signature')).toBe(expectedSignature(url))
  clock.advance(9 * 60_000)
  expect(await token()).toBe(first)
  clock.advance(60_000)
  const second = await token()
  expect(second).not.toBe(first)
  expect(parseStsToken(second, { hosts: ['sts.eu-west-1.amazonaws.com'], clock }).expiresAtMs).toBe(expiresAtMs + 600_000)
})

const expectedSignature = (url: URL): string => {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const headers = `host:${url.hostname}\nx-k8s-aws-id:windlass\n`
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const request = ['GET', '/', query, headers, 'host;x-k8s-aws-id', sha('')].join('\n')
  const date = url.searchParams.get('X-Amz-Date') ?? ''
  const scope = `${date.slice(0, 8)}/eu-west-1/sts/aws4_request`
  const text = ['AWS4-HMAC-SHA256', date, scope, sha(request)].join('\n')
  const hmac = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest()
  const key = scope.split('/').reduce<string | Buffer>((last, part) => hmac(last, part), 'AWS4secret')
  return createHmac('sha256', key).update(text).digest('hex')
}
