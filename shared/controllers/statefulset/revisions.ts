import type { PodTemplateSpec } from '../../resources/generated/types.ts'
import {
  type ControllerRevision,
  controllerRevisions,
  type Pod,
  type StatefulSet,
  statefulSets,
} from '../../resources/resource.ts'
import { claim } from '../claim.ts'
import type { ReconcileContext } from '../controller.ts'
import { createRevision } from '../history/create-revision.ts'
import { holdsTemplate, oldestRevisionFirst, revisionNumber, saysTheSame } from '../history/revision.ts'
import { byController } from '../owner.ts'
import { revisionOfPod } from './identity.ts'

export interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly collisionCount: number
  /** oldest first, without an update that was made just now */
  readonly history: readonly ControllerRevision[]
}

const revisionsByController = byController(controllerRevisions)

/** The revision of the set's template, made or renumbered where needed, and the one that it is updated from. */
export const syncRevisions = async (
  set: StatefulSet,
  selector: Parameters<typeof claim>[0]['selector'],
  context: ReconcileContext,
): Promise<Revisions> => {
  const index = revisionsByController
  const owned = await claim({ ...context, owner: set, ownerResource: statefulSets, index, selector, releases: false })
  const history = owned.sort(oldestRevisionFirst)
  const before = set.status?.collisionCount ?? 0
  const choice = chooseRevision(set.spec.template, history)
  let update: ControllerRevision
  let collisionCount = before
  if (choice.existing && choice.revision === revisionNumber(choice.existing)) update = choice.existing
  else if (choice.existing)
    update = await context.client.update(controllerRevisions, { ...choice.existing, revision: choice.revision })
  else {
    const made = await createRevision({
      ...context,
      owner: set,
      ownerResource: statefulSets,
      revision: choice.revision,
      collisionCount,
    })
    update = made.revision
    collisionCount = made.collisionCount
  }
  const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update
  return { current, update, collisionCount, history }
}

/** The revision of a template: one that is there with the number that it is to have, or only the number of a new one. */
export const chooseRevision = (
  template: PodTemplateSpec,
  history: readonly ControllerRevision[],
): { existing?: ControllerRevision; revision: number } => {
  const latest = history.at(-1)
  if (!latest) return { revision: 1 }
  const equal = history.findLast((revision) => holdsTemplate(revision, template))
  if (equal && holdsTemplate(latest, template)) return { existing: latest, revision: revisionNumber(latest) }
  if (equal) return { existing: equal, revision: revisionNumber(latest) + 1 }
  if (saysTheSame(latest, template)) return { existing: latest, revision: revisionNumber(latest) }
  return { revision: revisionNumber(latest) + 1 }
}

/** Those beyond the limit that nothing runs on, oldest first. */
export const prunable = (
  set: StatefulSet,
  { current, update, history }: Revisions,
  pods: readonly Pod[],
): ControllerRevision[] => {
  const limit = set.spec.revisionHistoryLimit ?? 10
  const live = new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionOfPod)])
  const unused = history.filter(({ metadata }) => !live.has(metadata.name))
  return limit < 0 ? [] : unused.slice(0, Math.max(0, unused.length - limit))
}
