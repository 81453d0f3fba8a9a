import type { App } from 'aws-cdk-lib'
import type { ClusterConfiguration } from './configuration.ts'
import { ControlPlaneStack } from './control-plane-stack.ts'
import { NodesStack } from './nodes-stack.ts'
import { StateStack } from './state-stack.ts'

/** The three stacks of a cluster, in the order of their deployment. */
export const createStacks = (app: App, configuration: ClusterConfiguration) => {
  const { clusterName } = configuration
  const state = new StateStack(app, `${clusterName}-state`, configuration)
  const controlPlane = new ControlPlaneStack(app, `${clusterName}-control-plane`, {
    ...configuration,
    table: state.table,
    dataKey: state.dataKey,
  })
  const nodes = new NodesStack(app, `${clusterName}-nodes`, {
    ...configuration,
    machines: controlPlane.machines,
    cloudEvents: controlPlane.cloudEvents,
    reconcile: controlPlane.reconcile,
    clock: controlPlane.clock,
    agentVariables: controlPlane.agentVariables,
  })
  return { state, controlPlane, nodes }
}
