import { labelSelectorMatcher } from '../../meta/label-selector.ts'
import { type ReplicationController, replicationControllers } from '../../resources/resource.ts'
import { createReplicaController } from './replica-controller.ts'

export const replicationController = createReplicaController<ReplicationController>({
  name: 'replicationcontroller',
  eventComponent: 'replication-controller',
  resource: replicationControllers,
  selectorOf: ({ spec }) => labelSelectorMatcher({ matchLabels: spec.selector }),
  countsTerminating: false,
})
