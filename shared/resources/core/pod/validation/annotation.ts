import { type FieldError, forbiddenField, invalidValue } from '../../../../meta/field-error.ts'
import type { PodSpec } from '../../../generated/types.ts'
import type { Pod } from '../../../resource.ts'
import { appArmorOfContainer, validateProfileAnnotations } from '../profile-annotation.ts'

export const mirrorPod = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'

/** Annotations that mean something to the system. */
export const validatePodAnnotations = (
  path: string,
  values: Readonly<Record<string, string>> | undefined,
  spec: PodSpec | undefined,
): FieldError[] => {
  const mirror = values?.[mirrorPod]
  const cost = values?.[deletionCost]
  return [
    ...(mirror !== undefined && !spec?.nodeName
      ? [invalidValue(`${path}[${mirrorPod}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set')]
      : []),
    ...(cost !== undefined && !isInt32(cost) ? [invalidValue(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer')] : []),
    ...validateProfileAnnotations(path, values ?? {}, spec),
  ]
}

/** without a plus or leading zeros */
const isInt32 = (text: string) => /^(0|-?[1-9][0-9]{0,9})$/.test(text) && Number(text) === (Number(text) | 0)

/** Those that say what a pod is stay as they were made, by whichever way it is written. */
export const validateAnnotationChanges = ({ metadata }: Pod, { metadata: old }: Pod): FieldError[] => {
  const [now, before] = [metadata.annotations ?? {}, old.annotations ?? {}]
  const refused = (key: string, change: string) => {
    const what = key === mirrorPod ? 'mirror pod annotation' : key.startsWith(appArmorOfContainer) && 'AppArmor annotations'
    return what ? [forbiddenField(`metadata.annotations[${key}]`, `may not ${change} ${what}`)] : []
  }
  return [
    ...Object.keys(before).flatMap((key) => (now[key] === before[key] ? [] : refused(key, 'remove or update'))),
    ...Object.keys(now).flatMap((key) => (Object.hasOwn(before, key) ? [] : refused(key, 'add'))),
  ]
}
