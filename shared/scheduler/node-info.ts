import type { Node } from '../resources/resource.ts'
import { type HostPort, hasAffinity, type PodInfo } from './pod-info.ts'
import { type Amounts, amountsOf, plus } from './resource-amounts.ts'

/** A node and what runs on it. Never modified: a change makes a new one. */
export interface NodeInfo {
  readonly name: string
  readonly node: Node
  readonly labels: Readonly<Record<string, string>>
  readonly pods: readonly PodInfo[]
  readonly podsWithAffinity: readonly PodInfo[]
  readonly podsWithRequiredAntiAffinity: readonly PodInfo[]
  readonly allocatable: Amounts
  readonly requested: Amounts
  readonly scoringRequested: Amounts
  readonly usedPorts: readonly HostPort[]
  /** bytes by image name */
  readonly images: ReadonlyMap<string, number>
}

export const createNodeInfo = (node: Node, pods: readonly PodInfo[]): NodeInfo => {
  const images = new Map<string, number>()
  for (const { names, sizeBytes = 0 } of node.status?.images ?? []) for (const name of names ?? []) images.set(name, sizeBytes)
  return {
    name: node.metadata.name,
    node,
    labels: node.metadata.labels ?? {},
    allocatable: amountsOf(node.status?.allocatable),
    images,
    ...occupancy(pods),
    requested: pods.reduce<Amounts>((sum, pod) => plus(sum, pod.requests), {}),
    scoringRequested: pods.reduce<Amounts>((sum, pod) => plus(sum, pod.scoringRequests), {}),
  }
}

export const withPod = (info: NodeInfo, pod: PodInfo): NodeInfo => ({
  ...info,
  pods: [...info.pods, pod],
  podsWithAffinity: hasAffinity(pod) ? [...info.podsWithAffinity, pod] : info.podsWithAffinity,
  podsWithRequiredAntiAffinity: pod.requiredAntiAffinity.length
    ? [...info.podsWithRequiredAntiAffinity, pod]
    : info.podsWithRequiredAntiAffinity,
  requested: plus(info.requested, pod.requests),
  scoringRequested: plus(info.scoringRequested, pod.scoringRequests),
  usedPorts: pod.hostPorts.length ? [...info.usedPorts, ...pod.hostPorts] : info.usedPorts,
})

export const withoutPod = (info: NodeInfo, uid: string): NodeInfo => {
  const pod = info.pods.find((each) => each.uid === uid)
  if (!pod) return info
  return {
    ...info,
    ...occupancy(info.pods.filter((each) => each !== pod)),
    requested: plus(info.requested, pod.requests, -1),
    scoringRequested: plus(info.scoringRequested, pod.scoringRequests, -1),
  }
}

const occupancy = (pods: readonly PodInfo[]) => ({
  pods,
  podsWithAffinity: pods.filter(hasAffinity),
  podsWithRequiredAntiAffinity: pods.filter(({ requiredAntiAffinity }) => requiredAntiAffinity.length > 0),
  usedPorts: pods.flatMap(({ hostPorts }) => hostPorts),
})
