import { priorityClasses } from '../resources/resource.ts'
import { systemPriorities } from '../resources/scheduling/system-priority.ts'
import { type Controller, watch } from './controller.ts'
import { createMissing } from './namespace-content.ts'

/** The classes of priority that every cluster begins with; one that somebody deletes comes back with the next start. */
export const systemPriorityClassesController: Controller = {
  name: 'system-priority-classes',
  initialKeys: Object.keys(systemPriorities),
  watches: [watch(priorityClasses, () => [])],
  reconcile: async (name, { cache, client }) => {
    if (cache.get(priorityClasses, '', name)) return
    await createMissing(client, priorityClasses, {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      ...systemPriorities[name]!,
    })
  },
}
