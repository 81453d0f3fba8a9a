import { type FieldError, forbiddenField } from '../../../meta/field-error.ts'
import type { SubresourceUpdate } from '../../definition.ts'
import type { EphemeralContainer } from '../../generated/types.ts'
import { keepMetadata } from '../../keep-metadata.ts'
import type { Pod } from '../../resource.ts'
import { isEquivalent } from '../../validation/equality.ts'
import { unifiedDiff } from '../../validation/unified-diff.ts'
import { mirrorPod } from './validation/annotation.ts'
import { validatePod } from './validation/pod.ts'

const path = 'spec.ephemeralContainers'

/** Containers to look around with: they are added to a pod that is there, and then stay as they are. */
export const ephemeralContainers: SubresourceUpdate<Pod> = {
  only: ['spec.ephemeralContainers'],
  prepare: (pod, old) => {
    const { ephemeralContainers: wanted } = pod.spec
    const { ephemeralContainers: _before, ...spec } = old.spec
    pod.spec = wanted?.length ? { ...spec, ephemeralContainers: wanted } : spec
    pod.status = old.status
    keepMetadata(pod, old)
  },
  validate: (pod, old) => {
    if (old.metadata.annotations?.[mirrorPod] !== undefined)
      return [forbiddenField('[]', 'static pods do not support ephemeral containers')]
    const now = new Map((pod.spec.ephemeralContainers ?? []).map((container) => [container.name, container]))
    return [
      ...validatePod(pod),
      ...(old.spec.ephemeralContainers ?? []).flatMap((before) => validateKept(before, now.get(before.name))),
    ]
  },
}

const validateKept = (before: EphemeralContainer, after: EphemeralContainer | undefined): FieldError[] => {
  const which = `existing ephemeral containers ${JSON.stringify(before.name)}`
  if (!after) return [forbiddenField(path, `${which} may not be removed\n`)]
  return isEquivalent(after, before) ? [] : [forbiddenField(path, `${which} may not be changed\n${unifiedDiff(before, after)}`)]
}
