import { afterEach, expect, it } from 'vitest'
import { systemPriorityClassesController } from '../../../shared/controllers/system-priority-classes.ts'
import { priorityClasses } from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

it.each([
  ['system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'],
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
])('every cluster begins with the class %s', async (name, value, description) => {
  cluster = await startTestCluster({ controllers: [systemPriorityClassesController] })
  expect(await cluster.until(() => cluster.cache.get(priorityClasses, '', name))).toMatchObject({
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
    metadata: { generation: 1 },
  })
})
