import { isReason } from '../../meta/status.ts'
import { type PersistentVolumeClaim, type Pod, persistentVolumeClaims, pods, type StatefulSet } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { isNamespaceTerminating } from '../namespace-terminating.ts'
import { slowStart } from '../replicaset/slow-start.ts'
import { isOrdered } from './ordinal.ts'
import type { ClaimSteps, Plan, Step } from './plan.ts'

/** Does what is planned, up to the first failure, which is thrown. */
export const carryOut = async (set: StatefulSet, { phases, outdated }: Plan, context: ReconcileContext): Promise<void> => {
  for (const steps of phases) {
    if (isOrdered(set)) for (const step of steps) await take(set, step, context)
    else {
      const { error } = await slowStart(steps.length, (index) => take(set, steps[index]!, context))
      if (error !== undefined) throw error
    }
  }
  if (outdated) await deletePod(set, outdated, context)
}

const take = async (set: StatefulSet, { verb, pod, claims }: Step, context: ReconcileContext): Promise<void> => {
  if (verb === 'delete') return deletePod(set, pod, context)
  const { client, events } = context
  try {
    await createClaims(set, pod, { claims, context })
    if (verb === 'create') await client.create(pods, pod)
    await setOwners(set, claims, context)
    if (verb === 'update') await client.update(pods, pod)
  } catch (error) {
    // Nothing is lost: all of it is about to go.
    if (isNamespaceTerminating(error)) return
    const taken = verb === 'create' && isReason(error, 'AlreadyExists')
    if (verb !== 'claims' && !taken) await events.record(set, 'Warning', ...failed(verb, podIn(pod, set), error))
    throw error
  }
  if (verb !== 'claims') await events.record(set, 'Normal', ...succeeded(verb, podIn(pod, set)))
}

const deletePod = async (set: StatefulSet, pod: Pod, { client, events }: ReconcileContext): Promise<void> => {
  const { namespace = '', name, uid } = pod.metadata
  try {
    // The next of the name may be there already.
    await client.delete(pods, namespace, name, uid ? { preconditions: { uid } } : {})
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    await events.record(set, 'Warning', ...failed('delete', podIn(pod, set), error))
    throw error
  }
  await events.record(set, 'Normal', ...succeeded('delete', podIn(pod, set)))
}

const createClaims = async (
  set: StatefulSet,
  pod: Pod,
  { claims, context }: { claims: ClaimSteps; context: ReconcileContext },
): Promise<void> => {
  const failures: string[] = []
  for (const claim of claims.missing) {
    const failure = await createClaim(set, pod, { claim, context })
    if (failure !== undefined) failures.push(`failed to create PVC ${claim.metadata.name}: ${failure}`)
  }
  for (const name of claims.leaving) failures.push(`pvc ${name} is being deleted`)
  if (failures.length > 0) throw new Error(failures.length > 1 ? `[${failures.join(', ')}]` : failures[0])
}

/** Answers why it could not, if so. */
const createClaim = async (
  set: StatefulSet,
  pod: Pod,
  { claim, context }: { claim: PersistentVolumeClaim; context: ReconcileContext },
): Promise<string | undefined> => {
  const { client, events } = context
  const named = `Claim ${claim.metadata.name}`
  try {
    await client.create(persistentVolumeClaims, claim)
  } catch (error) {
    if (isNamespaceTerminating(error)) throw error
    if (!isReason(error, 'AlreadyExists'))
      await events.record(set, 'Warning', ...failed('create', `${named} for ${podIn(pod, set)}`, error))
    return textOf(error)
  }
  const message = `Create ${named} ${podIn(pod, set)} success`
  await events.record(set, 'Normal', 'SuccessfulCreate', message)
  return undefined
}

const setOwners = async (
  set: StatefulSet,
  { owners, foreign }: ClaimSteps,
  { client, events }: ReconcileContext,
): Promise<void> => {
  for (const name of foreign) {
    const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`
    await events.record(set, 'Warning', 'ConflictingController', message)
  }
  for (const { claim, references } of owners) {
    const { name, namespace = '', uid, resourceVersion } = claim.metadata
    const body = { metadata: { uid, resourceVersion, ownerReferences: references } }
    try {
      await client.patch(persistentVolumeClaims, namespace, name, { type: 'merge', body })
    } catch (error) {
      throw new Error(`could not update claim ${name} for delete policy ownerRefs: ${textOf(error)}`, { cause: error })
    }
  }
}

const podIn = (pod: Pod, set: StatefulSet): string => `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`

const titles = { create: 'Create', update: 'Update', delete: 'Delete' } as const

const succeeded = (verb: keyof typeof titles, what: string): [reason: string, message: string] => [
  `Successful${titles[verb]}`,
  `${titles[verb]} ${what} successful`,
]

const failed = (verb: keyof typeof titles, what: string, error: unknown): [reason: string, message: string] => [
  `Failed${titles[verb]}`,
  `${titles[verb]} ${what} failed error: ${textOf(error)}`,
]

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
