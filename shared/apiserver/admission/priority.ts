import { forbidden } from '../../meta/status.ts'
import type { Pod } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain, isPodCreate } from './of-kind.ts'

/** Those that every cluster has; PriorityClass is not served yet. */
const classes: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}
const defaultPreemption = 'PreemptLowerPriority'

/** Gives a pod the number that its class stands for. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate: (attributes) => {
    if (attributes.operation === 'UPDATE' && isMain(attributes, '', 'pods'))
      keep(attributes.object as Pod, attributes.oldObject as Pod)
    if (!isPodCreate(attributes)) return
    const pod = attributes.object as Pod
    const { priorityClassName, priority: given } = pod.spec
    const refuse = (message: string) => forbidden('', 'pods', pod.metadata.name ?? '', message)
    if (priorityClassName && !Object.hasOwn(classes, priorityClassName)) {
      throw refuse(`no PriorityClass with name ${priorityClassName} was found`)
    }
    const value = priorityClassName ? (classes[priorityClassName] ?? 0) : 0
    if (given !== undefined && given !== value) {
      throw refuse(
        `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    pod.spec.priority = value
    pod.spec.preemptionPolicy ??= defaultPreemption
  },
}

/** Clients that write the whole pod may not know what it was given. */
const keep = ({ spec }: Pod, { spec: old }: Pod) => {
  spec.priority ??= old.priority
  spec.preemptionPolicy ??= old.preemptionPolicy
}
