import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStsTokens } from '../../../agent/instance/sts-token.ts'
import { listPrices } from '../../../infra/cost.ts'
import { createAskSts } from '../../../shared/identity/ask-sts.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { seededRandom } from '../../contract/random.ts'
import { Edge } from './edge.ts'
import { randomFaults } from './fault.ts'
import { dollarsOf, Meter } from './meter.ts'
import type { AwsCall } from './request.ts'
import { unitsOf } from './units.ts'

const secretAccessKey = 'secret'
const who = (accessKeyId: string, name: string) => ({
  accessKeyId,
  secretAccessKey,
  name,
  arn: `arn:aws:sts::000000000000:assumed-role/${name}/session`,
  userId: `AROA:${name}`,
})

let emulator: Server
let calls: number
let edge: Edge
let meter: Meter
beforeEach(async () => {
  calls = 0
  emulator = createServer((request, response) => {
    calls++
    request.resume()
    const body = { Item: { pk: { S: 'a' } }, ConsumedCapacity: { TableName: 'cluster', CapacityUnits: 2 } }
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body)))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => emulator.once('listening', resolve))
  meter = new Meter()
  const statements = [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }] as const
  edge = await Edge.start({
    url: `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`,
    principals: () => [{ ...who('READER', 'reader'), statements }],
    people: [who('PERSON', 'person')],
    known: { taskRoleArn: '', secretArn: String, groupArn: String, groupOf: () => undefined, tagsOf: () => ({}) },
    meter,
    played: {},
  })
})
afterEach(async () => {
  await edge.close()
  emulator.close()
})

const clientOf = (accessKeyId: string) =>
  new DynamoDBClient({ endpoint: edge.url, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 })
const read = new GetItemCommand({ TableName: 'cluster', Key: { pk: { S: 'a' } }, ConsistentRead: true })

describe('the edge', () => {
  it('lets through what a role grants, and meters it', async () => {
    await clientOf('READER').send(read)
    const [use, ...others] = meter.take()
    expect(use).toMatchObject({ service: 'DynamoDB', what: 'GetItem', by: 'reader', count: 1, readUnits: 2 })
    expect(use?.dollars).toBeCloseTo(2 * listPrices.readUnit, 12)
    expect(others).toEqual([])
  })

  it('denies what a role does not grant, as AWS says it, and whoever is unknown', async () => {
    const put = new PutItemCommand({ TableName: 'cluster', Item: { pk: { S: 'a' } } })
    await expect(clientOf('READER').send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(edge.denials).toMatchObject([{ who: 'reader', permission: { action: 'dynamodb:PutItem' } }])
    await expect(clientOf('NOBODY').send(read)).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
    expect(calls).toBe(0)
  })

  it.each([
    { fault: { type: 'lose-call' } as const, reaches: 0, error: {} },
    { fault: { type: 'lose-answer' } as const, reaches: 1, error: {} },
    {
      fault: { type: 'refuse', status: 400, name: 'ThrottlingException' } as const,
      reaches: 0,
      error: { name: 'ThrottlingException' },
    },
  ])('makes a call meet $fault.type', async ({ fault, reaches, error }) => {
    edge.faultOf = () => fault
    await expect(clientOf('READER').send(read)).rejects.toMatchObject(error)
    expect(calls).toBe(reaches)
    expect(dollarsOf(meter.take()) > 0).toBe(reaches === 1)
  })

  it('tells who somebody is by his signature, whoever asks', async () => {
    const clock = systemClock
    const credentials = async () => ({ accessKeyId: 'PERSON', secretAccessKey })
    const token = await createStsTokens({ audience: 'here', region: 'us-east-1', credentials, clock })()
    const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString())
    const ask = createAskSts({ endpoint: edge.url })
    expect(await ask({ url }, { 'x-k8s-aws-id': 'here' })).toMatchObject({ arn: expect.stringContaining('/person/') })
    expect(await ask({ url }, { 'x-k8s-aws-id': 'elsewhere' })).toBeUndefined()
    url.searchParams.set('X-Amz-Date', '20200101T000000Z')
    expect(await ask({ url }, { 'x-k8s-aws-id': 'here' })).toBeUndefined()
  })
})

describe('faults', () => {
  const call = (action: string): AwsCall => ({ service: 'dynamodb', action, input: {}, accessKeyId: 'A' })
  it('are the same for the same seed, and about as many as wanted', () => {
    const some = (seed: number) => {
      const faultOf = randomFaults({ random: seededRandom(seed), every: 10 })
      return Array.from({ length: 1000 }, () => faultOf(call('TransactWriteItems')))
    }
    expect(some(1)).toEqual(some(1))
    expect(some(1)).not.toEqual(some(2))
    const met = some(1).filter(({ type }) => type !== 'none')
    expect(met.length).toBeGreaterThan(60)
    expect(met.length).toBeLessThan(140)
    expect(new Set(met.map(({ type }) => type))).toEqual(new Set(['delay', 'lose-call', 'lose-answer', 'refuse']))
    expect(JSON.stringify(met)).toContain('TransactionConflict')
  })
})

it.each([
  { action: 'Query', input: { ConsistentRead: true }, answer: { ConsumedCapacity: { CapacityUnits: 0 } }, readUnits: 1 },
  { action: 'GetItem', input: {}, answer: {}, readUnits: 0.5 },
  { action: 'Query', input: {}, answer: { ConsumedCapacity: { CapacityUnits: 31 } }, readUnits: 31 },
  { action: 'UpdateItem', input: {}, answer: { ConsumedCapacity: { CapacityUnits: 3 } }, writeUnits: 3 },
  {
    action: 'PutItem',
    input: { Item: { pk: { S: 'x'.repeat(1100) } } },
    answer: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
    writeUnits: 2,
  },
  {
    action: 'TransactWriteItems',
    input: {
      TransactItems: [{ Put: { Item: { pk: { S: 'x'.repeat(1100) } } } }, { Put: { Item: { pk: { S: 'x' } } } }, { Delete: {} }],
    },
    answer: { ConsumedCapacity: [{ CapacityUnits: 4 }] },
    writeUnits: 8,
  },
  { action: 'PutItem', input: {}, answer: { __type: 'ThrottlingException' } },
])('counts of $action what AWS charges for', ({ action, input, answer, ...units }) => {
  expect(unitsOf({ action, input }, answer)).toEqual(units)
})

it('sums what was used, by service and who used it', () => {
  const use = { service: 'SQS', what: 'SendMessage', by: 'dispatch', count: 1, dollars: 0.5 }
  meter.add(use)
  meter.add(undefined)
  meter.add({ ...use, dollars: 1 })
  meter.add({ ...use, by: 'clock', dollars: 9 })
  expect(meter.take()).toMatchObject([
    { by: 'clock', count: 1, dollars: 9 },
    { by: 'dispatch', count: 2, dollars: 1.5 },
  ])
  expect(meter.take()).toEqual([])
})
