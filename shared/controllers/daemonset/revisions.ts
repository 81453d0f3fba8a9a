import type { LabelSelectorMatcher } from '../../meta/label-selector.ts'
import { isReason } from '../../meta/status.ts'
import {
  type ControllerRevision,
  controllerRevisions,
  type DaemonSet,
  daemonSets,
  type Pod,
  pods,
} from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import type { ReconcileContext } from '../controller.ts'
import { deleteRevisions } from '../history/delete-revisions.ts'
import { oldestRevisionFirst, revisionNumber, saysTheSame, templatePatch } from '../history/revision.ts'
import { byController, controllerReference } from '../owner.ts'
import { templateHash } from '../template-hash/template-hash.ts'
import { hashLabel } from './daemon-pod.ts'

export interface DaemonRevisions {
  /** of pods that are up to date */
  readonly hash: string
  readonly old: readonly ControllerRevision[]
}

const revisionsByController = byController(controllerRevisions)

/** The one revision of the set's template, made, renumbered or singled out where needed. */
export const syncRevisions = async (
  set: DaemonSet,
  options: { selector: LabelSelectorMatcher; owned: readonly Pod[] },
  context: ReconcileContext,
): Promise<DaemonRevisions> => {
  const { client } = context
  const { selector, owned } = options
  const claimed = await claim({ ...context, owner: set, ownerResource: daemonSets, index: revisionsByController, selector })
  const history: ControllerRevision[] = []
  for (const revision of claimed)
    history.push(hashOf(revision) ? revision : await client.update(controllerRevisions, labelled(revision)))
  const [same, old] = [true, false].map((wanted) =>
    history.filter((revision) => saysTheSame(revision, set.spec.template) === wanted).sort(oldestRevisionFirst),
  ) as [ControllerRevision[], ControllerRevision[]]
  const number = Math.max(0, ...old.map(revisionNumber)) + 1
  const current = same.pop()
  if (!current) return { hash: hashOf(await snapshot(set, number, context)), old }
  if (same.length > 0) await removeDuplicates(current, { same, owned }, context)
  if (revisionNumber(current) < number) await client.update(controllerRevisions, { ...current, revision: number })
  return { hash: hashOf(current), old }
}

/** Those beyond the limit that nothing runs on, oldest first. */
export const prunable = (
  { spec }: DaemonSet,
  old: readonly ControllerRevision[],
  owned: readonly Pod[],
): ControllerRevision[] => {
  const live = new Set(owned.map(({ metadata }) => metadata.labels?.[hashLabel]))
  const surplus = Math.max(0, old.length - (spec.revisionHistoryLimit ?? 10))
  return old.filter((revision) => !live.has(hashOf(revision))).slice(0, surplus)
}

const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[hashLabel] ?? ''

/** By its name, which no other has. */
const labelled = (revision: ControllerRevision): ControllerRevision => {
  const { metadata } = revision
  return { ...revision, metadata: { ...metadata, labels: { ...metadata.labels, [hashLabel]: metadata.name } } }
}

const snapshot = async (set: DaemonSet, revision: number, { client }: ReconcileContext): Promise<ControllerRevision> => {
  const { name: setName, namespace = '', annotations } = set.metadata
  const hash = templateHash(set.spec.template, set.status?.collisionCount)
  const name = `${setName}-${hash}`
  const labels = { ...set.spec.template.metadata?.labels, [hashLabel]: hash }
  const metadata = { name, namespace, labels, annotations, ownerReferences: [controllerReference(daemonSets, set)] }
  const data = templatePatch(set.spec.template)
  try {
    const made = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, data, revision } as ControllerRevision
    return await client.create(controllerRevisions, made)
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error
    const existing = await client.get(controllerRevisions, namespace, name)
    if (saysTheSame(existing, set.spec.template)) return existing
    // The name is another template's: the next try has another one.
    const status = { ...(set.status ?? noStatus), collisionCount: (set.status?.collisionCount ?? 0) + 1 }
    await client.update(daemonSets, { ...set, status }, { subresource: 'status' })
    throw error
  }
}

const noStatus = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }

/** Pods of a duplicate are of the current revision too. */
const removeDuplicates = async (
  current: ControllerRevision,
  { same, owned }: { same: readonly ControllerRevision[]; owned: readonly Pod[] },
  { client }: ReconcileContext,
): Promise<void> => {
  const duplicates = new Set(same.map(hashOf))
  const body = { metadata: { labels: { [hashLabel]: hashOf(current) } } }
  for (const { metadata } of owned)
    if (duplicates.has(metadata.labels?.[hashLabel] ?? ''))
      await client.patch(pods, metadata.namespace ?? '', metadata.name, { type: 'merge', body })
  await deleteRevisions(same, { client })
}
