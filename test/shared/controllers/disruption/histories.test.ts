import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDisruptionController } from '../../../../shared/controllers/disruption/disruption.ts'
import { ApiError } from '../../../../shared/meta/status.ts'
import { createLogger } from '../../../../shared/platform/log.ts'
import { namespaces, type Pod, podDisruptionBudgets, pods, serviceAccounts } from '../../../../shared/resources/resource.ts'
import { seededRandom } from '../../../contract/random.ts'
import { allResources, createMovableClock, startTestCluster, type TestCluster } from '../environment.ts'

const clock = createMovableClock()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: [], clock })
  await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })
  const metadata = { name: 'default', namespace: 'n' }
  await cluster.client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
})
afterAll(() => cluster.stop())

const log = createLogger({ write: () => undefined, level: 'error' })
const isReason = (error: unknown, ...reasons: string[]) => error instanceof ApiError && reasons.includes(error.reason)
const isReady = ({ metadata, status }: Pod) =>
  !metadata.deletionTimestamp && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

const first = Number(process.env.SEED ?? 1)

it(`evictions, however many at once, leave as many healthy pods as a budget wants (SEED=${first})`, async () => {
  for (let seed = first; seed < first + Number(process.env.HISTORIES ?? 8); seed++) {
    const random = seededRandom(seed)
    const app = `app-${seed}`
    const minAvailable = 1 + random.below(3)
    const { client, cache } = cluster
    const controller = createDisruptionController({ resources: allResources })
    const ofApp = async () => {
      await cache.sync()
      return cache.list(pods, 'n').filter(({ metadata }) => metadata.labels?.app === app)
    }
    const reconcile = async () => {
      await cache.sync()
      const dies = random.below(5) === 0
      const update: typeof client.update = async (...given) => {
        const answer = await client.update(...given)
        if (dies) throw new Error('died')
        return answer
      }
      try {
        const events = { record: async () => undefined }
        await controller.reconcile(`n/${app}`, { client: { ...client, update }, cache, clock, log, events })
      } catch (error) {
        if (!isReason(error, 'Conflict') && !(error instanceof Error && error.message === 'died')) throw error
      }
    }
    let made = 0
    const grow = async () => {
      const name = `${app}-${made++}`
      const spec = { nodeName: 'x', containers: [{ name: 'c', image: 'i' }] }
      const metadata = { name, namespace: 'n', labels: { app } }
      await client.create(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
      await client.patch(pods, 'n', name, { type: 'strategic', body: { status } }, { subresource: 'status' })
    }
    const evict = async ({ metadata: { name } }: Pod) => {
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'n' } }
      try {
        await client.createSubresource(pods, 'n', name, 'eviction', body)
        return 1
      } catch (error) {
        if (!isReason(error, 'TooManyRequests', 'NotFound')) throw error
        return 0
      }
    }
    for (let count = 0; count < minAvailable + 2; count++) await grow()
    const selector = { matchLabels: { app } }
    const metadata = { name: app, namespace: 'n' }
    await client.create(podDisruptionBudgets, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable, selector },
    })
    for (let step = 0; step < 30; step++) {
      const dice = random.below(10)
      const healthy = (await ofApp()).filter(isReady)
      if (dice < 3) await reconcile()
      else if (dice < 5) await grow()
      else if (dice < 6) clock.advance(random.below(180_000))
      else if (dice < 9) {
        const crowd = healthy.filter(() => random.below(3) > 0)
        await Promise.all([...crowd.map(evict), ...(random.below(2) === 0 ? [reconcile()] : [])])
      } else {
        for (const pod of await ofApp())
          if (pod.metadata.deletionTimestamp) await client.delete(pods, 'n', pod.metadata.name, { gracePeriodSeconds: 0 })
      }
      const left = (await ofApp()).filter(isReady).length
      expect(left, `SEED=${seed} step ${step}`).toBeGreaterThanOrEqual(minAvailable)
    }
    for (let run = 0; run < 20; run++) await reconcile()
    const before = cache.get(podDisruptionBudgets, 'n', app)?.metadata.resourceVersion
    const healthy = (await ofApp()).filter(isReady)
    const { status } = cache.get(podDisruptionBudgets, 'n', app) ?? {}
    expect(status?.currentHealthy, `SEED=${seed}`).toBe(healthy.length)
    expect(status?.disruptionsAllowed, `SEED=${seed}`).toBe(healthy.length - minAvailable)
    // As many as it says go, and not one more; the controller rests.
    await reconcile()
    expect(cache.get(podDisruptionBudgets, 'n', app)?.metadata.resourceVersion).toBe(before)
    const gone = (await Promise.all(healthy.map(evict))).reduce<number>((sum, one) => sum + one, 0)
    expect(gone, `SEED=${seed}`).toBe(healthy.length - minAvailable)
  }
}, 120_000)
