import { afterEach, expect, it } from 'vitest'
import { referenceOf } from '../../shared/placement/annotation.ts'
import { type Deployment, deployments, pods, replicaSets } from '../../shared/resources/resource.ts'
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

it('brings a Deployment from the API to tasks on container instances', async () => {
  const run = await begin()
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
})
