import { type Pod, type PriorityClass, priorityClasses } from '../../resources/resource.ts'
import { systemPriorities } from '../../resources/scheduling/system-priority.ts'
import type { ObjectReader } from '../../storage/current-objects.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { isMain, isPodCreate } from './of-kind.ts'
import { refuse, refuseEarly } from './refuse.ts'

interface Meaning {
  /** of the class that it comes from */
  readonly name?: string | undefined
  readonly value: number
  /** undefined: whatever the pod says */
  readonly preemptionPolicy?: string | undefined
}

/** of a pod without a class, where none is everybody's */
const none: Meaning = { value: 0, preemptionPolicy: 'PreemptLowerPriority' }

/** Gives a pod the number that its class stands for, and keeps the class that is everybody's alone. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate: async (attributes, { current }) => {
    if (attributes.operation === 'UPDATE' && isMain(attributes, '', 'pods'))
      keep(attributes.object as Pod, attributes.oldObject as Pod)
    if (isPodCreate(attributes)) await resolve(attributes, current)
  },
  validate: async (attributes, { current }) => {
    if (attributes.operation === 'DELETE' || !isMain(attributes, 'scheduling.k8s.io', 'priorityclasses')) return
    const { globalDefault, metadata } = attributes.object as PriorityClass
    if (!globalDefault) return
    const other = await everybodys(current)
    if (!other || (attributes.operation === 'UPDATE' && other.metadata.name === metadata.name)) return
    throw refuse(attributes, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`)
  },
}

const resolve = async (attributes: AdmissionAttributes, current: ObjectReader): Promise<void> => {
  const { spec } = attributes.object as Pod
  const { priorityClassName, priority: given, preemptionPolicy: givenPolicy } = spec
  const meaning = priorityClassName ? await meaningOf(priorityClassName, current) : await defaultMeaning(current)
  if (!meaning) throw refuseEarly(attributes, `no PriorityClass with name ${priorityClassName} was found`)
  const { name, value, preemptionPolicy } = meaning
  if (name) spec.priorityClassName = name
  if (given !== undefined && given !== value) {
    throw refuseEarly(
      attributes,
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    )
  }
  spec.priority = value
  if (preemptionPolicy !== undefined && givenPolicy !== undefined && givenPolicy !== preemptionPolicy) {
    throw refuseEarly(
      attributes,
      `the string value of PreemptionPolicy (${givenPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    )
  }
  spec.preemptionPolicy ??= preemptionPolicy
}

/** Those of the system mean the same everywhere, from the first moment. */
const meaningOf = async (name: string, current: ObjectReader): Promise<Meaning | undefined> => {
  if (Object.hasOwn(systemPriorities, name))
    return { value: systemPriorities[name]!.value, preemptionPolicy: 'PreemptLowerPriority' }
  const found = await current.get(priorityClasses, '', name)
  return found && { value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy }
}

const defaultMeaning = async (current: ObjectReader): Promise<Meaning> => {
  const found = await everybodys(current)
  if (!found) return none
  return { name: found.metadata.name, value: found.value ?? 0, preemptionPolicy: found.preemptionPolicy }
}

/** Two may have been made at the same time: then it is the lowest. */
const everybodys = async (current: ObjectReader): Promise<PriorityClass | undefined> =>
  (await current.list(priorityClasses))
    .filter(({ globalDefault }) => globalDefault)
    .sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]

/** Clients that write the whole pod may not know what it was given. */
const keep = ({ spec }: Pod, { spec: old }: Pod) => {
  spec.priority ??= old.priority
  spec.preemptionPolicy ??= old.preemptionPolicy
}
