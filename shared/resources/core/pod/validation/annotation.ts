import { type FieldError, invalidValue } from '../../../../meta/field-error.ts'
import type { PodSpec } from '../../../generated/types.ts'
import { validateProfileAnnotations } from '../profile-annotation.ts'

const mirrorPod = 'kubernetes.io/config.mirror'
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
