import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEventSink, type EventSink } from '../../../../shared/controllers/event/event-recorder.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { events, namespaces, nodes, serviceAccounts } from '../../../../shared/resources/resource.ts'
import { allControllers, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
const warnings: string[] = []
let cluster: TestCluster
let sink: EventSink
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: allControllers(), clock })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  const log = createLogger({ write: (line) => warnings.push(line) })
  sink = createEventSink({ client: cluster.client, clock, log })
})
afterAll(() => cluster.stop())

const regarding = (name: string, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid of ${name}` },
})
const of = async (name: string) => {
  await sink.flush()
  return (await cluster.client.list(events)).items.filter(({ involvedObject }) => involvedObject.name === name)
}

describe('Events', () => {
  it('count what happens again, with the time of the last', async () => {
    const recorder = sink.recorder('test-controller')
    for (let index = 0; index < 3; index++) {
      await recorder.record(regarding('again'), 'Warning', 'BackOff', 'Back-off restarting')
      clock.advance(60_000)
    }
    const [event, ...more] = await of('again')
    expect(more).toEqual([])
    expect(event).toMatchObject({ count: 3, reason: 'BackOff', type: 'Warning', source: { component: 'test-controller' } })
    expect(Date.parse(event!.lastTimestamp!) - Date.parse(event!.firstTimestamp!)).toBe(120_000)
    expect(event!.metadata.name).toMatch(/^again\.[0-9a-f]+$/)
  })

  it('begin anew when the counted one was deleted', async () => {
    const [event] = await of('again')
    await cluster.client.delete(events, 'default', event!.metadata.name)
    await sink.recorder('test-controller').record(regarding('again'), 'Warning', 'BackOff', 'Back-off restarting')
    expect((await of('again')).map(({ count }) => count)).toEqual([1])
  })

  it('of cluster-scoped objects stand in the default namespace', async () => {
    const node = await cluster.addNode('n')
    await sink.recorder('test-controller').record(node, 'Normal', 'Tested', 'node was tested')
    const found = (await of('n')).find(({ reason }) => reason === 'Tested')
    expect(found).toMatchObject({
      metadata: { namespace: 'default' },
      involvedObject: { kind: nodes.kind, uid: node.metadata.uid },
    })
  })

  it('never fail their caller: a namespace that goes or is gone is silence', async () => {
    await cluster.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'going', finalizers: ['example.com/hold'] },
    })
    await cluster.client.delete(namespaces, '', 'going')
    for (const namespace of ['going', 'never-was'])
      await sink.recorder('c').record(regarding('lost', namespace), 'Normal', 'R', 'm')
    expect(await of('lost')).toEqual([])
    expect(warnings).toEqual([])
    await cluster.client.patch(namespaces, '', 'going', { type: 'merge', body: { metadata: { finalizers: null } } })
  })
})
