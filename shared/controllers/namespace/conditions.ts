import type { Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { NamespaceCondition } from '../../resources/generated/types.ts'

export interface RemainingContent {
  readonly resource: Resource
  readonly objects: readonly KubeObject[]
}

type Finding = readonly [reason: string, message: string]

const fine: Readonly<Record<string, Finding>> = {
  NamespaceDeletionDiscoveryFailure: ['ResourcesDiscovered', 'All resources successfully discovered'],
  NamespaceDeletionGroupVersionParsingFailure: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  NamespaceDeletionContentFailure: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
  NamespaceContentRemaining: ['ContentRemoved', 'All content successfully removed'],
  NamespaceFinalizersRemaining: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
}

/** What a terminating namespace's status says about what still stands in the way. */
export const deletionConditions = (input: {
  before: readonly NamespaceCondition[]
  remaining: readonly RemainingContent[]
  errors: readonly string[]
  now: string
}): NamespaceCondition[] => {
  const { before, remaining, errors, now } = input
  const findings: Readonly<Record<string, Finding | undefined>> = {
    NamespaceDeletionContentFailure: errors.length
      ? [
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`,
        ]
      : undefined,
    NamespaceContentRemaining: contentFinding(remaining),
    NamespaceFinalizersRemaining: finalizerFinding(remaining),
  }
  const known = Object.entries(fine).map(([type, ok]) => {
    const [reason, message] = findings[type] ?? ok
    const status = findings[type] ? 'True' : 'False'
    const old = before.find((condition) => condition.type === type)
    return { type, status, lastTransitionTime: old?.status === status ? old.lastTransitionTime : now, reason, message }
  })
  return [...before.filter(({ type }) => !(type in fine)), ...known]
}

const contentFinding = (remaining: readonly RemainingContent[]): Finding | undefined => {
  const texts = remaining
    .filter(({ objects }) => objects.length)
    .map(({ resource, objects }) => `${resource.resource}.${resource.group} has ${objects.length} resource instances`)
  return texts.length ? ['SomeResourcesRemain', `Some resources are remaining: ${texts.sort().join(', ')}`] : undefined
}

const finalizerFinding = (remaining: readonly RemainingContent[]): Finding | undefined => {
  const counts = new Map<string, number>()
  for (const { objects } of remaining)
    for (const { metadata } of objects)
      for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  const texts = [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
  return texts.length
    ? ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${texts.sort().join(', ')}`]
    : undefined
}
