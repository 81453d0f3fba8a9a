import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flowSchemaDanglingController } from '../../../shared/controllers/flowcontrol/dangling.ts'
import { flowControlDefaultsController } from '../../../shared/controllers/flowcontrol/default-configuration.ts'
import {
  type FlowSchema,
  flowSchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurations,
} from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

interface Fact {
  readonly kind: 'FlowSchema' | 'PriorityLevelConfiguration'
  readonly name: string
  readonly spec: object
  readonly conditions?: object[]
}
const facts = JSON.parse(
  readFileSync(new URL('../resources/flowcontrol/defaults.json', import.meta.url), 'utf8'),
) as readonly Fact[]

const autoupdate = 'apf.kubernetes.io/autoupdate-spec'
const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'
const schema = (name: string, level: string, annotations = {}): FlowSchema => ({
  apiVersion,
  kind: 'FlowSchema',
  metadata: { name, annotations },
  spec: { priorityLevelConfiguration: { name: level } },
})
const level = (name: string, annotations = {}): PriorityLevelConfiguration => ({
  apiVersion,
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations },
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
})

let cluster: TestCluster
const schemaNamed = (name: string) => cluster.cache.get(flowSchemas, '', name)
const levelNamed = (name: string) => cluster.cache.get(priorityLevelConfigurations, '', name)
const dangling = (name: string) => schemaNamed(name)?.status?.conditions?.find(({ type }) => type === 'Dangling')

beforeEach(async () => {
  cluster = await startTestCluster({ controllers: [flowControlDefaultsController, flowSchemaDanglingController] })
  await cluster.until(() => schemaNamed('catch-all'))
  await cluster.idle()
  await cluster.cache.sync()
})
afterEach(() => cluster.stop())

describe("upstream's configuration of priority and fairness", () => {
  it('is what a real API server begins with', () => {
    const objects = [...cluster.cache.list(flowSchemas), ...cluster.cache.list(priorityLevelConfigurations)]
    const told = objects.map(({ kind, metadata: { name, annotations }, spec, status }) => ({
      kind,
      name,
      annotations,
      spec,
      ...(status?.conditions && { conditions: status.conditions.map(({ lastTransitionTime: _, ...condition }) => condition) }),
    }))
    const byName = (a: { kind?: string | undefined; name: string }, b: typeof a) =>
      `${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1
    expect(told.sort(byName)).toEqual([...facts].sort(byName))
  })

  it('comes back when it is deleted', async () => {
    await cluster.client.delete(flowSchemas, '', 'exempt')
    await cluster.client.delete(priorityLevelConfigurations, '', 'system')
    await cluster.until(() => schemaNamed('exempt') && levelNamed('system'))
  })

  it('follows the suggestion, unless somebody says that it shall not', async () => {
    const { spec, metadata, ...rest } = schemaNamed('service-accounts')!
    const changed = { ...spec, matchingPrecedence: 7777 }
    await cluster.client.update(flowSchemas, { ...rest, metadata, spec: changed })
    const mended = await cluster.until(
      () => schemaNamed('service-accounts')?.metadata.generation === 3 && schemaNamed('service-accounts'),
    )
    expect(mended.spec.matchingPrecedence).toBe(9000)
    const kept = { ...mended.metadata, annotations: { [autoupdate]: 'false' } }
    await cluster.client.update(flowSchemas, { ...mended, metadata: kept, spec: changed })
    await cluster.idle()
    await cluster.cache.sync()
    expect(schemaNamed('service-accounts')!.spec.matchingPrecedence).toBe(7777)
  })

  it.each([
    ['no annotation, and nobody changed the spec', {}, 1, 'true'],
    ['an annotation that says nothing, and a spec that somebody changed', { [autoupdate]: 'perhaps' }, 2, 'false'],
    ['true in another word', { [autoupdate]: 'T' }, 1, 'T'],
  ])('with %s', async (_, annotations, generation, wanted) => {
    const { metadata, ...rest } = levelNamed('workload-low')!
    const limited = { ...rest.spec.limited!, ...(generation === 2 && { nominalConcurrencyShares: 1 }) }
    await cluster.client.update(priorityLevelConfigurations, {
      ...rest,
      metadata: { ...metadata, annotations: annotations as Record<string, string> },
      spec: { ...rest.spec, limited },
    })
    const found = await cluster.until(
      () => levelNamed('workload-low')?.metadata.annotations?.[autoupdate] === wanted && levelNamed('workload-low'),
    )
    expect(found.metadata.generation).toBe(generation)
    expect(found.spec.limited!.nominalConcurrencyShares).toBe(generation === 2 ? 1 : 100)
  })

  it('lets administrators say how much the exempt level lends, and no more', async () => {
    const { spec, metadata, ...rest } = levelNamed('exempt')!
    const exempt = { nominalConcurrencyShares: 10, lendablePercent: 50 }
    await cluster.client.update(priorityLevelConfigurations, {
      ...rest,
      metadata: { ...metadata, annotations: { [autoupdate]: 'false' } },
      spec: { ...spec, exempt },
    })
    const mended = await cluster.until(
      () => levelNamed('exempt')?.metadata.annotations?.[autoupdate] === 'true' && levelNamed('exempt'),
    )
    expect(mended.spec).toEqual({ type: 'Exempt', exempt })
  })

  it('removes what an older version suggested, and nothing that is somebody’s own', async () => {
    await cluster.client.create(priorityLevelConfigurations, level('old', { [autoupdate]: 'true' }))
    await cluster.client.create(priorityLevelConfigurations, level('own'))
    await cluster.client.create(flowSchemas, schema('old', 'own', { [autoupdate]: 'true' }))
    await cluster.client.create(flowSchemas, schema('kept', 'own', { [autoupdate]: 'false' }))
    await cluster.client.create(flowSchemas, schema('odd', 'own', { [autoupdate]: 'yes' }))
    await cluster.idle()
    await cluster.until(() => !levelNamed('old') && !schemaNamed('old'))
    expect([levelNamed('own'), schemaNamed('kept'), schemaNamed('odd')].every(Boolean)).toBe(true)
  })

  it('once written it is not written again', async () => {
    const versions = () =>
      [...cluster.cache.list(flowSchemas), ...cluster.cache.list(priorityLevelConfigurations)].map(
        ({ metadata }) => metadata.resourceVersion,
      )
    const before = versions()
    await flowControlDefaultsController.reconcile('', {
      ...cluster,
      log: undefined as never,
      clock: undefined as never,
      events: undefined as never,
    })
    await cluster.cache.sync()
    expect(versions()).toEqual(before)
  })
})

describe('a FlowSchema', () => {
  it('is told whether there is the level that it names, as often as that changes', async () => {
    const names = 'This FlowSchema references the PriorityLevelConfiguration object named "mine"'
    await cluster.client.create(flowSchemas, schema('own', 'mine'))
    const told = await cluster.until(() => dangling('own'))
    expect(told).toMatchObject({ status: 'True', reason: 'NotFound', message: `${names} but there is no such object` })
    await cluster.client.create(priorityLevelConfigurations, level('mine'))
    await cluster.until(() => dangling('own')?.status === 'False')
    expect(dangling('own')).toMatchObject({ reason: 'Found', message: `${names} and it exists` })
    await cluster.client.delete(priorityLevelConfigurations, '', 'mine')
    await cluster.until(() => dangling('own')?.status === 'True')
  })
})
