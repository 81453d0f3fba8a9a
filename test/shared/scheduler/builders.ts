import type { LabelSelectorMatcher } from '../../../shared/meta/label-selector.ts'
import type { Node, Pod, PodDisruptionBudget } from '../../../shared/resources/resource.ts'
import { decide } from '../../../shared/scheduler/decide.ts'
import { createNodeInfo, type NodeInfo } from '../../../shared/scheduler/node-info.ts'
import { filterPlugins, scorePlugins } from '../../../shared/scheduler/plugins/index.ts'
import { createPodInfo, type PodInfo } from '../../../shared/scheduler/pod-info.ts'
import type { Snapshot } from '../../../shared/scheduler/snapshot.ts'

export interface PodSketch {
  name?: string
  labels?: Record<string, string>
  cpu?: string
  memory?: string
  spec?: Partial<Pod['spec']>
  status?: Pod['status']
  metadata?: Partial<Pod['metadata']>
}

export const aPod = ({ name = 'pod', labels, cpu, memory, spec, status, metadata }: PodSketch = {}): PodInfo => {
  const requests = { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) }
  return createPodInfo({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid of ${name}`, labels, ...metadata },
    spec: { containers: [{ name: 'c', image: 'image:1', resources: { requests } }], ...spec },
    status,
  })
}

export interface NodeSketch {
  labels?: Record<string, string>
  allocatable?: Record<string, string>
  spec?: Node['spec']
  images?: { names: string[]; sizeBytes: number }[]
  pods?: PodInfo[]
}

export const aNode = (name: string, { labels, allocatable, spec = {}, images, pods = [] }: NodeSketch = {}): NodeInfo =>
  createNodeInfo(
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec,
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }, images },
    },
    pods,
  )

export const aSnapshot = (
  nodes: NodeInfo[],
  { selector, budgets = [] }: { selector?: LabelSelectorMatcher | undefined; budgets?: readonly PodDisruptionBudget[] } = {},
): Snapshot => ({
  nodes,
  lookups: {
    namespaceLabels: (namespace) => ({ 'kubernetes.io/metadata.name': namespace }),
    defaultSelector: () => selector,
    disruptionBudgets: () => budgets,
    volumes: { claim: () => undefined, volume: () => undefined, classOf: () => undefined, candidates: () => [] },
  },
})

const plugins = { filters: filterPlugins, scores: scorePlugins }

/** What the scheduler says of each pod: the node's name, or the message. */
export const outcomes = (
  nodes: NodeInfo[],
  pods: PodInfo[],
  options: { selector?: LabelSelectorMatcher; nominated?: PodInfo[] } = {},
) =>
  decide({
    snapshot: aSnapshot(nodes, options),
    pods,
    nominated: options.nominated ?? [],
    plugins,
    random: () => 0.99,
  }).map((decision) => decision.node ?? decision.message)

export const decisions = (nodes: NodeInfo[], pods: PodInfo[], budgets: readonly PodDisruptionBudget[] = []) =>
  decide({ snapshot: aSnapshot(nodes, { budgets }), pods, nominated: [], plugins, random: () => 0.99 })
