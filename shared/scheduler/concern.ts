import { resourceName } from '../meta/object.ts'
import { type Node, nodes, type Pod, pods } from '../resources/resource.ts'
import { mayHelp, nodeMayHelp, wantsNode } from './scheduler.ts'
import type { SchedulerChange } from './scheduler-change.ts'
import { helpedByVolumes } from './volume-concern.ts'

const podsName = resourceName(pods.group, pods.resource)
const nodesName = resourceName(nodes.group, nodes.resource)

/** Whether the scheduler is worth running because of a change: a pod may want a node, or one that waits may find room now. */
export const concernsScheduler = ({ resource, object, previous }: SchedulerChange, name = 'default-scheduler'): boolean => {
  if (resource === podsName) {
    const pod = object as Pod | undefined
    const before = previous as Pod | undefined
    if (pod && wantsNode(pod, name)) return !before || !wantsNode(before, name) || specChanged(pod, before)
    return mayHelp(pod, before)
  }
  if (resource !== nodesName) return helpedByVolumes({ resource, object, previous }) !== undefined
  return object !== undefined && nodeMayHelp(object as Node, previous as Node | undefined)
}

const specChanged = (pod: Pod, before: Pod) =>
  pod.metadata.generation !== before.metadata.generation ||
  JSON.stringify(pod.metadata.labels) !== JSON.stringify(before.metadata.labels)
