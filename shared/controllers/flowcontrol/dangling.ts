import type { Index } from '../../client/cache.ts'
import { timestamp } from '../../platform/clock.ts'
import type { FlowSchemaCondition } from '../../resources/generated/types.ts'
import { type FlowSchema, flowSchemas, priorityLevelConfigurations } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'

const byLevel: Index<FlowSchema> = {
  name: 'priority-level',
  resource: flowSchemas,
  valuesOf: ({ spec }) => [spec.priorityLevelConfiguration.name],
}

/** Says of each FlowSchema whether there is the priority level that it names. The key is its name. */
export const flowSchemaDanglingController: Controller = {
  name: 'priority-and-fairness-config-consumer',
  watches: [
    watch(flowSchemas, (object) => (object ? [object.metadata.name] : [])),
    watch(priorityLevelConfigurations, (object, previous, cache) =>
      object && previous ? [] : cache.byIndex(byLevel, (object ?? previous)!.metadata.name).map(({ metadata }) => metadata.name),
    ),
  ],
  reconcile: async (name, { cache, client, clock }) => {
    const schema = cache.get(flowSchemas, '', name)
    if (!schema) return
    const level = schema.spec.priorityLevelConfiguration.name
    const wanted = conditionOf(level, cache.get(priorityLevelConfigurations, '', level) !== undefined)
    const conditions = schema.status?.conditions ?? []
    const known = conditions.find(({ type }) => type === wanted.type)
    if (known && known.status === wanted.status && known.reason === wanted.reason && known.message === wanted.message) return
    const condition = { ...wanted, lastTransitionTime: timestamp(clock.now()) }
    const others = conditions.filter(({ type }) => type !== wanted.type)
    await client.update(
      flowSchemas,
      { ...schema, status: { ...schema.status, conditions: [...others, condition] } },
      { subresource: 'status' },
    )
  },
}

const conditionOf = (level: string, exists: boolean): FlowSchemaCondition => {
  const names = `This FlowSchema references the PriorityLevelConfiguration object named "${level}"`
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${names} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${names} but there is no such object` }
}
