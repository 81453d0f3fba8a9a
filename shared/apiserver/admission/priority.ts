import { forbidden } from '../../meta/status.ts'
import type { Pod, PriorityClass } from '../../resources/resource.ts'
import { systemPriorities } from '../../resources/scheduling/system-priority.ts'
import type { AdmissionEnvironment, AdmissionPlugin } from './admission.ts'
import { isMain, isPodCreate } from './of-kind.ts'

/** of a pod without a class: a class that is marked as everybody's default is not looked for */
const none: Meaning = { value: 0, preemptionPolicy: 'PreemptLowerPriority' }

interface Meaning {
  readonly value: number
  /** undefined: whatever the pod says */
  readonly preemptionPolicy?: string | undefined
}

/** Gives a pod the number that its class stands for. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate: async (attributes, { read }) => {
    if (attributes.operation === 'UPDATE' && isMain(attributes, '', 'pods'))
      keep(attributes.object as Pod, attributes.oldObject as Pod)
    if (!isPodCreate(attributes)) return
    const pod = attributes.object as Pod
    const { priorityClassName, priority: given, preemptionPolicy: givenPolicy } = pod.spec
    const refuse = (message: string) => forbidden('', 'pods', pod.metadata.name ?? '', message)
    const meaning = priorityClassName ? await meaningOf(priorityClassName, read) : none
    if (!meaning) throw refuse(`no PriorityClass with name ${priorityClassName} was found`)
    const { value, preemptionPolicy } = meaning
    if (given !== undefined && given !== value) {
      throw refuse(
        `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    pod.spec.priority = value
    if (preemptionPolicy !== undefined && givenPolicy !== undefined && givenPolicy !== preemptionPolicy) {
      throw refuse(
        `the string value of PreemptionPolicy (${givenPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
      )
    }
    pod.spec.preemptionPolicy ??= preemptionPolicy
  },
}

/** Those of the system mean the same everywhere, from the first moment. */
const meaningOf = async (name: string, read: AdmissionEnvironment['read']): Promise<Meaning | undefined> => {
  if (Object.hasOwn(systemPriorities, name))
    return { value: systemPriorities[name]!.value, preemptionPolicy: 'PreemptLowerPriority' }
  const found = (await read('priorityclasses.scheduling.k8s.io', '', name)) as PriorityClass | undefined
  return found && { value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy }
}

/** Clients that write the whole pod may not know what it was given. */
const keep = ({ spec }: Pod, { spec: old }: Pod) => {
  spec.priority ??= old.priority
  spec.preemptionPolicy ??= old.preemptionPolicy
}
