import type { Resource } from '../../client/client.ts'
import { isReason } from '../../meta/status.ts'
import { mandatoryFlowSchemas, suggestedFlowSchemas } from '../../resources/flowcontrol/defaults/flow-schemas.ts'
import { mandatoryLevels, suggestedLevels } from '../../resources/flowcontrol/defaults/levels.ts'
import {
  type FlowSchema,
  flowSchemas,
  type PriorityLevelConfiguration,
  priorityLevelConfigurations,
} from '../../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from '../controller.ts'
import { createMissing } from '../namespace-content.ts'
import { isUnwanted, revised } from './revised.ts'

const key = 'priority-and-fairness'

type Writing = Pick<ReconcileContext, 'cache' | 'client'>

/**
 * "Each kube-apiserver independently maintains the mandatory and suggested configuration objects, using initial and periodic behavior": levels
 * before the FlowSchemas that name them. Here a change wakes it, not a minute.
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#maintenance-of-the-mandatory-and-suggested-configuration-objects
 */
export const flowControlDefaultsController: Controller = {
  name: 'priority-and-fairness-config-producer',
  initialKeys: [key],
  watches: [watch(flowSchemas, () => [key]), watch(priorityLevelConfigurations, () => [key])],
  reconcile: (_key, context) => ensureFlowControlDefaults(context),
}

export const ensureFlowControlDefaults = async (context: Writing): Promise<void> => {
  await ensure(context, priorityLevelConfigurations, suggestedLevels, { always: false })
  await ensure(context, flowSchemas, suggestedFlowSchemas, { always: false })
  await ensure(context, priorityLevelConfigurations, mandatoryLevels, { always: true })
  await ensure(context, flowSchemas, mandatoryFlowSchemas, { always: true })
  await removeUnwanted(context, flowSchemas, [...mandatoryFlowSchemas, ...suggestedFlowSchemas])
  await removeUnwanted(context, priorityLevelConfigurations, [...mandatoryLevels, ...suggestedLevels])
}

const ensure = async <T extends FlowSchema | PriorityLevelConfiguration>(
  { cache, client }: Writing,
  resource: Resource<T>,
  wanted: readonly T[],
  { always }: { always: boolean },
): Promise<void> => {
  for (const one of wanted) {
    const existing = cache.get(resource, '', one.metadata.name)
    if (!existing) {
      await createMissing(client, resource, one)
      continue
    }
    const update = revised(existing, one, { always })
    if (update) await client.update(resource, update)
  }
}

const removeUnwanted = async <T extends FlowSchema | PriorityLevelConfiguration>(
  { cache, client }: Writing,
  resource: Resource<T>,
  wanted: readonly T[],
): Promise<void> => {
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  for (const { metadata } of cache.list(resource)) {
    if (names.has(metadata.name) || !isUnwanted(metadata)) continue
    try {
      await client.delete(resource, '', metadata.name, { preconditions: { uid: metadata.uid ?? '' } })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
}
