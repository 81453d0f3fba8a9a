import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import { type ReplicaSet, replicaSets } from '../../resources/resource.ts'
import { createReplicaController } from './replica-controller.ts'

export const replicaSetController = createReplicaController<ReplicaSet>({
  name: 'replicaset',
  resource: replicaSets,
  selectorOf: ({ spec }) => labelSelectorMatcher(spec.selector),
  countsTerminating: true,
})
