import type { DynamoDBRecord } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { referenceOf } from '../../shared/placement/annotation.ts'
import { type Deployment, deployments, pods, replicaSets } from '../../shared/resources/resource.ts'
import { openDynamoDbHeartbeats } from '../../shared/storage/dynamodb/heartbeats.ts'
import { openDynamoDbStore } from '../../shared/storage/dynamodb/open.ts'
import { DynamoDbLocal, hasJava } from '../fakes/dynamodb-local.ts'
import { type Functions, startFunctions } from './environment.ts'

let functions: Functions | undefined
afterEach(async () => {
  await functions?.stop()
  functions = undefined
})

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '250m', memory: '64Mi' } } }] },
    },
  },
})

const begin = async (options?: Parameters<typeof startFunctions>[0]): Promise<Functions> => {
  functions = await startFunctions(options)
  await functions.resync('start')
  await functions.settle()
  return functions
}

const bringUpAndDown = async (run: Functions): Promise<void> => {
  await run.addNode('i-1')
  await run.addNode('i-2')
  const created = await run.call('POST', '/apis/apps/v1/namespaces/default/deployments', deployment(3))
  expect(created.status).toBe(201)
  await run.settle()
  const placed = (await run.client.list(pods)).items
  expect(placed).toHaveLength(3)
  expect(new Set(placed.map(({ spec }) => spec.nodeName))).toEqual(new Set(['i-1', 'i-2']))
  expect(placed.map(referenceOf).toSorted()).toEqual(
    run.ecs
      .running()
      .map(({ taskArn }) => taskArn)
      .toSorted(),
  )
  expect(
    run.ecs
      .running()
      .map(({ startedBy }) => startedBy)
      .toSorted(),
  ).toEqual(placed.map(({ metadata }) => metadata.uid).toSorted())

  await run.playAgents()
  await run.settle()
  const ready: Deployment = await run.client.get(deployments, 'default', 'web')
  expect(ready.status?.readyReplicas).toBe(3)

  await run.call('DELETE', '/apis/apps/v1/namespaces/default/deployments/web')
  await run.settle()
  await run.playAgents()
  await run.settle()
  expect((await run.client.list(pods)).items).toEqual([])
  expect((await run.client.list(replicaSets)).items).toEqual([])
  expect(run.ecs.running()).toEqual([])
  expect(run.sqs.bodies(run.url.deadLetter)).toEqual([])
}

it('brings a Deployment from the API to tasks on container instances', async () => bringUpAndDown(await begin()))

describe.skipIf(!hasJava)('with DynamoDB Local (needs Java)', () => {
  let dynamoDb: DynamoDbLocal
  beforeAll(async () => {
    dynamoDb = await DynamoDbLocal.start()
  })
  afterAll(() => dynamoDb.stop())

  it('brings a Deployment from the API to tasks on container instances', { timeout: 120_000 }, async () => {
    const openStore = async () => {
      const table = await dynamoDb.newTable()
      const store = await openDynamoDbStore({ client: dynamoDb.client(), table })
      return { store, heartbeats: openDynamoDbHeartbeats({ client: dynamoDb.client(), table }) }
    }
    await bringUpAndDown(await begin({ openStore }))
  })
})

const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Records come twice, late, out of order, several at once; some never. */
const disturbing = (random: () => number) => {
  let late: DynamoDBRecord[] = []
  return (records: readonly DynamoDBRecord[]): DynamoDBRecord[][] => {
    const kept = [...records, ...late].filter(() => random() > 0.15)
    late = records.filter(() => random() < 0.2)
    const repeated = kept.flatMap((record) => (random() < 0.3 ? [record, record] : [record]))
    const shuffled = repeated.map((record) => ({ record, at: random() })).toSorted((a, b) => a.at - b.at)
    const batches: DynamoDBRecord[][] = []
    for (const { record } of shuffled) {
      const last = batches.at(-1)
      if (last && random() < 0.6) last.push(record)
      else batches.push([record])
    }
    return batches
  }
}

it.each([1, 2, 3])(
  'ends the same when records are lost, repeated, late and out of order, in cold processes (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const run = await begin({ disturb: disturbing(random), isCold: () => random() < 0.2 })
    for (const name of ['i-1', 'i-2', 'i-3']) await run.addNode(name)
    await run.call('POST', '/apis/apps/v1/namespaces/default/deployments', deployment(5))
    await run.settle()
    const patch = { spec: { replicas: 3, template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } } }
    await run.client.patch(deployments, 'default', 'web', { type: 'strategic', body: patch })
    // What was lost is found by the resyncs.
    for (let round = 0; round < 12; round++) {
      await run.resync(`round ${round}`)
      await run.sweep(`round ${round}`)
      await run.settle(310_000)
      await run.playAgents()
    }
    await run.resync('end')
    await run.settle(310_000)

    const { status }: Deployment = await run.client.get(deployments, 'default', 'web')
    expect(status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3 })
    const left = (await run.client.list(pods)).items
    expect(left.map(({ spec }) => spec.containers[0]?.image)).toEqual(['web:2', 'web:2', 'web:2'])
    expect(left.map(referenceOf).toSorted()).toEqual(
      run.ecs
        .running()
        .map(({ taskArn }) => taskArn)
        .toSorted(),
    )
    expect(run.sqs.bodies(run.url.deadLetter)).toEqual([])
  },
)
