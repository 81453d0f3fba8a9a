import { expect, it } from 'vitest'
import { bootstrapTokenCleaner } from '../../../shared/controllers/bootstrap-token-cleaner.ts'
import { namespaces, secrets } from '../../../shared/resources/resource.ts'
import { createMovableClock, startTestCluster } from './environment.ts'

it('removes a bootstrap token when its time is over, and nothing else', async () => {
  const clock = createMovableClock()
  const cluster = await startTestCluster({ controllers: [bootstrapTokenCleaner], clock })
  try {
    const make = (name: string, expiration: string | undefined, namespace = 'kube-system') =>
      cluster.client.create(secrets, {
        metadata: { name, namespace },
        type: 'bootstrap.kubernetes.io/token',
        ...(expiration && { stringData: { expiration } }),
      })
    const at = (ms: number) => new Date(clock.now() + ms).toISOString().replace(/\.\d+/, '')
    for (const name of ['kube-system', 'default']) await cluster.client.create(namespaces, { metadata: { name } })
    await make('never', undefined)
    await make('far', '9999-01-01T00:00:00Z')
    await make('elsewhere', at(-1000), 'default')
    await make('unreadable', 'x')
    await make('past', at(-1000))
    await make('soon', at(2000))
    const names = () => cluster.cache.list(secrets).map(({ metadata }) => metadata.name)
    await cluster.until(() => names().length === 4)
    expect(names().sort()).toEqual(['elsewhere', 'far', 'never', 'soon'])
    await cluster.until(() => !names().includes('soon'))
    expect(names().sort()).toEqual(['elsewhere', 'far', 'never'])
  } finally {
    await cluster.stop()
  }
})
